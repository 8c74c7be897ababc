/**
 * Hundreds of families cost a tracker's client nothing between two announcements, and no tracker can end this process.
 *
 * A bittorrent-tracker client lives for one announcement: with one kept open for each of 1,000 torrents an idle process used a sixth of a core.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* oxlint-disable no-underscore-dangle -- only there can a rejection that nobody listens for be caught */
import { Client } from 'bittorrent-tracker'
import { StrangerError } from '../base/errors.ts'
import { guardAnswers } from './answers.ts'
import type { Finder, FinderOptions } from './finder.ts'

export interface TrackersOptions extends FinderOptions {
  readonly trackers: readonly string[]
  /** 40 hex digits. */
  readonly peerId: string
}

/** Announced again this often (trackers forget after twice their interval, which is 15 to 30 minutes). */
const AGAIN_MS = 15 * 60_000

/** An announcement that is not answered by then is given up. */
const ANSWER_MS = 15_000

/** How long taking leave of trackers may hold up the end of a process. */
const LEAVE_MS = 2000

/** Announcements at once. */
const AT_ONCE = 8

/** Peers that one announcement asks for, and takes. */
const PEERS = 50

type Event = 'start' | 'update' | 'stop'

export function openTrackers(options: TrackersOptions): Finder {
  guardAnswers()
  const looking = new Map<string, number>()
  const queue: { readonly infohash: string; readonly event: Event }[] = []
  const busy = new Set<Promise<void>>()
  const over = new AbortController()

  const pump = (): void => {
    while (busy.size < AT_ONCE) {
      const next = queue.shift()
      if (next === undefined) return
      const work = announceOnce(next.infohash, next.event, options, over.signal).finally(() => {
        busy.delete(work)
        pump()
      })
      busy.add(work)
    }
  }
  const say = (infohash: string, event: Event): void => {
    queue.push({ infohash, event })
    pump()
  }
  const again = setInterval(() => {
    const now = performance.now()
    for (const [infohash, last] of looking) {
      if (now - last < AGAIN_MS) continue
      looking.set(infohash, now)
      say(infohash, 'update')
    }
  }, AGAIN_MS / 60)
  again.unref()

  return {
    look(infohash) {
      say(infohash, looking.has(infohash) ? 'update' : 'start')
      looking.set(infohash, performance.now())
    },
    stop(infohash) {
      if (looking.delete(infohash)) say(infohash, 'stop')
    },
    async close() {
      clearInterval(again)
      queue.length = 0
      for (const infohash of looking.keys()) say(infohash, 'stop')
      looking.clear()
      const timer = setTimeout(() => {
        queue.length = 0
        over.abort()
      }, LEAVE_MS)
      while (busy.size > 0) await Promise.all(busy)
      clearTimeout(timer)
    },
  }
}

/** Resolves when every tracker has answered, the time is up, or all of it is over. */
async function announceOnce(infohash: string, event: Event, options: TrackersOptions, over: AbortSignal): Promise<void> {
  await Promise.all(options.trackers.map((tracker) => announceTo(tracker, { infohash, event, options, over })))
}

interface Announcement {
  readonly infohash: string
  readonly event: Event
  readonly options: TrackersOptions
  readonly over: AbortSignal
}

/** A client for each tracker: of the warnings of one for all nobody knows whose they are, and it warns of trackers that it does not even ask. */
function announceTo(tracker: string, { infohash, event, options, over }: Announcement): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const client = new Client({
    infoHash: infohash,
    peerId: options.peerId,
    announce: [tracker],
    port: options.port,
    userAgent: 'standin',
    wrtc: false,
  })
  let peers = PEERS
  let isWarned = false
  const end = (): void => {
    clearTimeout(timer)
    over.removeEventListener('abort', end)
    client.destroy(resolve)
  }
  const warn = (error: unknown): void => {
    if (!isWarned) options.onWarning('tracker', error)
    isWarned = true
    answered()
  }
  const answered = (): void => {
    // The peers of an answer are told right after it.
    queueMicrotask(end)
  }
  const timer = setTimeout(() => {
    warn(new StrangerError('STALLED', 'a tracker did not answer in time'))
  }, ANSWER_MS)
  over.addEventListener('abort', end)
  client.on('peer', (address: string) => {
    if (event !== 'stop' && peers-- > 0) options.onPeer(infohash, address)
  })
  client.on('update', answered)
  client.on('warning', warn)
  client.on('error', warn)
  catchRequests(client, warn)
  client[event]({ left: 1, numwant: event === 'stop' ? 0 : PEERS })
  return promise
}

/** The client's HTTP requests reject where nobody listens when an answer ends early, or is no dictionary. */
function catchRequests(client: Client, warn: (error: unknown) => void): void {
  for (const tracker of client._trackers) {
    const request = tracker._request?.bind(tracker)
    if (request !== undefined) tracker._request = (...parts) => Promise.resolve(request(...parts)).catch(warn)
  }
}
