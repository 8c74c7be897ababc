/**
 * An attempt to fetch a torrent always ends: with all of it, with too little of it in the time it has, or with what went wrong.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Torrent } from 'webtorrent'
import { HostError } from '../base/errors.ts'
import { peerCount } from './internals.ts'

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
  readonly stallMs: number
  readonly signal: AbortSignal
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

export type Outcome = 'done' | 'stalled' | 'mixed'

export interface Waiting {
  /** Rejects with the signal's reason, with what webtorrent failed with, or with HostError BAD_STATE when the torrent is closed. */
  readonly outcome: Promise<Outcome>
  /** Ends it before its time. */
  readonly end: (as: Outcome) => void
}

/** Least that must come in each stall time, in bytes: 13 kB/s by default, so that a trickle is a stall. */
const MIN_BYTES = 64 * 1024

/** How long nobody at all may be there, every address having refused. */
const NOBODY_MS = 500

const TICK_MS = 100

export function waitFor({ torrent, size, stallMs, signal, onProgress }: OutcomeOptions): Waiting {
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>()
  const mark = { bytes: torrent.downloaded, at: performance.now(), peopled: performance.now() }

  const tick = (): void => {
    const now = performance.now()
    const bytes = torrent.downloaded
    onProgress?.({ bytes, size, bytesPerSecond: torrent.downloadSpeed, peers: torrent.wires.length })
    // A wrong piece takes its bytes away again, so only what passes the last mark counts.
    if (bytes - mark.bytes >= Math.min(MIN_BYTES, size - mark.bytes)) Object.assign(mark, { bytes, at: now })
    if (peerCount(torrent) > 0) mark.peopled = now
    if (now - mark.at >= stallMs || now - mark.peopled >= NOBODY_MS) resolve('stalled')
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
