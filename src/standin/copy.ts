/**
 * A copy has the bytes that its SHA-256 names, the mode that was asked for and root as its owner, or it is not there.
 *
 * The copy is what is hashed and kept, never the staged file: that one can change between two looks.
 * Happy path: openat(staged) fstat read close, openat(copy, O_CREAT|O_EXCL) write fstat close. No fsync: the journal is on disk before
 * anything is visible, so after a power cut the copy is removed, whatever it holds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { createHash, hash } from 'node:crypto'
import { type BigIntStats, closeSync, fchmodSync, fchownSync, fstatSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { StrangerError } from '../base/errors.ts'
import { openFile, type Staging } from './staging.ts'

/** Up to here a file is read, checked and written in one go. */
const WHOLE = 1024 * 1024

export interface Wanted {
  readonly sha256: string
  readonly size: number
  readonly mode: number
}

export interface Copier {
  /** Copies to `path`, which must not exist, and gives its state. `between` is called every MiB of a large file. Errors: StrangerError BAD_HASH. */
  copy(wanted: Wanted, path: string, between: () => Promise<void>): Promise<BigIntStats> | BigIntStats
}

/** One copier keeps one buffer for all the files of a stand-in. */
export function copierOf(staging: Staging): Copier {
  const buffer = Buffer.allocUnsafeSlow(WHOLE + 1)
  return {
    copy: (wanted, path, between) => {
      const from = openFile(staging, wanted.sha256, wanted.size)
      if (wanted.size <= WHOLE) return copyWhole(from, wanted, path, buffer)
      return copyPieces(from, wanted, path, buffer, between)
    },
  }
}

function copyWhole(from: number, wanted: Wanted, path: string, buffer: Buffer): BigIntStats {
  try {
    const length = readUpTo(from, buffer, wanted.size + 1)
    const bytes = buffer.subarray(0, length)
    if (length !== wanted.size || hash('sha256', bytes) !== wanted.sha256) throw wrong(wanted)
    return create(path, wanted, (to) => writeAll(to, bytes))
  } finally {
    closeSync(from)
  }
}

async function copyPieces(from: number, wanted: Wanted, path: string, buffer: Buffer, between: () => Promise<void>): Promise<BigIntStats> {
  let to: number | undefined
  try {
    to = openSync(path, 'wx', 0o600)
    const digest = createHash('sha256')
    let left = wanted.size
    while (left > 0) {
      const length = readUpTo(from, buffer, Math.min(WHOLE, left))
      if (length === 0) throw wrong(wanted)
      digest.update(buffer.subarray(0, length))
      writeAll(to, buffer.subarray(0, length))
      left -= length
      await between()
    }
    if (digest.digest('hex') !== wanted.sha256) throw wrong(wanted)
    return settle(to, wanted.mode)
  } catch (error) {
    if (to !== undefined) rmSync(path, { force: true })
    throw error
  } finally {
    if (to !== undefined) closeSync(to)
    closeSync(from)
  }
}

function create(path: string, { mode }: Wanted, fill: (to: number) => void): BigIntStats {
  const to = openSync(path, 'wx', mode & 0o777)
  try {
    fill(to)
    return settle(to, mode)
  } finally {
    closeSync(to)
  }
}

/** The mode that open gave went through the umask, and the group may come from the folder. The state is that after the last change. */
function settle(to: number, mode: number): BigIntStats {
  const stat = fstatSync(to, { bigint: true })
  const owned = stat.uid === 0n && stat.gid === 0n
  const moded = Number(stat.mode & 0o7777n) === (mode & 0o777)
  if (owned && moded) return stat
  if (!owned) fchownSync(to, 0, 0)
  if (!moded) fchmodSync(to, mode & 0o777)
  return fstatSync(to, { bigint: true })
}

function wrong({ sha256 }: Wanted): StrangerError {
  return new StrangerError('BAD_HASH', `staged file ${sha256} holds other bytes`)
}

/** A regular file gives less than was asked for only at its end (POSIX read), which saves asking again for each of many small files. */
function readUpTo(fd: number, buffer: Buffer, length: number): number {
  return readSync(fd, buffer, 0, length, null)
}

function writeAll(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.byteLength;) at += writeSync(fd, bytes, at)
}
