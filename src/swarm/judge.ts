/**
 * A peer that sent a wrong piece alone is known by it and never asked again; where several shared in one, nobody is accused without proof.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { EventEmitter } from 'node:events'
import type { Torrent } from 'webtorrent'

export interface Judge {
  /** Watches what `wire` sends in; `source` names who is at its other end. */
  watch(wire: EventEmitter, source: string): void
  /** Whom the verdicts go to from now on. Who sent what is remembered. */
  listen(verdicts: Verdicts): void
}

export interface Verdicts {
  /** One source alone sent a piece that is wrong. */
  readonly onLiar: (source: string) => void
  /** Several sources sent parts of a piece that is wrong. */
  readonly onMixed: () => void
}

export function judgePieces(torrent: EventEmitter & Pick<Torrent, 'pieces'>): Judge {
  const senders = new Map<number, Set<string>>()
  let verdicts: Verdicts | undefined
  torrent.on('verified', (index: number) => {
    senders.delete(index)
  })
  // With discovery and metadata out of play, what webtorrent warns of in a torrent is a piece that failed its hash.
  torrent.on('warning', () => {
    for (const [index, who] of senders) {
      const piece = torrent.pieces[index]
      // A failed piece has just been replaced by an empty one; others that are complete still wait for their hash.
      if (piece === null || piece === undefined || piece.missing !== piece.length) continue
      senders.delete(index)
      const [first, ...others] = who
      if (first !== undefined && others.length === 0) verdicts?.onLiar(first)
      else verdicts?.onMixed()
    }
  })
  return {
    watch(wire, source) {
      wire.on('piece', (index: number) => {
        const piece = torrent.pieces[index]
        // What comes too late, or unasked, goes into no piece.
        if (piece === null || piece === undefined || piece.missing === piece.length) return
        const who = senders.get(index) ?? new Set()
        senders.set(index, who.add(source))
      })
    },
    listen(to) {
      verdicts = to
    },
  }
}
