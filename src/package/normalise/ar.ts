/**
 * Static libraries: time, user and group of each member do not count (ar(5); the same fields that `ar D` writes as zero).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type Normaliser, type Range, startsWith } from './range.ts'

const MAGIC = [...Buffer.from('!<arch>\n')]
const HEADER = 60

export const ar: Normaliser = {
  name: 'ar-members',
  version: 1,
  matches: (_path, head) => startsWith(head, MAGIC),
  ranges(bytes) {
    const ranges: Range[] = []
    for (let at = MAGIC.length; at < bytes.length;) {
      const size = sizeOf(bytes, at)
      if (size === undefined) return undefined
      ranges.push({ at: at + 16, length: 24 }) // ar_date[12] ar_uid[6] ar_gid[6]
      at += HEADER + size + (size % 2)
    }
    return ranges
  },
}

/** Size of the member whose header stands at `at`, or undefined where there is none that fits. */
function sizeOf(bytes: Uint8Array, at: number): number | undefined {
  if (at + HEADER > bytes.length || bytes[at + 58] !== 0x60 || bytes[at + 59] !== 0x0a) return undefined
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + at + 48, 10)
    .toString('latin1')
    .trimEnd()
  if (!/^\d+$/.test(text)) return undefined
  const size = Number(text)
  return at + HEADER + size > bytes.length ? undefined : size
}
