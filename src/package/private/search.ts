/**
 * Finds, in bytes that come in pieces of any size, every occurrence of what must not leave this host, in each of its spellings.
 *
 * One pass of `Buffer.indexOf` for each spelling: 300 MB cost less than hashing them does.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { keyOf } from './key.ts'
import { type Fit, type Needle, needlesOf } from './spelling.ts'

export interface PrivateText {
  readonly text: string
  /**
   * A `path` counts wherever it stands and its last name is whole. A `word` counts where it stands for itself (word.ts), in small letters, in
   * capitals, with one capital, and as it is.
   */
  readonly form: 'path' | 'word'
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

export function searcherFor(texts: readonly PrivateText[]): Searcher {
  const needles = texts.flatMap((of) => needlesOf(of)).map((needle) => ({ ...needle, ...keyOf(needle.bytes) }))
  const overlap = Math.max(0, ...needles.map(({ bytes, before, after }) => before + bytes.length + after)) + 1
  return {
    whole(bytes) {
      const hasZero = bytes.includes(0)
      const counts = countsWith(hasZero)
      return needles.find((needle) => isIn(bytes, { needle, hasZero, starts: true, ends: true, counts }))?.of
    },
    begin() {
      const found = new Set<PrivateText>()
      /** What counts depending on the rest of the stream. */
      const open = { 'in text': new Set<PrivateText>(), 'in programs': new Set<PrivateText>() }
      let left = needles
      let tail: Buffer = Buffer.alloc(0)
      let [isFirst, seenZero] = [true, false]
      const look = (bytes: Buffer, starts: boolean, ends: boolean): void => {
        const hasZero = bytes.includes(0)
        seenZero ||= hasZero
        for (const needle of left) {
          const { of } = needle
          const counts = (fit: Fit): boolean => {
            if (typeof fit === 'string') open[fit].add(of)
            return fit === true
          }
          if (!found.has(of) && isIn(bytes, { needle, hasZero, starts, ends, counts })) found.add(of)
        }
        if (found.size > 0) left = left.filter(({ of }) => !found.has(of))
      }
      return {
        add(piece) {
          if (piece.length === 0 || left.length === 0) return
          // What touches an end of a piece is seen in the seam, or at the end of all.
          if (!isFirst) look(Buffer.concat([tail, piece.subarray(0, overlap)]), tail.length < overlap, false)
          look(piece, isFirst, false)
          tail = piece.length >= overlap ? Buffer.from(piece.subarray(-overlap)) : Buffer.concat([tail, piece]).subarray(-overlap)
          isFirst = false
        },
        end() {
          look(tail, tail.length < overlap, true)
          const also = open[seenZero ? 'in programs' : 'in text']
          return texts.find((of) => found.has(of) || also.has(of))
        },
      }
    },
  }
}

interface KeyedNeedle extends Needle {
  /** The part of `bytes` that is looked for, and where it is in them. */
  readonly key: Buffer
  readonly keyAt: number
}

function countsWith(hasZero: boolean): (fit: Fit) => boolean {
  const also = hasZero ? 'in programs' : 'in text'
  return (fit) => fit === true || fit === also
}

interface Look {
  readonly needle: KeyedNeedle
  readonly hasZero: boolean
  /** Whether nothing stands before and behind the bytes. Otherwise what touches that end is left to who knows the neighbour. */
  readonly starts: boolean
  readonly ends: boolean
  readonly counts: (fit: Fit) => boolean
}

function isIn(room: Buffer, { needle, hasZero, starts, ends, counts }: Look): boolean {
  const { bytes, key, keyAt } = needle
  if (needle.isWide && !hasZero) return false
  const first = starts ? 0 : needle.before
  const last = room.length - bytes.length - (ends ? 0 : needle.after)
  // The key is only a part of it.
  for (let at = room.indexOf(key, first + keyAt) - keyAt; at >= first && at <= last; at = room.indexOf(key, at + keyAt + 1) - keyAt)
    if (room.compare(bytes, 0, bytes.length, at, at + bytes.length) === 0 && counts(needle.fits(room, at))) return true
  return false
}
