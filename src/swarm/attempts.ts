/**
 * Bytes are asked of all sources at once and, once a wrong piece came from several of them, of one after the other until one is honest.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Torrent, Wire } from 'webtorrent'
import { StrangerError } from '../base/errors.ts'
import { callWebSeed } from './internals.ts'
import { judgePieces, type Judge } from './judge.ts'
import { waitFor, type Outcome, type Progress } from './outcome.ts'
import type { Pace } from './pace.ts'
import type { Remote, Torrents } from './torrents.ts'
import { fetchRange } from './webSeed.ts'

export interface AttemptsOptions {
  readonly torrents: Torrents
  readonly infohash: string
  readonly size: number
  readonly pace: Pace
  /** Aborted when there is another archive to be had, so that a trickle of this one is a stall. */
  readonly hurry?: AbortSignal | undefined
  readonly signal: AbortSignal
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

export interface Attempts {
  /** For the torrent's door. */
  readonly onWire: (wire: Wire, torrent: Torrent, remote: Remote) => void
  /**
   * Resolves when every piece is here. `sources` are asked for again: who names the torrent later is called, too. Errors: StrangerError STALLED, SLOW or
   * BAD_HASH, the signal's reason, or what webtorrent failed with.
   */
  run(torrent: Torrent, sources: () => readonly string[]): Promise<void>
}

/** What a new connection is taken to move until that can be measured, in bytes a second: a small package is then asked for all at once. */
const FIRST_GUESS = 4 * 1024 * 1024
const FIRST_MS = 1000

/** How often it is looked whether somebody else has the same archive. */
const MORE_MS = 500

export function openAttempts(options: AttemptsOptions): Attempts {
  const { torrents, infohash, pace } = options
  const isNotHurried = (): boolean => options.hurry?.aborted !== true
  const liars = new Set<string>()
  let isAlone = false
  const timeoutMs = pace.stallMs
  let onSource: ((wire: Wire, source: string) => boolean) | undefined

  // A source that falls silent gives its requests back to the others before the whole attempt has stalled.
  const bound = (wire: Wire): void => {
    if (wire.type !== 'webSeed') wire.setTimeout(isAlone && isNotHurried() ? pace.silentMs : pace.stallMs / 2, true)
  }

  const attempt = async (torrent: Torrent, judge: Judge, first: readonly string[], more?: () => readonly string[]): Promise<Outcome> => {
    const sources: string[] = []
    // Of sources that are tried one after the other the next one may be faster.
    const isPatient = (): boolean => more !== undefined && isNotHurried()
    const waiting = waitFor({ ...options, isPatient, torrent })
    onSource = (wire, source) => {
      if (!sources.includes(source) || liars.has(source)) return false
      judge.watch(wire, source)
      return true
    }
    judge.listen({
      onLiar(source) {
        liars.add(source)
        torrents.dropAddress(torrent, source)
        if (sources.every((each) => liars.has(each))) waiting.end('stalled')
      },
      // With one source, what is mixed is what earlier ones left in a piece; it is thrown away by now and asked for again.
      onMixed() {
        if (sources.length > 1) waiting.end('mixed')
      },
    })
    const call = (named: readonly string[]): void => {
      const added = named.filter((source) => !sources.includes(source))
      if (added.length === 0) return
      sources.push(...added)
      for (const source of added) {
        if (isWebSeed(source)) callWebSeed(torrent, source, (start, length) => fetchRange({ url: source, start, length, timeoutMs }))
        else torrents.connect(infohash, source)
      }
      isAlone = sources.length === 1
      for (const wire of torrent.wires) bound(wire)
    }
    call(first)
    const timer = setInterval(() => call(more?.() ?? []), MORE_MS)
    try {
      return await waiting.outcome
    } finally {
      clearInterval(timer)
      onSource = undefined
      for (const source of sources) torrents.dropAddress(torrent, source)
    }
  }

  return {
    onWire(wire, torrent, { source }) {
      // Bytes come from whom this host called; who calls in was not asked.
      if (source === undefined || onSource?.(wire, source) !== true) {
        torrents.drop(torrent, wire)
        return
      }
      if (isWebSeed(source)) return
      bound(wire)
      guessSpeed(wire)
    },
    async run(torrent, named) {
      const sources = named()
      if (sources.length === 0) throw new StrangerError('STALLED', 'nobody is known to have the archive')
      const judge = judgePieces(torrent)
      let outcome = await attempt(torrent, judge, sources, named)
      if (outcome === 'mixed') {
        for (const source of named()) {
          if (outcome === 'done') break
          if (!liars.has(source)) outcome = await attempt(torrent, judge, [source])
        }
      }
      if (outcome === 'done') return
      if (liars.size > 0)
        throw new StrangerError('BAD_HASH', `${[...liars].join(', ')} sent wrong pieces, and nobody else gave the archive`)
      if (outcome === 'slow') throw new StrangerError('SLOW', 'what came of the archive came too slowly')
      throw new StrangerError('STALLED', 'no source gave the archive')
    },
  }
}

function isWebSeed(source: string): boolean {
  return /^https?:/.test(source)
}

function guessSpeed(wire: Wire): void {
  const measured = wire.downloadSpeed
  const since = performance.now()
  wire.downloadSpeed = (bytes) => {
    const speed = measured(bytes)
    return performance.now() - since < FIRST_MS ? Math.max(speed, FIRST_GUESS) : speed
  }
}
