/**
 * Says what a member of a zip archive is by the header in front of it: where its packed bytes begin, or that nobody here can look into it.
 *
 * Source: PKWARE APPNOTE 6.3, 4.3.7.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { isDeflated } from './deflated.ts'

export type Member =
  | { readonly kind: 'stored' | 'deflated'; readonly at: number }
  /** `end`: a whole one does not lie past the end of its file. */
  | { readonly kind: 'closed'; readonly what: string; readonly end: number }

/** Methods whose own magic number is found behind the header: bzip2, zstd, xz. */
const [STORED, DEFLATED, BY_THEMSELVES] = [0, 8, [12, 93, 95]]

export function memberAt(bytes: Buffer, at: number): Member | undefined {
  if (bytes.length < at + 31) return undefined
  const [version, flags, method] = [bytes.readUInt16LE(at + 4), bytes.readUInt16LE(at + 6), bytes.readUInt16LE(at + 8)]
  const name = bytes.readUInt16LE(at + 26)
  const data = at + 30 + name + bytes.readUInt16LE(at + 28)
  if ((version & 0xff) > 63 || (flags & 0xd000) !== 0 || name === 0 || name > 4096 || (bytes[at + 30] ?? 0) < 0x20) return undefined
  const isLocked = (flags & 1) !== 0
  if (!isLocked && method === STORED) return { kind: 'stored', at: data }
  if (!isLocked && method === DEFLATED) return data >= bytes.length || isDeflated(bytes, data) ? { kind: 'deflated', at: data } : undefined
  // Code that writes such headers has the magic number in it, and anything behind it.
  if (BY_THEMSELVES.includes(method) && !isLocked) return undefined
  if (method > 99 || !isTime(bytes.readUInt16LE(at + 10), bytes.readUInt16LE(at + 12)) || !isName(bytes.subarray(at + 30, at + 30 + name))) return undefined
  const size = bytes.readUInt32LE(at + 18)
  const what = isLocked ? 'a zip member with a password' : `a zip member that is packed by method ${method}`
  return { kind: 'closed', what, end: data + (size === 0xffffffff ? 0 : size) }
} // prettier-ignore

/** Of DOS; some write none at all. */
function isTime(time: number, date: number): boolean {
  if (time >> 11 > 23 || ((time >> 5) & 63) > 59 || (time & 31) > 29) return false
  const [month, day] = [(date >> 5) & 15, date & 31]
  return date === 0 || (month >= 1 && month <= 12 && day >= 1)
}

function isName(bytes: Buffer): boolean {
  return bytes.every((byte) => byte >= 0x20 && byte !== 0x7f)
}
