/**
 * Says where packed streams begin in bytes that come in pieces of any size: what is packed is searched as what it unpacks to.
 *
 * A magic number counts wherever it stands, so that files in files need no reader of their own: members of tar, zip and ar, sections of ELF, records of R.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { isAscii } from 'node:buffer'
import { startsWith } from '../normalise/range.ts'
import { isDeflated } from './deflated.ts'

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

/** `isMany`: several files come one after the other, so a first byte may be anywhere. */
export function markerFor(isMany = false): Marker {
  const marks: Mark[] = []
  let [judged, end] = [0, 0]
  let tail: Buffer = Buffer.alloc(0)
  /** Marks from `judged` up to `until`; `bytes` begin at `base`. */
  const look = (bytes: Buffer, base: number, until: number): void => {
    const from = judged
    judged = until
    // Whatever is packed has bytes that ASCII has not.
    if (isAscii(bytes)) return
    const found: (Mark | undefined)[] = from === 0 ? [headMark(bytes, 0)] : []
    for (const { magic, mark } of isMany ? [...ANYWHERE, ...HEADS] : ANYWHERE)
      for (let at = bytes.indexOf(magic, from - base); at >= 0 && base + at < until; at = bytes.indexOf(magic, at + 1)) found.push(mark(bytes, at))
    for (const mark of found) if (mark !== undefined && marks.length < MAX_MARKS) marks.push({ ...mark, at: base + mark.at })
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
      marks.sort((a, b) => a.at - b.at)
    },
  }
}

interface Magic {
  readonly magic: Buffer
  /** What begins where the magic number is. */
  readonly mark: (bytes: Buffer, at: number) => Mark | undefined
}

const known = (hex: string, mark: Magic['mark']): Magic => ({ magic: Buffer.from(hex, 'hex'), mark })
const closed = (hex: string, what: string): Magic => known(hex, (_, at) => ({ at, how: 'closed', what }))
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
  // RFC 1950 with the window that everybody takes, at the four levels.
  ...['7801', '785e', '789c', '78da'].map((hex) => known(hex, zlib)),
  // pax: 257 bytes into the header, behind which the file begins.
  known('7573746172', (bytes, at) => headMark(bytes, at + 255)),
] // prettier-ignore

const BZIP2_BLOCK: readonly (readonly number[])[] = [
  [0x31, 0x41, 0x59, 0x26, 0x53, 0x59],
  [0x17, 0x72, 0x45, 0x38, 0x50, 0x90],
]

/** Magic numbers that programs and lists of such hold as well: they count where a file begins. */
const HEADS: readonly Magic[] = [
  closed('377abcaf271c', 'a 7z archive'),
  closed('526172211a07', 'a rar archive'),
  closed('4c5a495001', 'an lzip file'),
  closed('04224d18', 'an lz4 file'),
  closed('02214c18', 'an lz4 file'),
  closed('894c5a4f000d0a1a0a', 'an lzop file'),
  closed('4d53434600000000', 'a cabinet file'),
  known('5d0000', (bytes, at) => (isLzma(bytes, at) ? { at, how: 'lzma' } : undefined)),
]

function isRound(size: number): boolean {
  return size >= 4096 && (size & (size - 1)) === 0
}

/** As xz(1) does: sizes of dictionaries that encoders write, and a length that is unknown or below 256 GiB. */
function isLzma(bytes: Buffer, at: number): boolean {
  if (bytes.length < at + 18) return false
  const dictionary = bytes.readUInt32LE(at + 1)
  const high = bytes.readUInt32LE(at + 9)
  return (isRound(dictionary) || isRound((dictionary / 3) * 2) || dictionary === 0xffffffff) && (high < 64 || high === 0xffffffff)
}

/** What a file that begins at `at` is, where the bytes in the middle of anything would not say so. */
function headMark(bytes: Buffer, at: number): Mark | undefined {
  const head = bytes.subarray(at)
  const first = HEADS.find(({ magic }) => head.subarray(0, magic.length).equals(magic))
  if (first !== undefined) return first.mark(bytes, at)
  // compress(1), which gzip opens.
  if (startsWith(head, [0x1f, 0x9d])) return { at, how: 'gzip' }
  const isZlib = head.length > 6 && ((head[0] ?? 0) & 15) === 8 && (head[0] ?? 0) < 0x78 && head.readUInt16BE(0) % 31 === 0
  return isZlib ? zlib(bytes, at) : undefined
}

/** Methods whose own magic number is found behind the header: bzip2, zstd, xz. What is stored is in the bytes as it is. */
const [STORED, DEFLATED, BY_THEMSELVES] = [0, 8, [12, 93, 95]]

function memberMark(bytes: Buffer, at: number): Mark | undefined {
  if (bytes.length < at + 31) return undefined
  const [version, flags, method] = [bytes.readUInt16LE(at + 4), bytes.readUInt16LE(at + 6), bytes.readUInt16LE(at + 8)]
  const name = bytes.readUInt16LE(at + 26)
  const data = at + 30 + name + bytes.readUInt16LE(at + 28)
  if ((version & 0xff) > 63 || (flags & 0xd000) !== 0 || name === 0 || name > 4096 || (bytes[at + 30] ?? 0) < 0x20) return undefined
  if ((flags & 1) !== 0) return { at, how: 'closed', what: 'a zip member with a password' }
  if (method === STORED) return headMark(bytes, data)
  if (method === DEFLATED) return data >= bytes.length || isDeflated(bytes, data) ? { at: data, how: 'deflate' } : undefined
  if (BY_THEMSELVES.includes(method) || method > 99) return undefined
  return { at, how: 'closed', what: `a zip member that is packed by method ${method}` }
}
