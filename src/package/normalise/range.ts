/**
 * A normaliser names the bytes of a file that do not count; it never makes new ones, so a masked file is never larger than the file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/** `length` bytes from `at`, inside the file. */
export interface Range {
  readonly at: number
  readonly length: number
}

export interface Normaliser {
  readonly name: string
  /** Raised whenever other bytes are named for some file. */
  readonly version: number
  /** Whether this normaliser is the one for the file; `head` is the file's first bytes, at least 16 where it has so many. */
  matches(path: string, head: Uint8Array): boolean
  /** The bytes that do not count, or undefined for a file that does not parse and is left as it is. Bounded by the length of `bytes`. */
  ranges(bytes: Uint8Array): readonly Range[] | undefined
}

/** Overwrites the ranges with zeros, in place. */
export function mask(bytes: Uint8Array, ranges: readonly Range[]): void {
  for (const { at, length } of ranges) bytes.fill(0, at, at + length)
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Whether `bytes` begin with these values. */
export function startsWith(bytes: Uint8Array, values: readonly number[]): boolean {
  return bytes.length >= values.length && values.every((value, at) => bytes[at] === value)
}
