/**
 * Knows the formats that nothing here opens, in the middle of a file by more than their magic number: programs that read such a format hold that too.
 *
 * Sources: 7zFormat.txt, the notes of RAR and UnRAR, lzip's manual, lz4_Frame_format.md, lzop's header, MS-CAB.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { crc32 } from 'node:zlib'

export interface Closed {
  readonly magic: Buffer
  readonly what: string
  /** Whether what follows the magic number at `at` is a header of it; at the head of a file nobody asks. */
  readonly isHeader: (bytes: Buffer, at: number) => boolean
}

const closed = (hex: string, what: string, isHeader: Closed['isHeader']): Closed => ({ magic: Buffer.from(hex, 'hex'), what, isHeader })

/** Larger than any block of lz4 comes out, 8 MiB of what can't be packed. */
const LZ4_BLOCK = 8 * 2 ** 20 + 64 * 1024

export const CLOSED: readonly Closed[] = [
  closed('377abcaf271c', 'a 7z archive', (bytes, at) => bytes.length >= at + 32 && crc32(bytes.subarray(at + 12, at + 32)) === bytes.readUInt32LE(at + 8)),
  // The version, then the checksum, kind and size of a header that is always the first.
  closed('526172211a07', 'a rar archive', (bytes, at) => (bytes[at + 6] === 0 ? bytes[at + 9] === 0x73 && bytes[at + 12] === 13 : isRar5(bytes, at))),
  // The version, a size of the dictionary, and the byte that the encoder of ranges begins with.
  closed('4c5a495001', 'an lzip file', (bytes, at) => ((bytes[at + 5] ?? 0) & 31) >= 12 && ((bytes[at + 5] ?? 0) & 31) <= 29 && bytes[at + 6] === 0),
  closed('04224d18', 'an lz4 file', isLz4),
  closed('02214c18', 'an lz4 file', (bytes, at) => bytes.length >= at + 8 && isBetween(bytes.readUInt32LE(at + 4), 5, LZ4_BLOCK)),
  // The version of lzop, and a method.
  closed('894c5a4f000d0a1a0a', 'an lzop file', (bytes, at) => isBetween(bytes[at + 9], 0x05, 0x20) && isBetween(bytes[at + 15], 1, 3)),
  closed('4d53434600000000', 'a cabinet file', (bytes, at) => bytes[at + 24] === 3 && bytes[at + 25] === 1 && [12, 13, 14, 15, 20, 21, 22, 23].every((field) => bytes[at + field] === 0)),
] // prettier-ignore

function isBetween(value: number | undefined, least: number, most: number): boolean {
  return value !== undefined && value >= least && value <= most
}

/** Version 1, and after its checksum a size in one byte and the kind: the main header, or that of an encrypted archive. */
function isRar5(bytes: Buffer, at: number): boolean {
  const size = bytes[at + 12] ?? 0
  if (bytes[at + 6] !== 1 || bytes[at + 7] !== 0 || size === 0 || size > 127 || bytes.length < at + 13 + size) return false
  return crc32(bytes.subarray(at + 12, at + 13 + size)) === bytes.readUInt32LE(at + 8)
}

/** Version 1 with no reserved bit, a size of blocks that there is, and a first block of no more than that. */
function isLz4(bytes: Buffer, at: number): boolean {
  const [flags = 0, blocks = 0] = bytes.subarray(at + 4)
  if ((flags & 0xc2) !== 0x40 || (blocks & 0x8f) !== 0 || blocks < 0x40) return false
  const from = at + 7 + ((flags & 8) === 0 ? 0 : 8) + ((flags & 1) === 0 ? 0 : 4)
  return bytes.length >= from + 4 && isBetween(bytes.readUInt32LE(from) & 0x7fffffff, 0, 1 << (2 * (blocks >> 4) + 8))
}
