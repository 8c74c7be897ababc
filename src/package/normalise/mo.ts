/**
 * Message catalogues: POT-Creation-Date and PO-Revision-Date of the header entry do not count (GNU gettext manual, "The Format of GNU MO Files").
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type Normaliser, type Range, startsWith, viewOf } from './range.ts'

const DATE = /^(?:POT-Creation-Date|PO-Revision-Date):([^\n]*)/gm

export const mo: Normaliser = {
  name: 'mo-dates',
  version: 1,
  matches: (_path, head) => startsWith(head, [0xde, 0x12, 0x04, 0x95]) || startsWith(head, [0x95, 0x04, 0x12, 0xde]),
  ranges(bytes) {
    const header = headerEntry(bytes)
    return header === undefined ? undefined : datesIn(bytes, header)
  },
}

/** Where the translation of the empty string stands: it is sorted first. */
function headerEntry(bytes: Uint8Array): Range | undefined {
  if (bytes.length < 28) return undefined
  const view = viewOf(bytes)
  const little = bytes[0] === 0xde
  const u32 = (at: number): number => view.getUint32(at, little)
  const [count, originals, translations] = [u32(8), u32(12), u32(16)]
  if (count === 0 || originals + 8 > bytes.length || translations + 8 > bytes.length || u32(originals) !== 0) return undefined
  const header = { at: u32(translations + 4), length: u32(translations) }
  return header.at + header.length > bytes.length ? undefined : header
}

function datesIn(bytes: Uint8Array, { at, length }: Range): Range[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString('latin1')
  return [...text.matchAll(DATE)].map((match) => {
    const value = match[1] ?? ''
    return { at: at + match.index + match[0].length - value.length, length: value.length }
  })
}
