/**
 * Gathers the offers for one package, each source of an archive for itself, with the attestations of all who vouch for the same archive.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { StandinError } from '../base/errors.ts'
import { networkOf, parseAddress } from '../swarm/address.ts'
import type { Offer } from '../swarm/wire.ts'
import { joined } from './attestations.ts'
import { choose, isExact, type Wants, type Weighed } from './choose.ts'
import type { SeekInput } from './seek.ts'

export interface Gathered {
  /** Settles when an exact offer is there, a little after the first one, or when nobody has answered for long enough. */
  readonly enough: Promise<void>
  offers(): readonly Weighed[]
  /** Hosts that name this source of an archive, without their ports. */
  hostsOf(offer: Offer): ReadonlySet<string>
  /** Waits until what has come by now is among the offers. */
  caughtUp(): Promise<void>
  /** Waits for an offer that was not there yet; false when the search is over, or nothing has come for `othersSeconds`. */
  another(): Promise<boolean>
  stop(): void
}

/** An archive at one torrent: a liar may offer an honest archive with a torrent of his own, which no signature covers. */
export function sourceOf({ archive }: Offer): string {
  return `${archive.sha256} ${archive.infohash}`
}

/** Most offers that are heard in one search, and most sources of one archive, which honestly has one: a flood must fill neither root's memory nor its time. */
const MAX_HEARD = 1024
const MAX_OF_ONE = 16

export function gather(input: SeekInput): Gathered {
  const over = new AbortController()
  const offers = new Map<string, Weighed>()
  const hosts = new Map<string, Set<string>>()
  const enough = Promise.withResolvers<void>()
  let next = Promise.withResolvers<boolean>()
  let seen = 0
  let heard = 0
  const timers: NodeJS.Timeout[] = []
  const later = (seconds: number, then: () => void): void => void timers.push(setTimeout(then, seconds * 1000))

  const judge = (weighed: Weighed, wants: Wants): void => {
    if (isExact(weighed, wants)) enough.resolve()
    else later(choose([weighed], wants).usable.length > 0 ? input.betterSeconds : input.othersSeconds, enough.resolve)
  }
  const take = async (said: Offer, from: string): Promise<void> => {
    if (over.signal.aborted) return
    const offer = { ...said, attestations: await input.screen(said, networkOf(parseAddress(from)?.host ?? from)) }
    const same = [...offers.values()].map((weighed) => weighed.offer).filter((one) => isSameArchive(one, offer))
    if (!offers.has(sourceOf(offer)) && same.length >= MAX_OF_ONE) return
    hosts.set(sourceOf(offer), (hosts.get(sourceOf(offer)) ?? new Set()).add(hostOf(from)))
    const attestations = same.reduce((all, one) => joined(all, one.attestations, input.counts), offer.attestations)
    for (const one of [...same.filter((other) => sourceOf(other) !== sourceOf(offer)), offer])
      offers.set(sourceOf(one), input.weigh({ ...one, attestations }))
    const weighed = offers.get(sourceOf(offer))
    if (weighed !== undefined) void input.wants.then((wants) => judge(weighed, wants))
    next.resolve(true)
  }
  // One after the other: what each says is checked a few signatures at a time.
  let queue = Promise.resolve()
  const offered = (said: Offer, from: string): void => {
    if (++heard <= MAX_HEARD) queue = queue.then(() => take(said, from))
  }
  const search = input.peer
    .find(input.family, input.findSeconds, offered, AbortSignal.any([input.signal, over.signal]))
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
    offers: () => [...offers.values()],
    hostsOf: (offer) => hosts.get(sourceOf(offer)) ?? new Set(),
    caughtUp: () => queue,
    async another() {
      if (offers.size > seen) {
        seen = offers.size
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

function hostOf(address: string): string {
  return address.replace(/:\d+$/, '')
}

function isSameArchive(a: Offer, b: Offer): boolean {
  return a.archive.sha256 === b.archive.sha256 && a.content === b.content && a.recipe === b.recipe && a.linkage === b.linkage
}
