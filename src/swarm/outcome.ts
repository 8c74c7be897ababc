/**
 * An attempt to fetch a torrent always ends: with all of it, with too little of it in the time it has, or with what went wrong.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Torrent } from 'webtorrent'
import { HostError } from '../base/errors.ts'
import { peerCount } from './internals.ts'
import type { Pace } from './pace.ts'

export interface Progress {
  /** Bytes that are here, those of pieces not yet whole among them. */
  readonly bytes: number
  readonly size: number
  readonly bytesPerSecond: number
  readonly peers: number
}

export interface OutcomeOptions {
  readonly torrent: Torrent
  readonly size: number
  readonly pace: Pace
  /** Whether a trickle is better than nothing. */
  readonly isPatient: () => boolean
  readonly signal: AbortSignal
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

/** `slow`: something came, and too little for who could ask somebody else. */
export type Outcome = 'done' | 'stalled' | 'slow' | 'mixed'

export interface Waiting {
  /** Rejects with the signal's reason, with what webtorrent failed with, or with HostError BAD_STATE when the torrent is closed. */
  readonly outcome: Promise<Outcome>
  /** Ends it before its time. */
  readonly end: (as: Outcome) => void
}

/** How long nobody at all may be there, every address having refused. */
const NOBODY_MS = 500

const TICK_MS = 100

export function waitFor({ torrent, size, pace, isPatient, signal, onProgress }: OutcomeOptions): Waiting {
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>()
  const mark = { bytes: torrent.downloaded, at: performance.now(), peopled: performance.now(), met: performance.now() }
  const moved = { bytes: torrent.downloaded, at: performance.now(), atAll: false }

  const tick = (): void => {
    const now = performance.now()
    const bytes = torrent.downloaded
    onProgress?.({ bytes, size, bytesPerSecond: torrent.downloadSpeed, peers: torrent.wires.length })
    // A wrong piece takes its bytes away again, so only what passes the last mark counts.
    if (bytes - mark.bytes >= Math.min(pace.leastBytes, size - mark.bytes)) Object.assign(mark, { bytes, at: now })
    if (bytes > moved.bytes) Object.assign(moved, { bytes, at: now, atAll: true })
    if (peerCount(torrent) > 0) mark.peopled = now
    // A web server has no queue: it answers, or it does not.
    if (torrent.wires.some(({ type }) => type !== 'webSeed' || moved.atAll)) mark.met = now
    const isHopeful = isPatient() && now - mark.met < pace.stallMs
    const isOver = isHopeful ? now - moved.at >= pace.silentMs : now - mark.at >= pace.stallMs
    if (isOver || now - mark.peopled >= NOBODY_MS) resolve(moved.atAll && now - moved.at < pace.stallMs ? 'slow' : 'stalled')
  }
  const done = (): void => {
    resolve('done')
  }
  const aborted = (): void => {
    reject(signal.reason)
  }
  const closed = (): void => {
    reject(new HostError('BAD_STATE', 'the swarm was closed'))
  }
  const ticker = setInterval(tick, TICK_MS)
  torrent.once('done', done)
  torrent.once('error', reject)
  torrent.once('close', closed)
  signal.addEventListener('abort', aborted)
  if (torrent.done) done()
  if (signal.aborted) aborted()

  const outcome = promise.finally(() => {
    clearInterval(ticker)
    torrent.off('done', done)
    torrent.off('error', reject)
    torrent.off('close', closed)
    signal.removeEventListener('abort', aborted)
  })
  return { outcome, end: resolve }
}
