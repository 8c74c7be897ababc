/**
 * Finds, in bytes that come in pieces of any size, every occurrence of what must not leave this host.
 *
 * One pass of `Buffer.indexOf` for each text: 300 MB cost less than hashing them does.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

export interface PrivateText {
  readonly text: string
  /**
   * A `path` counts wherever it stands and its last name is whole. A `word` counts only between bytes that a person would put between words:
   * compiled code holds any three letters somewhere, and a name is part of longer ones.
   */
  readonly form: 'path' | 'word'
  /** Looked for in small letters, in capitals and with one capital as well: a host that is called Desk7 may be written desk7. Default false. */
  readonly anyCase?: boolean
  /** What it is, as the object of "holds". */
  readonly what: string
  /** What the user can do about it, as an order. */
  readonly remedy: string
}

/** One stream of bytes. */
export interface Search {
  /** The piece may be used again afterwards. */
  add(piece: Buffer): void
  /** The first of the texts that was found, in their order; to be called once. */
  end(): PrivateText | undefined
}

export interface Searcher {
  whole(bytes: Buffer): PrivateText | undefined
  begin(): Search
}

interface Needle {
  readonly of: PrivateText
  readonly bytes: Buffer
}

export function searcherFor(texts: readonly PrivateText[]): Searcher {
  const needles = texts
    .flatMap((of) => spellings(of).map((text) => ({ of, bytes: Buffer.from(text) })))
    .filter(({ bytes }) => bytes.length > 0)
  const overlap = Math.max(0, ...needles.map(({ bytes }) => bytes.length)) + 1
  const whole = (bytes: Buffer): PrivateText | undefined => needles.find((needle) => isIn(bytes, needle, true, true))?.of
  return {
    whole,
    begin() {
      const found = new Set<PrivateText>()
      let left = needles
      let tail: Buffer = Buffer.alloc(0)
      let isFirst = true
      const look = (bytes: Buffer, starts: boolean, ends: boolean): void => {
        for (const needle of left) if (isIn(bytes, needle, starts, ends)) found.add(needle.of)
        left = left.filter(({ of }) => !found.has(of))
      }
      return {
        add(piece) {
          if (piece.length === 0 || left.length === 0) return
          // What touches an end of a piece is seen in the seam, or at the end of all.
          if (!isFirst) look(Buffer.concat([tail, piece.subarray(0, overlap)]), tail.length < overlap, false)
          look(piece, isFirst, false)
          tail = Buffer.concat([tail, piece.subarray(-overlap)]).subarray(-overlap)
          isFirst = false
        },
        end() {
          look(tail, tail.length < overlap, true)
          return needles.find(({ of }) => found.has(of))?.of
        },
      }
    },
  }
}

function spellings({ text, anyCase }: PrivateText): string[] {
  if (anyCase !== true) return [text]
  const small = text.toLowerCase()
  return [...new Set([text, small, text.toUpperCase(), small.slice(0, 1).toUpperCase() + small.slice(1)])]
}

/** `starts` and `ends`: whether nothing stands before and behind `bytes`. Otherwise what touches that end is left to who knows the neighbour. */
function isIn(bytes: Buffer, { of, bytes: needle }: Needle, starts: boolean, ends: boolean): boolean {
  for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + 1)) {
    const [before, after] = [bytes[at - 1], bytes[at + needle.length]]
    if ((before === undefined && !starts) || (after === undefined && !ends)) continue
    if (of.form === 'path' ? !isLetter(after) : isEdge(before) && isEdge(after)) return true
  }
  return false
}

/** A byte that would make a name a longer one. */
function isLetter(byte: number | undefined): boolean {
  if (byte === undefined) return false
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || byte === 0x5f || (byte >= 0x61 && byte <= 0x7a)
}

/** Nothing, the end of a string, of a word or of a line, or ASCII punctuation. */
function isEdge(byte: number | undefined): boolean {
  if (byte === undefined || byte === 0 || byte === 9 || byte === 10 || byte === 13) return true
  return byte >= 0x20 && byte < 0x7f && !isLetter(byte)
}
