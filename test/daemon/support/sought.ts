/**
 * Runs the search for a copy with a scripted peer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { setTimeout as delay } from 'node:timers/promises'
import { HostError, StrangerError } from '../../../src/base/errors.ts'
import { sourceOf } from '../../../src/daemon/gather.ts'
import { opener } from '../../../src/daemon/opener.ts'
import type { PeerClient } from '../../../src/daemon/peerClient.ts'
import { type Refused, seek, type Sought } from '../../../src/daemon/seek.ts'
import { weigh } from '../../../src/daemon/weigh.ts'
import type { Offer } from '../../../src/swarm/wire.ts'
import { parsePolicy, type Policy } from '../../../src/trust/policy.ts'
import { attested, id, offerNamed } from './offers.ts'

const POLICY = parsePolicy('')
export const given = (name: string, changes: Partial<Offer> = {}): Offer => {
  const plain = offerNamed(name, changes)
  return { ...plain, attestations: [attested(plain, 'anna')] }
}

const LOST: Refused = { reason: 'it is gone', verdicts: [], always: false, lost: true }

export interface Script {
  readonly offers: readonly Offer[]
  readonly fails?: readonly Offer[]
  /** Takes more than a second to come, and does not where the search is in a hurry before. */
  readonly slow?: readonly Offer[]
  /** Who offers it; those that fail are of one host, all others of another. */
  readonly hostOf?: (offer: Offer) => string
  /** Why the host takes none of these. */
  readonly refuses?: readonly (readonly [Offer, Refused])[]
  /** Whether the first that is asked for is being fetched when this ends the search. */
  readonly cutOff?: () => void
  /** How often the peer ends while each of these is fetched, and how many searches end with it at once. */
  readonly ends?: readonly (readonly [Offer, number])[]
  readonly endsInSearch?: number
  /** How long it hangs before each of those ends. */
  readonly endsAfterMs?: number
  /** How often the peer ends while the host looks at what it has staged of this one. */
  readonly loses?: readonly [Offer, number]
  /** Offered after the first copy was asked for. */
  readonly late?: readonly Offer[]
  /** Where nothing is offered the search goes on all the same, until it is told that it is enough. */
  readonly silent?: boolean
  /** Called when nothing has been offered for a while. */
  readonly unheard?: () => void
  readonly signal?: AbortSignal
  readonly leastLevel?: number
  readonly policy?: Policy
}

/** Runs a search whose peer offers at once, and then stays silent until it is told that it is enough. */
export async function sought(script: Script): Promise<{ result: Sought; tried: string[]; searches: number[] }> {
  const tried: string[] = []
  /** How many seconds each was to take. */
  const searches: number[] = []
  const ends = new Map(script.ends?.map(([offer, many]) => [offer.content, many]))
  const ended = new HostError('PEER_ENDED', 'the peer process ended')
  let losses = script.loses?.[1] ?? 0
  const offerLate: (() => void)[] = []
  const peer: Pick<PeerClient, 'find' | 'get'> = {
    find(_family, seconds, offered, signal) {
      searches.push(seconds)
      if (searches.length <= (script.endsInSearch ?? 0)) return delay(script.endsAfterMs ?? 0).then(() => Promise.reject(ended))
      offerLate.push(() => script.late?.forEach((offer) => offered(offer, '192.0.2.2:1')))
      const { hostOf = (offer) => (script.fails?.includes(offer) === true ? '192.0.2.1:1' : '192.0.2.3:1') } = script
      for (const offer of script.offers) offered(offer, hostOf(offer))
      const { promise, resolve } = Promise.withResolvers<void>()
      if (signal.aborted || (script.offers.length === 0 && script.silent !== true)) resolve()
      signal.addEventListener('abort', () => resolve())
      return promise
    },
    async get(offer, _from, _seconds, _signal, hurry) {
      tried.push(offer.content)
      for (const late of offerLate) late()
      const left = ends.get(offer.content) ?? 0
      ends.set(offer.content, left - 1)
      if (left > 0) return Promise.reject(ended)
      if (script.cutOff !== undefined) {
        script.cutOff()
        throw new StrangerError('STALLED', 'no longer wanted')
      }
      if (script.slow?.some((one) => sourceOf(one) === sourceOf(offer)) === true && (await isHurried(hurry)))
        throw new StrangerError('SLOW', 'it came too slowly')
      if (script.fails?.some((one) => sourceOf(one) === sourceOf(offer)) === true)
        return Promise.reject(new StrangerError('STALLED', 'it stopped in the middle'))
      return Promise.resolve(`staged ${offer.content}`)
    },
  }
  const { policy = POLICY } = script
  const counts = (keyid: string): boolean => policy.keys.has(keyid)
  const signatures = opener({ counts })
  const result = await seek({
    family: offerNamed('x').family,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a search asks for nothing else
    peer: peer as PeerClient,
    wants: Promise.resolve({
      slot: '0',
      recipe: id('recipe'),
      environment: id('environment'),
      leastLevel: script.leastLevel ?? 0,
      maxBytes: 1e9,
      provides: undefined,
    }),
    weigh: (offer) => weigh(offer, policy, () => false, signatures.opened),
    screen: signatures.screen,
    counts,
    take({ weighed }) {
      if (losses-- > 0 && script.loses?.[0].content === weighed.offer.content) return Promise.resolve(LOST)
      return Promise.resolve(script.refuses?.find(([offer]) => sourceOf(offer) === sourceOf(weighed.offer))?.[1])
    },
    signal: script.signal ?? new AbortController().signal,
    findSeconds: 1,
    betterSeconds: 0.01,
    othersSeconds: 0.01,
    getSeconds: 1,
    unheard: script.unheard ?? (() => undefined),
    hearSeconds: 0.005,
    log: () => undefined,
  })
  return { result, tried, searches }
}

async function isHurried(hurry: AbortSignal | undefined): Promise<boolean> {
  const there = new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), 1500)
    hurry?.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve(true)
    })
  })
  return hurry?.aborted === true || (await there)
}
