/**
 * Something of the user's is moved aside whole and named in the journal before it moves; it is never lost and never overwritten.
 *
 * Imports no package: the hook that purges without the warden carries this file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { createHash } from 'node:crypto'
import {
  closeSync,
  copyFileSync,
  fchownSync,
  fsyncSync,
  futimesSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  readSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { syncFolder } from '../base/durable.ts'
import { systemCode } from '../base/errors.ts'
import { partOf, removeEmptyAbove } from './journal-kept.ts'
import type { Entry } from './journal.ts'
import { look } from './look.ts'
import type { Site } from './site.ts'

/**
 * Moves `path` (relative to the root) to `KEEP/ID/path` and says where. Undefined, and nothing is moved, for a folder or a device that would have to
 * go to another filesystem: a copy would not be the same.
 */
export function putAside(site: Site, entry: Entry, path: string, why: string): string | undefined {
  const keptAs = freeName(join(site.keepFolder, String(entry.id), path))
  site.journal.keep({ entry: entry.id, cpv: entry.cpv, path, keptAs, why, at: site.now() })
  site.step?.('keep-noted', path)
  mkdirSync(dirname(keptAs), { recursive: true, mode: 0o700 })
  if (!movedWhole(join(site.root, path), keptAs)) {
    site.journal.forgetKept(keptAs)
    removeEmptyAbove({ keptAs, path })
    return undefined
  }
  site.step?.('kept', path)
  return keptAs
}

/** The id is of one stand-in and never used again, but a purge of it that could not end may have kept something of the same name. */
function freeName(wanted: string): string {
  let name = wanted
  for (let number = 2; look(name) !== undefined; number += 1) name = `${wanted}.${number}`
  return name
}

function movedWhole(from: string, to: string): boolean {
  try {
    renameSync(from, to)
  } catch (error) {
    if (systemCode(error) !== 'EXDEV') throw error
    if (!copied(from, to)) return false
    unlinkSync(from)
  }
  syncFolder(dirname(to))
  return true
}

function copied(from: string, to: string): boolean {
  const stat = lstatSync(from)
  if (!stat.isFile() && !stat.isSymbolicLink()) return false
  try {
    if (stat.isFile()) copyFile(from, partOf(to))
    else symlinkSync(readlinkSync(from), partOf(to))
    renameSync(partOf(to), to)
  } catch (error) {
    rmSync(partOf(to), { force: true })
    throw error
  }
  syncFolder(dirname(to))
  return true
}

function copyFile(from: string, to: string): void {
  rmSync(to, { force: true })
  copyFileSync(from, to)
  const { uid, gid, atime, mtime } = lstatSync(from)
  const copy = openSync(to, 'r')
  try {
    fchownSync(copy, uid, gid)
    futimesSync(copy, atime, mtime)
    fsyncSync(copy)
  } finally {
    closeSync(copy)
  }
}

/** SHA-256 of a regular file that root alone may write. */
export function fileHash(path: string): string {
  const fd = openSync(path, 'r')
  try {
    const digest = createHash('sha256')
    const buffer = Buffer.allocUnsafe(1024 * 1024)
    for (let got = readSync(fd, buffer); got > 0; got = readSync(fd, buffer)) digest.update(buffer.subarray(0, got))
    return digest.digest('hex')
  } finally {
    closeSync(fd)
  }
}
