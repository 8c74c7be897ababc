/**
 * Finds where a zstd frame ends and what it claims to hold, without decompressing it (RFC 8878, section 3.1.1).
 *
 * node:zlib stops at the end of the first frame and keeps quiet about what follows, so the cutting is done here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { StrangerError } from '../../base/errors.ts'

/** Content of each frame but the last. Twice the window of level 3: the seams cost 1.5 % of /usr/lib, and larger frames cost memory. */
export const FRAME_BYTES: number = 4 * 1024 * 1024

/** What zstd makes of content that it cannot compress is 1/256 larger (ZSTD_COMPRESSBOUND). */
export const MAX_PACKED_BYTES: number = FRAME_BYTES + FRAME_BYTES / 128

export interface Frame {
  readonly bytes: Buffer
  readonly contentSize: number
}

const MAGIC = 0xfd2fb528

/** The frame at the start of `bytes`, or undefined while it is not all there. Errors: StrangerError BAD_ARCHIVE, TOO_LARGE above `most`. */
export function frameAt(bytes: Buffer, most: number = FRAME_BYTES): Frame | undefined {
  if (bytes.length < 5) return undefined
  if (bytes.readUInt32LE(0) !== MAGIC) throw bad('does not begin as one')
  const descriptor = bytes.readUInt8(4)
  const isSingle = (descriptor & 0x20) !== 0
  const checksum = (descriptor & 0x04) === 0 ? 0 : 4
  const sizeField = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0
  // A dictionary, a reserved bit or an unsaid length is nothing that the encoder here writes.
  if ((descriptor & 0x1b) !== 0 || sizeField === 0) throw bad('does not say its length')
  const sizeAt = isSingle ? 5 : 6
  if (bytes.length < sizeAt + sizeField) return undefined
  const contentSize = contentSizeAt(bytes, sizeAt, sizeField)
  if (contentSize > most) throw new StrangerError('TOO_LARGE', `a zstd frame claims ${contentSize} bytes`)
  const end = endOfBlocks(bytes, sizeAt + sizeField)
  if (end === undefined || end + checksum > bytes.length) return undefined
  return { bytes: bytes.subarray(0, end + checksum), contentSize }
}

function contentSizeAt(bytes: Buffer, at: number, length: number): number {
  if (length === 8) return Number(bytes.readBigUInt64LE(at))
  return bytes.readUIntLE(at, length) + (length === 2 ? 256 : 0)
}

/** Each block has three bytes of header: last, type, size; of a run of one byte only that byte follows. */
function endOfBlocks(bytes: Buffer, start: number): number | undefined {
  for (let at = start; at + 3 <= bytes.length;) {
    const header = bytes.readUIntLE(at, 3)
    const isRun = ((header >> 1) & 3) === 1
    at += 3 + (isRun ? 1 : header >> 3)
    if ((header & 1) !== 0) return at
  }
  return undefined
}

function bad(what: string): StrangerError {
  return new StrangerError('BAD_ARCHIVE', `a zstd frame ${what}`)
}
