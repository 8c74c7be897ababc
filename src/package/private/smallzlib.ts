/**
 * Finds zlib of a window below 32 KiB in bytes at no great cost: libpng writes it for small pictures and their texts, and its two bytes are frequent in code.
 *
 * Sources: RFC 1950, 2.2; RFC 1951, 3.2.6.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { inflateSync } from 'node:zlib'
import { systemCode } from '../../base/errors.ts'
import { isDeflated } from './deflated.ts'

/** Where such a stream begins, from `from` up to `until`. */
export function smallZlibIn(bytes: Buffer, from: number, until: number): number[] {
  const found: number[] = []
  for (let at = Math.max(0, from); at < until; at++)
    if (((bytes[at] ?? 0) & 15) === 8 && isSmallZlib(bytes, at) && !isPixels(bytes, at)) found.push(at)
  return found
}

/** Of a folder of pictures most would be that, and it holds no words; where it is not seen it is unpacked for nothing. */
function isPixels(bytes: Buffer, at: number): boolean {
  return at >= 4 && bytes.toString('latin1', at - 4, at) === 'IDAT'
}

export function isSmallZlib(bytes: Buffer, at: number): boolean {
  const first = bytes[at] ?? 0
  return (first & 15) === 8 && first < 0x78 && isSecond(first, bytes[at + 1] ?? 0) && isStream(bytes, at)
}

/** A keyword of PNG is no longer; behind it stand a zero and the method. */
const KEYWORD = 79

/** What stands in front of it in programs, which are too large and too much like it to be looked through: chunks of PNG, streams of PDF. */
export const IN_FRONT: readonly { readonly text: string; readonly startOf: (bytes: Buffer, at: number) => number }[] = [
  ...['zTXt', 'iCCP'].map((text) => ({ text, startOf: (bytes: Buffer, at: number) => behindKeyword(bytes, at) + 2 })),
  // The flag that it is packed, the method, a language, and the keyword in it.
  { text: 'iTXt', startOf: (bytes, at) => bytes.indexOf(0, bytes.indexOf(0, behindKeyword(bytes, at) + 3) + 1) + 1 },
  { text: 'stream\n', startOf: (_, at) => at },
  { text: 'stream\r\n', startOf: (_, at) => at },
]

function behindKeyword(bytes: Buffer, at: number): number {
  const length = bytes.subarray(at, at + KEYWORD + 1).indexOf(0)
  return at + Math.max(0, length)
}

/** The check of the header, and no dictionary. */
function isSecond(first: number, second: number): boolean {
  return ((first << 8) | second) % 31 === 0 && (second & 32) === 0
}

function isStream(bytes: Buffer, at: number): boolean {
  // A block whose codes are the fixed ones has no header that could be looked at, so its first codes are read.
  const end = (((bytes[at + 2] ?? 0) >> 1) & 3) === 1 ? endOf(bytes, at + 2) : undefined
  if (end === 'none') return false
  return end === undefined ? isDeflated(bytes, at + 2) : isWhole(bytes.subarray(at, end + 4))
}

/** Chance bytes that are read as codes end after some hundred of them, but for what the checksum says of them. */
function isWhole(bytes: Buffer): boolean {
  try {
    return inflateSync(bytes).length > 0
  } catch (error) {
    if (systemCode(error) === 'Z_DATA_ERROR' || systemCode(error) === 'Z_BUF_ERROR') return false
    throw error
  }
}

/** Chance bytes soon reach to before the first byte. */
const CODES = 48

/** Where the codes of a last block end, undefined where there are many of them, or `none` where they can't be codes. */
function endOf(bytes: Buffer, from: number): number | 'none' | undefined {
  const isLast = ((bytes[from] ?? 0) & 1) === 1
  let [bit, size] = [8 * from + 3, 0]
  const nextBit = (): number => ((bytes[bit >> 3] ?? 0) >> (bit++ & 7)) & 1
  /** Of a code the first bit is the highest, of a number the lowest. */
  const nextCode = (count: number, before = 0): number => {
    let value = before
    for (let index = 0; index < count; index++) value = (value << 1) | nextBit()
    return value
  }
  const nextNumber = (count: number): number => {
    let value = 0
    for (let index = 0; index < count; index++) value |= nextBit() << index
    return value
  }
  for (let code = 0; code < CODES && bit >> 3 < bytes.length; code++) {
    const seven = nextCode(7)
    if (seven === 0) return isLast ? (bit + 7) >> 3 : undefined
    const eight = seven < 24 ? 0 : nextCode(1, seven)
    if (seven >= 24 && (eight < 0xc0 || eight >= 0xc8)) {
      if (eight >= 0xc8) nextCode(1)
      size++
      continue
    }
    const length = seven < 24 ? seven - 1 : eight - 0xc0 + 23
    if (length > 28) return 'none'
    const [most, extra] = [length === 28, length < 8 || length === 28 ? 0 : (length >> 2) - 1]
    const more = nextNumber(extra)
    const far = nextCode(5)
    if (far > 29) return 'none'
    const distance = far < 4 ? far + 1 : ((2 + (far & 1)) << ((far >> 1) - 1)) + nextNumber((far >> 1) - 1) + 1
    if (distance > size) return 'none'
    size += most ? 258 : length < 8 ? length + 3 : ((4 + (length & 3)) << extra) + more + 3
  }
  return undefined
}
