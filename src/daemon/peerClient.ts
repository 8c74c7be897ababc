/**
 * What the warden asks of its peer, as calls: each ends with an answer, with its signal, or with the peer's own end, never in silence.
 *
 * What is asked while no peer runs is said to the next one, once that can be reached by others.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { randomBytes } from 'node:crypto'
import { HostError, type StrangerCode, StrangerError } from '../base/errors.ts'
import type { Family } from '../package/family.ts'
import type { Offer } from '../swarm/wire.ts'
import { type FromPeer, MAX_FROM, type OwnOffer, type ToPeer, type Transfer } from './peerWire.ts'

export interface PeerClient {
  /** Looks for offers until `signal` says enough or `seconds` are over; resolves then, whatever came. Errors: HostError PEER_ENDED: ask again. */
  find(family: Family, seconds: number, offered: (offer: Offer, from: string) => void, signal: AbortSignal): Promise<void>
  /**
   * Fetches from the addresses `from`, and whom else the peer has heard, and unpacks into staging; resolves with the id under which it lies there.
   * Errors: StrangerError with the code that the peer says, BAD_ARCHIVE where that is none of a stranger's; HostError PEER_ENDED: ask again.
   * `hurry` is aborted as soon as something else could be fetched: a trickle is a stall then.
   */
  get(offer: Offer, from: readonly string[], seconds: number, signal: AbortSignal, hurry?: AbortSignal): Promise<string>
  /** What is staged under `id` has been placed: its archive is kept until it is released, and given on with `seed`. */
  pass(id: string, seed: boolean): void
  /** The own build has been held against it. */
  release(sha256: string): void
  /** What fetched archives may take on disk from now on. */
  room(bytes: number): void
  /** Gives up what is staged under `id`. */
  discard(id: string): void
  share(archive: { sha256: string; size: number }, path: string, draft: OwnOffer): void
  /** Gives it no more; a fetched one goes unless it is to be kept. */
  unshare(sha256: string, keep: boolean): void
  transfers(): Promise<readonly Transfer[]>
  /** Whether what was staged under this id lies there still: the next peer throws away what an earlier one has staged. */
  isStaged(id: string): boolean
  /** Whether it would be missed: something is asked of it, or lies in staging. */
  isBusy(): boolean
  /** To be called with each message of the peer, and at each of its ends. */
  heard(message: FromPeer): void
  ended(): void
}

interface Waiting {
  heard(message: FromPeer): void
  ended(): void
}

/** Grace for the peer's own time limit to answer first. */
const GRACE_SECONDS = 5

/** It knows them. */
const TRANSFERS_SECONDS = 2

/** How long the next peer is waited for: twice the longest pause before its start. */
const NEXT_PEER_MS = 60_000

export function peerClient(send: (message: ToPeer) => void): PeerClient {
  const waiting = new Map<string, Waiting>()
  /** Under which something lies in staging. */
  const staged = new Set<string>()
  /** What is said to the next peer, by the id that waits for it; undefined while one runs. */
  let forNext: Map<string, ToPeer> | undefined
  /** What of it is to hurry. */
  const hurried = new Set<string>()
  const ask = <T>(
    seconds: number,
    signal: AbortSignal | undefined,
    start: (id: string) => ToPeer,
    heard: (message: FromPeer, id: string, resolve: (value: T) => void, reject: (reason: Error) => void) => void,
  ): Promise<T> => {
    const id = randomBytes(8).toString('hex')
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const stop = (reason: string): void => {
      send({ t: 'stop', id })
      reject(new StrangerError('STALLED', reason))
    }
    const onAbort = (): void => stop('no longer wanted')
    const timer = setTimeout(() => stop(`no answer within ${seconds} s`), seconds * 1000)
    const noneComes = setTimeout(() => {
      if (forNext?.has(id) === true) reject(new HostError('PEER_ENDED', 'the peer process does not come back'))
    }, NEXT_PEER_MS)
    waiting.set(id, {
      heard: (message) => heard(message, id, resolve, reject),
      ended: () => reject(new HostError('PEER_ENDED', 'the peer process ended')),
    })
    signal?.addEventListener('abort', onAbort, { once: true })
    if (signal?.aborted === true) onAbort()
    else if (forNext === undefined) send(start(id))
    else forNext.set(id, start(id))
    return promise.finally(() => {
      clearTimeout(timer)
      clearTimeout(noneComes)
      waiting.delete(id)
      forNext?.delete(id)
      signal?.removeEventListener('abort', onAbort)
    })
  }

  return {
    find: (family, seconds, offered, signal) =>
      ask<void>(
        seconds + GRACE_SECONDS,
        signal,
        (id) => ({ t: 'find', id, family, seconds }),
        (message, _id, resolve) => {
          if (message.t === 'offer') offered(message.offer, message.from)
          if (message.t === 'found') resolve()
        },
      ),
    get: (offer, from, seconds, signal, hurry) =>
      ask<string>(
        seconds + GRACE_SECONDS,
        signal,
        (id) => {
          const hasten = (): void => {
            if (!waiting.has(id)) return
            if (forNext === undefined) send({ t: 'hurry', id })
            else hurried.add(id)
          }
          hurry?.addEventListener('abort', hasten, { once: true })
          if (hurry?.aborted === true) queueMicrotask(hasten)
          return { t: 'get', id, offer, from: from.slice(0, MAX_FROM), seconds }
        },
        (message, id, resolve, reject) => {
          if (message.t === 'staged') {
            staged.add(id)
            resolve(id)
          }
          if (message.t === 'failed') reject(failure(message.code, message.message))
        },
      ),
    pass: (id, seed) => send({ t: 'pass', id, seed }),
    release: (sha256) => send({ t: 'release', sha256 }),
    room: (bytes) => send({ t: 'room', bytes }),
    discard(id) {
      staged.delete(id)
      send({ t: 'stop', id })
    },
    share: (archive, path, draft) => send({ t: 'share', archive, path, draft }),
    unshare: (sha256, keep) => send({ t: 'unshare', sha256, keep }),
    transfers: () =>
      ask<readonly Transfer[]>(
        TRANSFERS_SECONDS,
        undefined,
        (id) => ({ t: 'transfers', id }),
        (message, _id, resolve) => {
          if (message.t === 'transfers') resolve(message.transfers)
        },
      ),
    isStaged: (id) => staged.has(id),
    isBusy: () => waiting.size > 0 || staged.size > 0,
    heard(message) {
      if ('id' in message) waiting.get(message.id)?.heard(message)
      if (message.t !== 'listening' || forNext === undefined) return
      const said = forNext.values()
      forNext = undefined
      for (const one of said) send(one)
      for (const id of hurried) send({ t: 'hurry', id })
      hurried.clear()
    },
    ended() {
      staged.clear()
      const before = forNext
      forNext ??= new Map()
      for (const [id, one] of waiting) if (before?.has(id) !== true) one.ended()
    },
  }
}

/** What may be wrong with somebody else's archive; the peer's other words are those of its host. */
const CODES: readonly StrangerCode[] = [
  'SCHEMA',
  'TOO_LARGE',
  'BAD_HASH',
  'BAD_ARCHIVE',
  'BAD_PATH',
  'PROTOCOL',
  'STALLED',
  'SLOW',
  'WRONG_FAMILY',
]

function failure(said: string, message: string): StrangerError {
  const code = CODES.find((one) => one === said)
  return code === undefined ? new StrangerError('BAD_ARCHIVE', `${said}: ${message}`) : new StrangerError(code, message)
}
