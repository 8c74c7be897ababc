/**
 * Rules about room: caps of the user, and twice what is needed free on every filesystem that gets something.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { PackageRule, Surveyed } from './rule.ts'
import type { Filesystem } from '../host.ts'

const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 1048576)} MiB`

/** A block and an inode for each entry, however small. */
const BLOCK = 4096

interface Need {
  bytes: number
  inodes: number
}

/** What each filesystem would get: the longest mount that a path lies below takes it. */
function needs({ input, kept }: Surveyed): Map<Filesystem, Need> {
  const byDepth = input.host.filesystems.toSorted((a, b) => b.mount.length - a.mount.length)
  const sum = new Map<Filesystem, Need>()
  for (const record of kept) {
    const filesystem = byDepth.find(({ mount }) => mount === '' || record.path.startsWith(`${mount}/`))
    if (filesystem === undefined) continue
    const need = sum.get(filesystem) ?? { bytes: 0, inodes: 0 }
    need.bytes += record.type === 'file' ? Math.ceil(record.size / BLOCK) * BLOCK : BLOCK
    need.inodes += 1
    sum.set(filesystem, need)
  }
  return sum
}

const roomForBytes: PackageRule = {
  scope: 'package',
  id: 'room-for-bytes',
  why: 'twice its size is free on each filesystem',
  stops: (surveyed) => {
    const short = [...needs(surveyed)].find(([filesystem, need]) => filesystem.freeBytes < 2 * need.bytes)
    return short === undefined ? undefined : `/${short[0].mount} has less than ${mebibytes(2 * short[1].bytes)} free`
  },
}

const roomForInodes: PackageRule = {
  scope: 'package',
  id: 'room-for-inodes',
  why: 'twice its inodes are free on each filesystem',
  stops: (surveyed) => {
    const short = [...needs(surveyed)].find(([{ freeInodes }, need]) => freeInodes !== undefined && freeInodes < 2 * need.inodes)
    return short === undefined ? undefined : `/${short[0].mount} has less than ${2 * short[1].inodes} inodes free`
  },
}

const underSizeCap: PackageRule = {
  scope: 'package',
  id: 'under-size-cap',
  why: 'it is not larger than one stand-in may be',
  stops: ({ bytes, input: { policy } }) =>
    bytes <= policy.maxBytes ? undefined : `it takes ${mebibytes(bytes)}, at most ${mebibytes(policy.maxBytes)} are allowed`,
}

const underEntryCap: PackageRule = {
  scope: 'package',
  id: 'under-entry-cap',
  why: 'it has not more files than one stand-in may have',
  stops: ({ operations, input: { policy } }) =>
    operations <= policy.maxEntries ? undefined : `it makes ${operations} files and folders, at most ${policy.maxEntries} are allowed`,
}

const underTotalCap: PackageRule = {
  scope: 'package',
  id: 'under-total-cap',
  why: 'all stand-ins together stay below the cap',
  stops: ({ bytes, input: { host, policy } }) =>
    host.liveBytes + bytes <= policy.maxTotalBytes
      ? undefined
      : `all stand-ins would take ${mebibytes(host.liveBytes + bytes)}, at most ${mebibytes(policy.maxTotalBytes)} are allowed`,
}

export const SPACE_RULES: readonly PackageRule[] = [roomForBytes, roomForInodes, underSizeCap, underEntryCap, underTotalCap]
