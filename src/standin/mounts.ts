/**
 * Tells by the list of mounts which of them a path lies on: two that show parts of one filesystem have the same device number, so that no stat can.
 *
 * https://www.kernel.org/doc/html/latest/filesystems/proc.html, 3.5. It is the list of this very process, whose mounts may be others than those of the
 * user; but what is looked at and taken away is found by the same ones.
 *
 * Imports no package: the hook that purges without the warden carries this file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { dirname, join, relative } from 'node:path'
import { HostError } from '../base/errors.ts'
import { readText } from '../portage/bounded.ts'

export interface Mount {
  readonly id: string
  readonly parent: string
  /** `major:minor`. */
  readonly device: string
  /** The folder or file of its filesystem that is seen at `point`. */
  readonly root: string
  /** Absolute. */
  readonly point: string
}

export interface Mounts {
  /** The mount that `path`, absolute and without a link in it, lies on; undefined below the root of a chroot that is no mount point. */
  of(path: string): Mount | undefined
  /** Whether another one may be seen somewhere below `folder`. */
  hasBelow(folder: string): boolean
  /** Device numbers of what is mounted at `point` below what is seen there. */
  coveredAt(point: string): readonly string[]
}

/** A host may have 100,000 mounts (fs.mount-max), of some hundred bytes each. */
const MAX_BYTES = 64 * 1024 * 1024

/** Of this process, now. Errors: HostError UNREADABLE. */
export function readMounts(path: string = '/proc/self/mountinfo'): Mounts {
  const text = readText(path, MAX_BYTES)
  if (text === undefined) throw new HostError('UNREADABLE', `there is no ${path}`)
  return mountsOf(parseMounts(text, path))
}

/** Errors: HostError UNREADABLE: one mount that is overlooked may hide names that are not gone. */
export function parseMounts(text: string, path: string): Mount[] {
  const lines = text.split('\n').filter((line) => line !== '')
  return lines.map((line) => {
    const [, id, parent, device, root, point] = LINE.exec(line) ?? []
    if (id === undefined || parent === undefined || device === undefined || root === undefined || point === undefined)
      throw new HostError('UNREADABLE', `${path} has a line that names no mount`)
    return { id, parent, device, root: unescaped(root), point: unescaped(point) }
  })
}

const LINE = /^(\d+) (\d+) (\d+:\d+) ([^ ]+) (\/[^ ]*) [^ ]+ .*- /

/** The kernel writes blanks, tabs, line feeds and backslashes so. */
function unescaped(text: string): string {
  return text.replace(/\\([0-3][0-7]{2})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}

export function mountsOf(mounts: readonly Mount[]): Mounts {
  const seen = new Map(seenOf(mounts).map((mount) => [mount.point, mount]))
  return {
    of: (path) => {
      for (let folder = path; ; folder = dirname(folder)) {
        const mount = seen.get(folder)
        if (mount !== undefined || folder === dirname(folder)) return mount
      }
    },
    hasBelow: (folder) => [...seen.keys()].some((point) => point.startsWith(join(folder, '/')) && point !== folder),
    coveredAt: (point) => mounts.filter((mount) => mount.point === point && mount !== seen.get(point)).map(({ device }) => device),
  }
}

/** Whether `mount` shows what is seen without it, as a folder does that is bound to itself; undefined where `outer`, on which it lies, is not known. */
export function showsSame(mount: Mount, outer: Mount | undefined): boolean | undefined {
  if (outer === undefined) return undefined
  return mount.device === outer.device && mount.root === join(outer.root, relative(outer.point, mount.point))
}

/** Without those that lie below another one, which was mounted over them or above them. */
function seenOf(mounts: readonly Mount[]): Mount[] {
  const ids = new Set(mounts.map(({ id }) => id))
  const isTop = ({ id, parent }: Mount): boolean => id === parent || !ids.has(parent)
  const inside = Map.groupBy(
    mounts.filter((mount) => !isTop(mount)),
    ({ parent }) => parent,
  )
  const seen: Mount[] = []
  const open = [mounts.filter(isTop)]
  for (let group = open.pop(); group !== undefined; group = open.pop()) {
    const points = new Set(group.map(({ point }) => point))
    for (const mount of group) {
      if (above(mount.point).some((folder) => folder !== mount.point && points.has(folder))) continue
      const within = inside.get(mount.id) ?? []
      const over = within.filter(({ point }) => point === mount.point)
      if (over.length === 0) seen.push(mount)
      open.push(over.length === 0 ? within : over)
    }
  }
  return seen
}

/** `path` itself and each folder above it, innermost first. */
function above(path: string): string[] {
  const folders = [path]
  for (let folder = path; folder !== dirname(folder); folders.push(folder)) folder = dirname(folder)
  return folders
}
