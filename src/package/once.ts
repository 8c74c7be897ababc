/**
 * Reads a file of an image exactly once and gives its exact and its stable SHA-256 together with the bytes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { createHash, hash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { HostError, hostError } from '../base/errors.ts'
import { maskedRanges, normaliserFor } from './normalise/list.ts'
import { mask } from './normalise/range.ts'
import type { FileEntry } from './walk.ts'

export interface FileHashes {
  readonly sha256: string
  /** SHA-256 of the normalised bytes; equal to `sha256` where no normaliser touches the file. */
  readonly stable: string
}

/** Bytes of a file that is read in pieces. */
export const SCRATCH_BYTES: number = 1024 * 1024

/** Memory that readOnce uses again for each file; it grows to the largest file that is normalised. */
export interface Scratch {
  room: Buffer
}

export function newScratch(): Scratch {
  return { room: Buffer.allocUnsafe(SCRATCH_BYTES) }
}

/**
 * Yields the file's bytes; a chunk is valid until the generator is asked for the next one.
 * Errors: HostError CHANGED_UNDERWAY when the file is not, or does not stay, what the walk saw; HostError IO.
 */
export function* readOnce(root: string, entry: FileEntry, scratch: Scratch): Generator<Buffer, FileHashes> {
  const path = `${root}/${entry.path}`
  const fd = open(path)
  try {
    const before = fstatSync(fd)
    if (!before.isFile() || before.ino !== entry.inode || before.size !== entry.size) throw changed(path)
    const hashes = yield* entry.size <= SCRATCH_BYTES ? readWhole(fd, entry, scratch) : readLarge(fd, entry, scratch)
    const after = fstatSync(fd)
    if (after.size !== before.size || after.mtimeMs !== before.mtimeMs) throw changed(path)
    return hashes
  } catch (error) {
    throw hostError(`could not read ${path}`, error)
  } finally {
    closeSync(fd)
  }
}

/** NOFOLLOW and NONBLOCK: what was a file when it was listed may have been replaced by a link or a fifo since. */
function open(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    throw hostError(`could not open ${path}`, error)
  }
}

function* readWhole(fd: number, entry: FileEntry, scratch: Scratch): Generator<Buffer, FileHashes> {
  if (scratch.room.length < entry.size) scratch.room = Buffer.allocUnsafe(entry.size)
  const bytes = scratch.room.subarray(0, entry.size)
  fill(fd, bytes, entry.path)
  const sha256 = hash('sha256', bytes, 'hex')
  yield bytes
  const ranges = maskedRanges(entry.path, bytes)
  if (ranges.length === 0) return { sha256, stable: sha256 }
  mask(bytes, ranges)
  return { sha256, stable: hash('sha256', bytes, 'hex') }
}

function* readLarge(fd: number, entry: FileEntry, scratch: Scratch): Generator<Buffer, FileHashes> {
  const head = scratch.room.subarray(0, HEAD_BYTES)
  fill(fd, head, entry.path, 0)
  if (normaliserFor(entry.path, head, entry.size) !== undefined) return yield* readWhole(fd, entry, scratch)
  const digest = createHash('sha256')
  for (let left = entry.size; left > 0;) {
    const chunk = scratch.room.subarray(0, Math.min(left, SCRATCH_BYTES))
    fill(fd, chunk, entry.path)
    digest.update(chunk)
    left -= chunk.length
    yield chunk
  }
  const sha256 = digest.digest('hex')
  return { sha256, stable: sha256 }
}

/** Enough for every normaliser to know its files. */
const HEAD_BYTES = 64

/** Fills `room` from `position`, or from where the last read ended. */
function fill(fd: number, room: Buffer, path: string, position: number | null = null): void {
  for (let at = 0; at < room.length;) {
    const got = readSync(fd, room, at, room.length - at, position === null ? null : position + at)
    if (got === 0) throw changed(path)
    at += got
  }
}

function changed(path: string): HostError {
  return new HostError('CHANGED_UNDERWAY', `${path}: changed while it was read`)
}
