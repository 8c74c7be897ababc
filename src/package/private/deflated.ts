/**
 * Says whether bytes begin like a stream of deflate, so that two bytes by chance are not taken for one: of bytes at random hardly any do.
 *
 * Source: RFC 1951, 3.2.3 to 3.2.7.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { constants, inflateRawSync } from 'node:zlib'
import { systemCode } from '../../base/errors.ts'

/** What is unpacked to see it. */
const PROBE = 2048
const ENOUGH = 64 * 1024

export function isDeflated(bytes: Buffer, at: number): boolean {
  const head = bytes.subarray(at, at + PROBE)
  if (!isFirstBlock(head)) return false
  try {
    inflateRawSync(head, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: ENOUGH })
    return true
  } catch (error) {
    if (systemCode(error) === 'Z_DATA_ERROR' || systemCode(error) === 'Z_BUF_ERROR') return false
    if (systemCode(error) === 'ERR_BUFFER_TOO_LARGE') return true
    throw error
  }
}

/** The cheap part of it, which most chance bytes do not pass. */
function isFirstBlock(head: Buffer): boolean {
  if (head.length < 5) return false
  const first = head.readUInt32LE(0)
  const kind = (first >> 1) & 3
  // Tables of 0 and 255 look like a stored block that is empty or full; what is stored is seen as it is anyway.
  if (kind === 0) return (head[0] ?? 0) < 2 && isStored(head.readUInt16LE(1), head.readUInt16LE(3))
  if (kind === 2) return ((first >> 3) & 31) <= 29 && ((first >> 8) & 31) <= 29 && (head.length < 12 || isWholeCode(head, ((first >> 13) & 15) + 4))
  return kind === 1
} // prettier-ignore

function isStored(length: number, check: number): boolean {
  return length > 0 && length < 0xffff && length === (~check & 0xffff)
}

/** Whether the lengths of the code for lengths use up all of its codes, as each encoder's do. */
function isWholeCode(head: Buffer, count: number): boolean {
  let used = 0
  for (let index = 0; index < count; index++) {
    const bit = 17 + 3 * index
    const length = (head.readUInt16LE(bit >> 3) >> (bit & 7)) & 7
    if (length > 0) used += 128 >> length
  }
  return used === 128
}
