/**
 * A file written here is whole and on disk once the call returns, or the old one is still there.
 *
 * Happy path: openat(tmp, O_CREAT|O_EXCL|O_WRONLY) write fchmod fsync renameat(tmp, path) openat(dir) fsync close close.
 * The rename is the commit point.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, fchmodSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { hostError } from './errors.ts'

/** Flushes a folder, so that names created, renamed or removed in it survive a power cut. */
export function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** Replaces `path` by `bytes` with `mode`, whatever the umask; `dress` gives the new file what else it needs before it has the name. Errors: HostError DISK_FULL or IO; nothing but the old file is left then. */
export function writeDurable(path: string, bytes: Uint8Array | string, mode: number = 0o600, dress?: (temporary: string) => void): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  let fd: number | undefined
  try {
    fd = openSync(temporary, 'wx', mode)
    writeAll(fd, typeof bytes === 'string' ? Buffer.from(bytes) : bytes)
    dress?.(temporary)
    fchmodSync(fd, mode) // after a change of owner, which takes set-id bits away
    fsyncSync(fd)
    renameSync(temporary, path)
    syncFolder(dirname(path))
  } catch (error) {
    if (fd !== undefined || existsSync(temporary)) rmSync(temporary, { force: true })
    throw hostError(`could not write ${path}`, error)
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

/** Removes what a process that was killed in `writeDurable` has left in `folder`. To be called at start-up by whoever alone writes there. */
export function forgetUnfinished(folder: string): void {
  for (const name of readdirSync(folder)) if (/\.[0-9a-f]{12}\.tmp$/.test(name)) rmSync(join(folder, name), { force: true })
}

function writeAll(fd: number, bytes: Uint8Array): void {
  let at = 0
  while (at < bytes.byteLength) at += writeSync(fd, bytes, at)
}
