/**
 * Zip files and what is made of them (jar, whl, epub): times and owners of the members do not count (PKWARE APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.5).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type Normaliser, type Range, startsWith, viewOf } from './range.ts'

const LOCAL = 0x04034b50
const CENTRAL = 0x02014b50
const END = 0x06054b50
const END_SIZE = 22

/** Real members have a handful of extra fields. Headers may overlap, so without a bound a small file could name a thousand million ranges. */
const MAX_FIELDS = 64

/** Extra fields of Info-ZIP with times, user and group: "UT", "UX", "ux", and NTFS times. */
const TIMES_AND_OWNERS = new Set([0x5455, 0x5855, 0x7875, 0x000a])

export const zip: Normaliser = {
  name: 'zip-members',
  version: 1,
  matches: (_path, head) => startsWith(head, [0x50, 0x4b, 3, 4]),
  ranges(bytes) {
    const view = viewOf(bytes)
    const end = endRecord(view)
    return end === undefined ? undefined : memberRanges(view, end)
  },
}

interface End {
  readonly count: number
  readonly at: number
}

/** The end record closes the file but for a comment of at most 65,535 bytes. Zip64, where the fields say "elsewhere", is left alone. */
function endRecord(view: DataView): End | undefined {
  const first = Math.max(0, view.byteLength - END_SIZE - 0xffff)
  for (let at = view.byteLength - END_SIZE; at >= first; at--) {
    if (view.getUint32(at, true) !== END || at + END_SIZE + view.getUint16(at + 20, true) !== view.byteLength) continue
    const count = view.getUint16(at + 10, true)
    const start = view.getUint32(at + 16, true)
    return count === 0xffff || start >= view.byteLength ? undefined : { count, at: start }
  }
  return undefined
}

function memberRanges(view: DataView, end: End): Range[] | undefined {
  const ranges: Range[] = []
  let at = end.at
  for (let left = end.count; left > 0; left--) {
    if (at + 46 > view.byteLength || view.getUint32(at, true) !== CENTRAL) return undefined
    const [name, extra, comment] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true), view.getUint16(at + 32, true)]
    const local = localRanges(view, view.getUint32(at + 42, true))
    const fields = extraRanges(view, at + 46 + name, extra)
    if (local === undefined || fields === undefined) return undefined
    ranges.push({ at: at + 12, length: 4 }, ...fields, ...local)
    at += 46 + name + extra + comment
  }
  return ranges
}

function localRanges(view: DataView, at: number): Range[] | undefined {
  if (at + 30 > view.byteLength || view.getUint32(at, true) !== LOCAL) return undefined
  const fields = extraRanges(view, at + 30 + view.getUint16(at + 26, true), view.getUint16(at + 28, true))
  return fields === undefined ? undefined : [{ at: at + 10, length: 4 }, ...fields]
}

function extraRanges(view: DataView, start: number, length: number): Range[] | undefined {
  if (start + length > view.byteLength) return undefined
  const ranges: Range[] = []
  let fields = 0
  for (let at = start; at + 4 <= start + length;) {
    const size = view.getUint16(at + 2, true)
    if (at + 4 + size > start + length || ++fields > MAX_FIELDS) return undefined
    if (TIMES_AND_OWNERS.has(view.getUint16(at, true))) ranges.push({ at: at + 4, length: size })
    at += 4 + size
  }
  return ranges
}
