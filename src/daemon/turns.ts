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

export interface Turns {
  /** The best of `usable`, which is sorted, of those hosts that have had the fewest tries; undefined when no copy is to be tried any more. */
  next(usable: readonly Heard[]): Heard | undefined
  /** It is tried now. */
  spend(copy: Heard): void
  /** It came, and no other copy of the same is to be tried. */
  refuse(copy: Heard): void
}

export function takeTurns(): Turns {
  const tried = new Set<string>()
  const refused = new Set<string>()
  /** Environments of what was refused: what else was built in one is for the same CPU, so it comes last. */
  const unfit = new Set<string>()
  const spent = new Map<string, number>()
  const ofHost = (host: string): number => spent.get(`host ${host}`) ?? 0
  const ofNetwork = (host: string): number => spent.get(`network ${networkOf(host)}`) ?? 0

  return {
    next(usable) {
      if (tried.size >= MAX_TRIES || refused.size >= MAX_REFUSED) return undefined
      const left = usable.filter(({ offer, source }) => !tried.has(source) && !refused.has(sameBuild(offer)))
      return left
        .map((copy) => ({
          copy,
          unfit: Number(unfit.has(copy.offer.environment)),
          network: least(copy, ofNetwork),
          host: least(copy, ofHost),
        }))
        .filter(({ host }) => host < MAX_OF_A_HOST)
        .toSorted((a, b) => a.unfit - b.unfit || a.network - b.network || a.host - b.host)
        .map(({ copy }) => copy)[0]
    },
    spend({ source, hosts }) {
      tried.add(source)
      for (const host of hosts) spent.set(`host ${host}`, ofHost(host) + 1)
      for (const network of new Set([...hosts].map(networkOf))) spent.set(`network ${network}`, (spent.get(`network ${network}`) ?? 0) + 1)
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
