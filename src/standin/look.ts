/**
 * Looks at names without following a link: what the host view of a plan and the judgement of a purge are made from.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type BigIntStats, lstatSync } from 'node:fs'
import { systemCode } from '../base/errors.ts'
import type { Found } from './judge.ts'

/** `lstat` of `path`; undefined where nothing is. */
export function look(path: string): Found | undefined {
  const stat = statOf(path)
  return stat === undefined ? undefined : foundOf(stat)
}

export function foundOf(stat: BigIntStats): Found {
  return {
    kind: kindOf(stat),
    inode: String(stat.ino),
    dev: String(stat.dev),
    size: Number(stat.size),
    mode: Number(stat.mode & 0o7777n),
    uid: Number(stat.uid),
    mtimeNs: String(stat.mtimeNs),
    ctimeNs: String(stat.ctimeNs),
    birthNs: String(stat.birthtimeNs),
  }
}

export function kindOf(stat: BigIntStats): Found['kind'] {
  if (stat.isDirectory()) return 'dir'
  if (stat.isFile()) return 'file'
  return stat.isSymbolicLink() ? 'link' : 'other'
}

export function statOf(path: string): BigIntStats | undefined {
  try {
    return lstatSync(path, { bigint: true, throwIfNoEntry: false })
  } catch (error) {
    // ENOTDIR: a folder above it is not one any more. ELOOP: it became a link onto itself. Either way nothing is at this name.
    if (systemCode(error) === 'ENOTDIR' || systemCode(error) === 'ELOOP') return undefined
    throw error
  }
}
