/**
 * The published list behind the stable content id: which bytes of which files do not count, in the order in which the normalisers are asked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { ar } from './ar.ts'
import { elf } from './elf.ts'
import { gzip } from './gzip.ts'
import { mo } from './mo.ts'
import { png } from './png.ts'
import { pyc } from './pyc.ts'
import { type Normaliser, type Range } from './range.ts'
import { zip } from './zip.ts'

/** The first that matches is the only one asked. A change here changes stable ids: it comes with a raised version, and with another PREDICATE_TYPE (`trust/wire.ts`). */
export const NORMALISERS: readonly Normaliser[] = [elf, pyc, gzip, mo, ar, zip, png]

/** A larger file is never normalised, on any host: a normaliser looks at whole files, and memory is bounded. */
export const MAX_NORMALISED_BYTES: number = 64 * 1024 * 1024

/** The normaliser for a file of `size` bytes that begins with `head`. */
export function normaliserFor(path: string, head: Uint8Array, size: number): Normaliser | undefined {
  return size > MAX_NORMALISED_BYTES ? undefined : NORMALISERS.find((normaliser) => normaliser.matches(path, head))
}

/** The bytes of a whole file that do not count; none for a file that does not parse. */
export function maskedRanges(path: string, bytes: Uint8Array): readonly Range[] {
  return normaliserFor(path, bytes, bytes.length)?.ranges(bytes) ?? []
}
