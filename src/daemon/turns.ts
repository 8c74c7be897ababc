/**
 * Says which copy is tried next: the hosts that offer take turns, so that whoever names any number of copies costs the others one try, not their turn.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { networkOf } from '../swarm/address.ts'
import { type Heard, sameBuild } from './gather.ts'

/** Most copies that are tried for one package, in all and of those that one host offers; and most that came and were refused by a rule. */
const MAX_TRIES = 24
const MAX_OF_A_HOST = 4
const MAX_REFUSED = 6

/** Ends of the peer in which a copy keeps its turn, in all and before it comes after all others: it may be what ends the peer. */
const MAX_ENDS = 3
const MAX_ENDS_OF_A_COPY = 2

/** Most copies that are put off for others because they come slowly. Their hosts have had their try: who trickles out copies comes after all others. */
const MAX_PUT_OFF = 6

export interface Turns {
  /** The best of `usable`, which is sorted, of those hosts that have had the fewest tries; undefined when no copy is to be tried any more. */
  next(usable: readonly Heard[]): Heard | undefined
  /** It is tried now. */
  spend(copy: Heard): void
  /** The peer ended while it was tried: what that says of the copy nobody knows. */
  peerEnded(copy: Heard): void
  /** Whether another one than `copy`, which is being tried, could be. */
  hasRival(copy: Heard, usable: readonly Heard[]): boolean
  /** It came too slowly beside another one: it is tried again when there is nothing else. */
  putOff(copy: Heard): void
  /** It came, and no other copy of the same is to be tried. */
  refuse(copy: Heard): void
}

export function takeTurns(): Turns {
  const tried = new Set<string>()
  const refused = new Set<string>()
  /** Environments of what was refused: what else was built in one is for the same CPU, so it comes last. */
  const unfit = new Set<string>()
  const spent = new Map<string, number>()
  const ends = new Map<string, number>()
  const putOff = new Set<string>()
  let ended = 0
  /** Hosts that paid for a copy: others may name it later. */
  const paid = new Map<string, readonly string[]>()
  const count = (hosts: readonly string[], by: 1 | -1): void => {
    for (const host of hosts) spent.set(`host ${host}`, ofHost(host) + by)
    for (const network of new Set(hosts.map(networkOf))) spent.set(`network ${network}`, (spent.get(`network ${network}`) ?? 0) + by)
  }
  const ofHost = (host: string): number => spent.get(`host ${host}`) ?? 0
  const ofNetwork = (host: string): number => spent.get(`network ${networkOf(host)}`) ?? 0

  const next: Turns['next'] = (usable) => {
    if (tried.size >= MAX_TRIES || refused.size >= MAX_REFUSED) return undefined
    const left = usable.filter(({ offer, source }) => !tried.has(source) && !refused.has(sameBuild(offer)))
    return left
      .map((copy) => ({
        copy,
        slow: Number(putOff.has(copy.source)),
        suspect: Number((ends.get(copy.source) ?? 0) >= MAX_ENDS_OF_A_COPY),
        unfit: Number(unfit.has(copy.offer.environment)),
        network: least(copy, ofNetwork),
        host: least(copy, ofHost),
      }))
      .filter(({ host, suspect }) => host < MAX_OF_A_HOST && (suspect === 0 || ended < MAX_ENDS))
      .toSorted((a, b) => a.slow - b.slow || a.suspect - b.suspect || a.unfit - b.unfit || a.network - b.network || a.host - b.host)
      .map(({ copy }) => copy)[0]
  }

  return {
    next,
    spend({ source, hosts }) {
      tried.add(source)
      paid.set(source, [...hosts])
      count([...hosts], 1)
    },
    peerEnded({ source }) {
      ends.set(source, (ends.get(source) ?? 0) + 1)
      if (++ended >= MAX_ENDS) return
      tried.delete(source)
      count(paid.get(source) ?? [], -1)
    },
    hasRival(copy, usable) {
      const other = next(usable)
      // Of two that are slow the one that is at work stays.
      return other !== undefined && !(putOff.has(other.source) && putOff.has(copy.source))
    },
    putOff({ source }) {
      if (putOff.size >= MAX_PUT_OFF) return
      putOff.add(source)
      tried.delete(source)
    },
    refuse({ offer }) {
      refused.add(sameBuild(offer))
      unfit.add(offer.environment)
    },
  }
}

/** Of the host whose turn it is soonest. */
function least({ hosts }: Heard, count: (host: string) => number): number {
  return Math.min(...[...hosts].map(count))
}
