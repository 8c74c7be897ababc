/**
 * Reads a file of this host whole or not at all, and never more of it than was asked for; a FIFO or a device never blocks the reader.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { HostError, systemCode } from '../base/errors.ts'

/**
 * The bytes of the regular file at `path`, or undefined when there is none.
 * Errors: HostError UNREADABLE when it is larger than `maxBytes`, no regular file, or may not be read.
 */
export function readBounded(path: string, maxBytes: number): Buffer | undefined {
  const fd = openForReading(path)
  if (fd === undefined) return undefined
  try {
    const stat = fstatSync(fd)
    if (!stat.isFile()) throw new HostError('UNREADABLE', `${path} is no regular file`)
    return readAll(fd, path, stat.size, maxBytes)
  } finally {
    closeSync(fd)
  }
}

/** As `readBounded`, decoded as UTF-8; bytes that are not UTF-8 become U+FFFD, as Portage's own readers do. */
export function readText(path: string, maxBytes: number): string | undefined {
  return readBounded(path, maxBytes)?.toString('utf8')
}

function openForReading(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch (error) {
    const code = systemCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new HostError('UNREADABLE', `could not read ${path}: ${code ?? String(error)}`, { cause: error })
  }
}

// A read that comes back short of what was asked is the end of a regular file, so one read is enough for most: half the time of a whole database.
// Files of /proc say size 0 and give what they like, so there the end is where a read gives nothing.
function readAll(fd: number, path: string, size: number, maxBytes: number): Buffer {
  const chunks: Buffer[] = []
  let total = 0
  for (let room = size > 0 ? size + 1 : 16_384; ; room = 262_144) {
    const chunk = Buffer.allocUnsafe(Math.min(room, maxBytes - total + 1))
    const got = readChunk(fd, chunk, path)
    total += got
    if (total > maxBytes) throw new HostError('UNREADABLE', `${path} has more than the ${maxBytes} bytes that are read`)
    if (got > 0) chunks.push(chunk.subarray(0, got))
    if (got === 0 || (size > 0 && got < chunk.byteLength)) return chunks.length === 1 ? (chunks[0] ?? chunk) : Buffer.concat(chunks)
  }
}

function readChunk(fd: number, chunk: Buffer, path: string): number {
  try {
    return readSync(fd, chunk)
  } catch (error) {
    throw new HostError('UNREADABLE', `could not read ${path}: ${systemCode(error) ?? String(error)}`, { cause: error })
  }
}
