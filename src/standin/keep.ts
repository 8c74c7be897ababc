/**
 * Something of the user's is moved aside whole and named in the journal before it moves; it is never lost and never overwritten.
 *
 * Imports no package: the hook that purges without the warden carries this file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { createHash } from 'node:crypto'
import { closeSync, copyFileSync, fsyncSync, mkdirSync, openSync, readSync, renameSync, unlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { syncFolder } from '../base/durable.ts'
import { systemCode } from '../base/errors.ts'
import type { Entry } from './journal.ts'
import type { Site } from './site.ts'

/**
 * Moves `path` (relative to the root) to `KEEP/ID/path` and says where. The id is of one stand-in and never used again, so only a move that was
 * interrupted can have been there before.
 */
export function putAside(site: Site, entry: Entry, path: string, why: string): string {
  const keptAs = join(site.keepFolder, String(entry.id), path)
  site.journal.keep({ entry: entry.id, cpv: entry.cpv, path, keptAs, why, at: site.now() })
  site.step?.('keep-noted', path)
  mkdirSync(dirname(keptAs), { recursive: true, mode: 0o700 })
  moveWhole(join(site.root, path), keptAs)
  site.step?.('kept', path)
  return keptAs
}

function moveWhole(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if (systemCode(error) !== 'EXDEV') throw error
    copyFileSync(from, `${to}.part`)
    const fd = openSync(`${to}.part`, 'r')
    fsyncSync(fd)
    closeSync(fd)
    renameSync(`${to}.part`, to)
    syncFolder(dirname(to))
    unlinkSync(from)
  }
  syncFolder(dirname(to))
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
