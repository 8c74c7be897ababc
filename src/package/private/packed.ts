/**
 * Says where packed streams begin in bytes that come in pieces of any size: what is packed is searched as what it unpacks to.
 *
 * A magic number counts wherever it stands, so that files in files need no reader of their own: members of tar, zip and ar, sections of ELF, records of R.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { isAscii } from 'node:buffer'
import { startsWith } from '../normalise/range.ts'
import { CLOSED } from './closed.ts'
import { isDeflated } from './deflated.ts'
import { keyOf } from './key.ts'
import { memberAt } from './member.ts'
import { IN_FRONT, isSmallZlib, smallZlibIn } from './smallzlib.ts'

export type Packed = 'gzip' | 'bzip2' | 'xz' | 'lzma' | 'zstd' | 'zlib' | 'deflate' | 'brotli'

/** Something packed begins there, or a format that nothing here opens. */
export type Mark = { readonly at: number; readonly how: Packed } | { readonly at: number; readonly how: 'closed'; readonly what: string }

/** One stream of bytes. */
export interface Marker {
  readonly marks: Mark[]
  /** The piece may be used again afterwards. */
  add(piece: Buffer): void
  end(): void
}

/** What is seen of a stream before it counts as one. */
const AHEAD = 512

/** More are no help: what a file packs so often is text that was packed line by line. */
export const MAX_MARKS = 200_000

/** `isMany`: several files come one after the other, so a head may be anywhere. */
export function markerFor(isMany = false): Marker {
  const marks: Mark[] = []
  /** Where a member of zip would end that counts only when it does not lie past the end of all. */
  const ends = new Map<Mark, number>()
  let [judged, end] = [0, 0]
  let tail: Buffer = Buffer.alloc(0)
  let [isProgram, hasParts] = [false, false]
  /** Marks from `judged` up to `until`; `bytes` begin at `base`. */
  const look = (bytes: Buffer, base: number, until: number): void => {
    const from = judged
    judged = until
    if (from === 0) isProgram = !isMany && PROGRAMS.some((magic) => bytes.subarray(0, magic.length).equals(magic))
    hasParts ||= isProgram && WITH_PARTS.some((magic) => bytes.includes(magic))
    // Whatever is packed has bytes that ASCII has not.
    if (isAscii(bytes)) return
    const found: (Placed | undefined)[] = from === 0 ? [headMark(bytes, 0)] : []
    for (const { magic, key, keyAt, mark } of [...ANYWHERE, ...(isMany ? HEADS : []), ...(hasParts ? IN_PROGRAMS : [])])
      for (let at = bytes.indexOf(key, from - base + keyAt) - keyAt; at >= 0 && base + at < until; at = bytes.indexOf(key, at + keyAt + 1) - keyAt)
        if (bytes.compare(magic, 0, keyAt, at, at + keyAt) === 0) found.push(mark(bytes, at))
    if (!isProgram) for (const at of smallZlibIn(bytes, from - base, until - base)) found.push({ at, how: 'zlib' })
    for (const one of found) {
      if (one === undefined || marks.length >= MAX_MARKS) continue
      const { end: last, ...mark } = one
      const placed = { ...mark, at: base + mark.at }
      marks.push(placed)
      if (last !== undefined) ends.set(placed, base + last)
    }
  } // prettier-ignore
  return {
    marks,
    add(piece) {
      const start = end
      end += piece.length
      const until = end - AHEAD
      if (judged < start && until > judged)
        look(Buffer.concat([tail, piece.subarray(0, AHEAD)]), start - tail.length, Math.min(until, start))
      if (until > start) look(piece, start, until)
      const left = end - judged
      tail = left <= piece.length ? Buffer.from(piece.subarray(piece.length - left)) : Buffer.concat([tail, piece]).subarray(-left)
    },
    end() {
      if (judged < end) look(tail, end - tail.length, end)
      const all = marks.splice(0).filter((mark) => (ends.get(mark) ?? 0) <= end)
      marks.push(...all.toSorted((a, b) => a.at - b.at))
    },
  }
}

type Placed = Mark & { readonly end?: number }

interface Magic {
  readonly magic: Buffer
  /** The part of it that is looked for. */
  readonly key: Buffer
  readonly keyAt: number
  /** What begins where the magic number is. */
  readonly mark: (bytes: Buffer, at: number) => Placed | undefined
}

function known(hex: string, mark: Magic['mark']): Magic {
  const magic = Buffer.from(hex, 'hex')
  return { magic, ...keyOf(magic), mark }
}

const zlib: Magic['mark'] = (bytes, at) => (isDeflated(bytes, at + 2) ? { at, how: 'zlib' } : undefined)

/** Magic numbers that are long enough, or whose bytes are looked at closely enough, to count in the middle of anything. */
const ANYWHERE: readonly Magic[] = [
  // RFC 1952: no reserved flags, known numbers of system and effort.
  known('1f8b08', (bytes, at) => (((bytes[at + 3] ?? 0) & 0xe0) === 0 && (bytes[at + 8] ?? 0) <= 4 ? { at, how: 'gzip' } : undefined)),
  known('fd377a585a00', (_, at) => ({ at, how: 'xz' })),
  // RFC 8878: the reserved bit.
  known('28b52ffd', (bytes, at) => (((bytes[at + 4] ?? 0) & 8) === 0 ? { at, how: 'zstd' } : undefined)),
  known('425a68', (bytes, at) => (BZIP2_BLOCK.some((block) => startsWith(bytes.subarray(at + 4), block)) ? { at, how: 'bzip2' } : undefined)),
  // PKWARE APPNOTE 6.3, 4.3.7.
  known('504b0304', memberMark),
  // RFC 1950 with the window that everybody takes, at the four levels; the others are in smallzlib.ts.
  ...['7801', '785e', '789c', '78da'].map((hex) => known(hex, zlib)),
  // pax: 257 bytes into the header, behind which the file begins.
  known('7573746172', (bytes, at) => headMark(bytes, at + 255)),
  known('5d0000', (bytes, at) => (isLzma(bytes, at) && isLzmaBegun(bytes, at) ? { at, how: 'lzma' } : undefined)),
  ...CLOSED.map(({ magic, what, isHeader }) => known(magic.toString('hex'), (bytes, at) => (isHeader(bytes, at) ? { at, how: 'closed', what } : undefined))),
] // prettier-ignore

const BZIP2_BLOCK: readonly (readonly number[])[] = [
  [0x31, 0x41, 0x59, 0x26, 0x53, 0x59],
  [0x17, 0x72, 0x45, 0x38, 0x50, 0x90],
]

/** ELF, and libraries of it. */
const PROGRAMS: readonly Buffer[] = ['\u007fELF', '!<arch>\n'].map((magic) => Buffer.from(magic, 'latin1'))

/** PNG and PDF, without which nothing of IN_FRONT is looked for. */
const WITH_PARTS: readonly Buffer[] = ['\u0089PNG\r\n', '%PDF-1.'].map((magic) => Buffer.from(magic, 'latin1'))

const IN_PROGRAMS: readonly Magic[] = IN_FRONT.map(({ text, startOf }) =>
  known(Buffer.from(text).toString('hex'), (bytes, at) => {
    const start = startOf(bytes, at + text.length)
    return isSmallZlib(bytes, start) ? { at: start, how: 'zlib' } : undefined
  }),
)

/** What counts where a file begins. */
const HEADS: readonly Magic[] = [...CLOSED.map(({ magic }) => magic.toString('hex')), '5d0000'].map((hex) => known(hex, headMark))

/** As xz(1) does: sizes of dictionaries that encoders write, and a length that is unknown or below 256 GiB. */
function isLzma(bytes: Buffer, at: number): boolean {
  if (bytes.length < at + 18) return false
  const dictionary = bytes.readUInt32LE(at + 1)
  const [low, high] = [bytes.readUInt32LE(at + 5), bytes.readUInt32LE(at + 9)]
  return (isRound(dictionary) || isRound((dictionary / 3) * 2) || dictionary === 0xffffffff) && (high < 64 || (high & low) === -1)
}

function isRound(size: number): boolean {
  return size >= 4096 && (size & (size - 1)) === 0
}

/** A length that is unknown or below 4 GiB; then the byte 0 that the encoder of ranges begins with, and a first symbol that is no match. */
function isLzmaBegun(bytes: Buffer, at: number): boolean {
  const [low, high] = [bytes.readUInt32LE(at + 5), bytes.readUInt32LE(at + 9)]
  if (high !== 0xffffffff && (high !== 0 || low === 0)) return false
  return bytes[at + 13] === 0 && (bytes[at + 14] ?? 0xff) < 0x80 && bytes.readUInt16LE(at + 14) !== 0
}

/** What a file that begins at `at` is, where the bytes in the middle of anything would not say so. */
function headMark(bytes: Buffer, at: number): Mark | undefined {
  const head = bytes.subarray(at)
  const closed = CLOSED.find(({ magic }) => head.subarray(0, magic.length).equals(magic))
  if (closed !== undefined) return { at, how: 'closed', what: closed.what }
  if (startsWith(head, [0x5d, 0, 0]) && isLzma(bytes, at)) return { at, how: 'lzma' }
  // compress(1), which gzip opens.
  if (startsWith(head, [0x1f, 0x9d])) return { at, how: 'gzip' }
  return undefined
}

function memberMark(bytes: Buffer, at: number): Placed | undefined {
  const member = memberAt(bytes, at)
  if (member === undefined) return undefined
  if (member.kind === 'closed') return { at, how: 'closed', what: member.what, end: member.end }
  // What is stored is in the bytes as it is, but for what shows at a head alone.
  return member.kind === 'stored' ? headMark(bytes, member.at) : { at: member.at, how: 'deflate' }
}
