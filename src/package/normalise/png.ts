/**
 * PNG pictures: the tIME chunk, its data and its checksum, does not count (W3C PNG, section 11.3.6).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type Normaliser, type Range, startsWith, viewOf } from './range.ts'

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const TIME = 0x74494d45

export const png: Normaliser = {
  name: 'png-time',
  version: 1,
  matches: (_path, head) => startsWith(head, SIGNATURE),
  ranges(bytes) {
    const ranges: Range[] = []
    const view = viewOf(bytes)
    for (let at = SIGNATURE.length; at < bytes.length;) {
      if (at + 12 > bytes.length) return undefined
      const length = view.getUint32(at)
      if (at + 12 + length > bytes.length) return undefined
      if (view.getUint32(at + 4) === TIME) ranges.push({ at: at + 8, length: length + 4 })
      at += 12 + length
    }
    return ranges
  },
}
