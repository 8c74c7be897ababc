/**
 * Searches what comes out of one packed stream, and keeps as much of it as is needed to unpack what is packed in it again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type Mark, markerFor } from './packed.ts'
import type { PrivateText, Searcher } from './search.ts'

export interface Layer {
  add(piece: Buffer): void
  /** To be called once. */
  end(): Looked
}

export interface Looked {
  readonly found: PrivateText | undefined
  /** Where in `held` something packed begins, in their order. */
  readonly marks: readonly Mark[]
  readonly held: Buffer
  /** Whether there was more than was held. */
  readonly isCut: boolean
  /** Of all that came. */
  readonly size: number
}

/** A mark is seen this many bytes after its place at the latest. */
const LATE = 2048

/** `hold`: bytes that are kept at most. `isMany`: several files come one after the other. */
export function layerFor(searcher: Searcher, hold: number, isMany: boolean): Layer {
  const search = searcher.begin()
  const marker = markerFor(isMany)
  const kept: Buffer[] = []
  let [size, from, length] = [0, 0, 0]
  let isCut = false
  return {
    add(piece) {
      search.add(piece)
      marker.add(piece)
      size += piece.length
      if (isCut || isMany) return
      kept.push(piece)
      length += piece.length
      if (marker.marks.length === 0)
        while (length - (kept[0]?.length ?? length) >= LATE) {
          const gone = kept.shift()?.length ?? 0
          from += gone
          length -= gone
        }
      isCut = length > hold
    },
    end() {
      marker.end()
      const marks = marker.marks.map((mark) => ({ ...mark, at: mark.at - from }))
      return { found: search.end(), marks, held: marks.length === 0 ? Buffer.alloc(0) : Buffer.concat(kept), isCut, size }
    },
  }
}
