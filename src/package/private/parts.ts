/**
 * Finds the compressed parts of a file: debug sections of an ELF file, members of a zip file. What does not parse has none.
 *
 * Sources: elf(5), gABI "Section Compression"; PKWARE APPNOTE 6.3, sections 4.3.7 and 4.3.12.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { fstatSync, readSync } from 'node:fs'

export interface Part {
  readonly at: number
  readonly length: number
  readonly how: 'zlib' | 'deflate' | 'zstd'
}

/** Most parts of one file that are looked into: Chromium has some thousands of sections, large jars some ten thousand members. */
const MAX_PARTS = 100_000
const MAX_TABLE_BYTES = 64 * 1024 * 1024

export function partsOf(fd: number, format: 'elf' | 'zip'): Part[] {
  return format === 'elf' ? sections(fd) : members(fd)
}

/** `length` bytes from `at`, or undefined where the file has not so many. */
function readAt(fd: number, at: number, length: number): Buffer | undefined {
  if (!Number.isSafeInteger(at) || length > MAX_TABLE_BYTES || at < 0) return undefined
  const room = Buffer.alloc(length)
  return readSync(fd, room, 0, length, at) === length ? room : undefined
}

const SHF_COMPRESSED = 0x800

/** Where the two classes keep what is read here: file header, section header, compression header. */
const WIDE = { table: 40, entrySize: 58, entry: 64, flags: 8, offset: 24, size: 32, header: 24 }
const NARROW = { table: 32, entrySize: 46, entry: 40, flags: 8, offset: 16, size: 20, header: 12 }

function sections(fd: number): Part[] {
  const head = readAt(fd, 0, 64)
  if (head === undefined) return []
  const [isWide, isLittle] = [head[4] === 2, head[5] === 1]
  const at = isWide ? WIDE : NARROW
  const half = (bytes: Buffer, from: number): number => (isLittle ? bytes.readUInt16LE(from) : bytes.readUInt16BE(from))
  const word = (bytes: Buffer, from: number): number => (isLittle ? bytes.readUInt32LE(from) : bytes.readUInt32BE(from))
  const address = (bytes: Buffer, from: number): number =>
    isWide ? Number(isLittle ? bytes.readBigUInt64LE(from) : bytes.readBigUInt64BE(from)) : word(bytes, from)
  if (half(head, at.entrySize) !== at.entry) return []
  const table = readAt(fd, address(head, at.table), at.entry * half(head, at.entrySize + 2)) ?? Buffer.alloc(0)
  const parts: Part[] = []
  for (let entry = 0; entry < table.length; entry += at.entry) {
    if ((address(table, entry + at.flags) & SHF_COMPRESSED) === 0) continue
    const [start, length] = [address(table, entry + at.offset), address(table, entry + at.size)]
    const header = readAt(fd, start, at.header)
    const kind = header === undefined ? 0 : word(header, 0)
    if (kind === 1 || kind === 2) parts.push({ at: start + at.header, length: length - at.header, how: kind === 1 ? 'zlib' : 'zstd' })
  }
  return parts
}

const END_BYTES = 22

function members(fd: number): Part[] {
  const size = fstatSync(fd).size
  const tailAt = Math.max(0, size - END_BYTES - 0xffff)
  const tail = readAt(fd, tailAt, size - tailAt)
  const end = tail?.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6])) ?? -1
  if (tail === undefined || end < 0 || end + END_BYTES > tail.length) return []
  const table = readAt(fd, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12)) ?? Buffer.alloc(0)
  const parts: Part[] = []
  for (let at = 0; at + 46 <= table.length && parts.length < MAX_PARTS;) {
    if (table.readUInt32LE(at) !== 0x02014b50) return parts
    const header = table.readUInt32LE(at + 42)
    const local = readAt(fd, header, 30)
    const isDeflated = table.readUInt16LE(at + 10) === 8
    if (local !== undefined && isDeflated)
      parts.push({ at: header + 30 + local.readUInt16LE(26) + local.readUInt16LE(28), length: table.readUInt32LE(at + 20), how: 'deflate' })
    at += 46 + table.readUInt16LE(at + 28) + table.readUInt16LE(at + 30) + table.readUInt16LE(at + 32)
  }
  return parts
}
