/**
 * ELF files: the build id in the note NT_GNU_BUILD_ID does not count (elf(5), "Notes (Nhdr)").
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type Normaliser, type Range, startsWith, viewOf } from './range.ts'

/** Linkers make up to four note segments, each of a few notes; a file of overlapping ones would take hours. */
const MAX_PLACES = 64
const MAX_NOTES = 4096

const PT_NOTE = 4
const SHT_NOTE = 7
const NT_GNU_BUILD_ID = 3
const GNU = 0x474e5500

export const elf: Normaliser = {
  name: 'elf-build-id',
  version: 1,
  matches: (_path, head) =>
    startsWith(head, [0x7f, 0x45, 0x4c, 0x46]) && (head[4] === 1 || head[4] === 2) && (head[5] === 1 || head[5] === 2),
  ranges(bytes) {
    const file = fileOf(bytes)
    const places = file === undefined ? undefined : (noteSegments(file) ?? noteSections(file))
    if (file === undefined || places === undefined || places.length > MAX_PLACES) return undefined
    return places.flatMap((place) => buildIds(file, place))
  },
}

interface ElfFile {
  readonly size: number
  readonly wide: boolean
  u16(at: number): number
  u32(at: number): number
  /** An address-sized number; one that is too large for a file gives Infinity, which no bound lets through. */
  word(at: number): number
}

interface Place extends Range {
  readonly align: number
}

function fileOf(bytes: Uint8Array): ElfFile | undefined {
  const wide = bytes[4] === 2
  if (bytes.length < (wide ? 64 : 52)) return undefined
  const view = viewOf(bytes)
  const little = bytes[5] === 1
  const big = (at: number): number => {
    const value = view.getBigUint64(at, little)
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : Infinity
  }
  return {
    size: bytes.length,
    wide,
    u16: (at) => view.getUint16(at, little),
    u32: (at) => view.getUint32(at, little),
    word: (at) => (wide ? big(at) : view.getUint32(at, little)),
  }
}

/** Where the table's entries begin, or undefined for none or for a table that leaves the file. */
function table(file: ElfFile, offset: number, entrySize: number, count: number, least: number): number[] | undefined {
  if (offset === 0 || count === 0) return undefined
  if (entrySize < least || offset + entrySize * count > file.size) return undefined
  return Array.from({ length: count }, (_, index) => offset + entrySize * index)
}

function noteSegments(file: ElfFile): Place[] | undefined {
  const at = file.wide
    ? table(file, file.word(32), file.u16(54), file.u16(56), 56)
    : table(file, file.word(28), file.u16(42), file.u16(44), 32)
  return at
    ?.filter((entry) => file.u32(entry) === PT_NOTE)
    .map((entry) =>
      file.wide
        ? { at: file.word(entry + 8), length: file.word(entry + 32), align: file.word(entry + 48) }
        : { at: file.word(entry + 4), length: file.word(entry + 16), align: file.word(entry + 28) },
    )
}

/** For objects, which have no segments. */
function noteSections(file: ElfFile): Place[] | undefined {
  const at = file.wide
    ? table(file, file.word(40), file.u16(58), file.u16(60), 64)
    : table(file, file.word(32), file.u16(46), file.u16(48), 40)
  return at
    ?.filter((entry) => file.u32(entry + 4) === SHT_NOTE)
    .map((entry) =>
      file.wide
        ? { at: file.word(entry + 24), length: file.word(entry + 32), align: file.word(entry + 48) }
        : { at: file.word(entry + 16), length: file.word(entry + 20), align: file.word(entry + 32) },
    )
}

function buildIds(file: ElfFile, place: Place): Range[] {
  const end = place.at + place.length
  if (end > file.size) return []
  const step = place.align === 8 ? 8 : 4
  const padded = (length: number): number => Math.ceil(length / step) * step
  const ranges: Range[] = []
  for (let at = place.at, left = MAX_NOTES; at + 12 <= end && left > 0; left--) {
    const [nameSize, size, type] = [file.u32(at), file.u32(at + 4), file.u32(at + 8)]
    const data = at + padded(12 + nameSize)
    if (data + size > end) break
    if (type === NT_GNU_BUILD_ID && nameSize === 4 && nameAt(file, at + 12) === GNU) ranges.push({ at: data, length: size })
    at = data + padded(size)
  }
  return ranges
}

/** Four bytes as one number, whatever the file's own byte order. */
function nameAt(file: ElfFile, at: number): number {
  const value = file.u32(at)
  return value === GNU ? value : ((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)
}
