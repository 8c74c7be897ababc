/**
 * Gathers the offers for one package, each source of a copy for itself, with the attestations of all who vouch for the same build.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { canonicalId } from '../base/canonical.ts'
import { StandinError } from '../base/errors.ts'
import { networkOf, parseAddress } from '../swarm/address.ts'
import type { Offer } from '../swarm/wire.ts'
import { joined } from './attestations.ts'
import { choose, isExact, type Wants, type Weighed } from './choose.ts'
import type { OfferIds } from './opener.ts'
import { MAX_FROM } from './peerWire.ts'
import type { SeekInput } from './seek.ts'

/** An offer that came, and who named it. */
export interface Heard extends Weighed {
  /** `sourceOf` the offer. */
  readonly source: string
  /** Without their ports. */
  readonly hosts: ReadonlySet<string>
  /** With them. */
  readonly from: ReadonlySet<string>
}

export interface Gathered {
  /** Settles when an exact offer is there, a little after the first one, or when nobody has answered for long enough. */
  readonly enough: Promise<void>
  offers(): readonly Heard[]
  /** Waits until what has come by now is among the offers. */
  caughtUp(): Promise<void>
  /** Waits for an offer that was not there yet; false when the search is over, or nothing has come for `othersSeconds`. */
  another(): Promise<boolean>
  stop(): void
}

/** A liar may say what is honest with a torrent, a size or a slot of his own, which no signature covers; it takes the place of nothing. */
export function sourceOf(offer: Offer): string {
  return canonicalId({ ...offer, attestations: [] })
}

/** What its attestations are about: whichever archive they name, as equal content has one in each encoding. */
export function sameBuild({ recipe, linkage, environment, content, stable, metadata }: OfferIds): string {
  return [recipe, linkage, environment, content, stable, metadata].join(' ')
}

/** Most offers that are heard in one search: a flood must fill neither root's memory nor its time. */
const MAX_HEARD = 1024

interface Source {
  readonly id: string
  /** Without attestations, which are those of its build. */
  readonly offer: Offer
  readonly hosts: Set<string>
  readonly from: Set<string>
}

export function gather(input: SeekInput): Gathered {
  const over = new AbortController()
  const sources = new Map<string, Source>()
  const builds = new Map<string, Weighed>()
  const enough = Promise.withResolvers<void>()
  let next = Promise.withResolvers<boolean>()
  let seen = 0
  let heard = 0
  const timers: NodeJS.Timeout[] = []
  const later = (seconds: number, then: () => void): void => void timers.push(setTimeout(then, seconds * 1000))

  const heardAt = ({ id, offer, hosts, from }: Source): Heard[] => {
    const build = builds.get(sameBuild(offer))
    return build === undefined ? [] : [{ ...build, offer: { ...offer, attestations: build.offer.attestations }, source: id, hosts, from }]
  }
  const judge = (weighed: Weighed, wants: Wants): void => {
    if (isExact(weighed, wants)) enough.resolve()
    else later(choose([weighed], wants).usable.length > 0 ? input.betterSeconds : input.othersSeconds, enough.resolve)
  }
  const take = async (said: Offer, from: string): Promise<void> => {
    if (over.signal.aborted) return
    const host = parseAddress(from)?.host ?? from
    const attestations = await input.screen(said, networkOf(host))
    const known = builds.get(sameBuild(said))?.offer.attestations
    if (known === undefined || !isAmong(attestations, known))
      builds.set(sameBuild(said), input.weigh({ ...said, attestations: joined(known ?? [], attestations, input.counts) }))
    const id = sourceOf(said)
    const source: Source = sources.get(id) ?? { id, offer: { ...said, attestations: [] }, hosts: new Set(), from: new Set() }
    sources.set(id, source)
    source.hosts.add(host)
    if (source.from.size < MAX_FROM) source.from.add(from)
    for (const one of heardAt(source)) void input.wants.then((wants) => judge(one, wants))
    next.resolve(true)
  }
  later(input.hearSeconds, () => (heard === 0 ? input.unheard() : undefined))
  // One after the other: what each says is checked a few signatures at a time.
  let queue = Promise.resolve()
  const offered = (said: Offer, from: string): void => {
    if (++heard <= MAX_HEARD) queue = queue.then(() => take(said, from))
  }
  const search = findAgain(input, offered, AbortSignal.any([input.signal, over.signal]))
    .catch((error: unknown) => {
      if (!(error instanceof StandinError)) throw error
      if (!input.signal.aborted && !over.signal.aborted) input.log(error.message)
    })
    .then(() => queue)
    .finally(() => {
      enough.resolve()
      over.abort()
      next.resolve(false)
    })

  return {
    enough: Promise.race([enough.promise, search]),
    offers: () => [...sources.values()].flatMap(heardAt),
    caughtUp: () => queue,
    async another() {
      if (sources.size > seen) {
        seen = sources.size
        return true
      }
      if (over.signal.aborted) return false
      next = Promise.withResolvers()
      later(input.othersSeconds, () => next.resolve(false))
      return await next.promise
    },
    stop() {
      over.abort()
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

/** What the next peer gets at least, once: one that hangs is noticed when most of the time is over. */
const AGAIN_SECONDS = 10

/** Each next peer is asked anew, in what is left of the time. */
async function findAgain(
  { peer, family, findSeconds, log }: SeekInput,
  offered: (said: Offer, from: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const end = performance.now() + findSeconds * 1000
  let spare = Math.min(AGAIN_SECONDS, findSeconds)
  for (let left = findSeconds; left > 0;) {
    try {
      return await peer.find(family, left, offered, signal)
    } catch (error) {
      if (!(error instanceof StandinError) || error.code !== 'PEER_ENDED') throw error
      log(`${error.message} while it looked for a copy`)
    }
    left = Math.ceil((end - performance.now()) / 1000)
    if (left < spare) [left, spare] = [spare, 0]
  }
}

function isAmong(some: Offer['attestations'], all: Offer['attestations']): boolean {
  const payloads = new Map(all.map(({ payload, signatures: [{ sig }] }) => [sig, payload]))
  return some.every(({ payload, signatures: [{ sig }] }) => payloads.get(sig) === payload)
}
