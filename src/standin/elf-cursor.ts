/**
 * Reads numbers and texts at an offset of a file, and throws RangeError for every offset that the file does not have.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/** A file as bytes at offsets. `read` gives exactly `length` bytes or throws RangeError. */
export interface Bytes {
  readonly size: number
  readonly read: (offset: number, length: number) => Buffer
}

export interface Cursor {
  /** ELFCLASS64. */
  readonly wide: boolean
  readonly u16: (at: number) => number
  readonly u32: (at: number) => number
  /** An address or offset: 4 or 8 bytes by class. */
  readonly word: (at: number) => number
  /** Up to the next NUL, at most `max` bytes before it. */
  readonly text: (at: number, max: number) => string
}

/** What a file that begins with the ELF magic may be accused of; `elfFacts` turns it into `odd`. */
export class OddElf extends Error {}

const PAGE = 4096

export function cursorOf(bytes: Bytes, { wide, little }: { wide: boolean; little: boolean }): Cursor {
  const page = pagesOf(bytes)
  const u16 = (at: number): number => (little ? page(at, 2).readUInt16LE() : page(at, 2).readUInt16BE())
  const u32 = (at: number): number => (little ? page(at, 4).readUInt32LE() : page(at, 4).readUInt32BE())
  const u64 = (at: number): number => {
    const value = little ? page(at, 8).readBigUInt64LE() : page(at, 8).readBigUInt64BE()
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError('a number that no file can hold')
    return Number(value)
  }
  const text = (at: number, max: number): string => {
    const piece = page(at, Math.max(0, Math.min(max + 1, bytes.size - at)))
    const end = piece.indexOf(0)
    if (end < 0) throw new RangeError('a text without an end')
    return piece.toString('latin1', 0, end)
  }
  return { wide, u16, u32, word: wide ? u64 : u32, text }
}

/** Keeps the page that was read last: headers and tables lie together, and each read of a file is a system call. */
function pagesOf(bytes: Bytes): (at: number, length: number) => Buffer {
  let from = 0
  let held: Buffer = Buffer.alloc(0)
  return (at, length) => {
    if (at < 0 || at + length > bytes.size) throw new RangeError('an offset outside of the file')
    if (at < from || at + length > from + held.byteLength) {
      from = at
      held = bytes.read(at, Math.min(Math.max(length, PAGE), bytes.size - at))
    }
    return held.subarray(at - from, at - from + length)
  }
}
