/**
 * Joins what several vouch for, each envelope once and no more than an offer may carry.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { MAX_ATTESTATIONS } from '../swarm/wire.ts'
import type { Envelope } from '../trust/wire.ts'

/** `counts` says which keys the policy names: they come first, or anybody could push them out with keys made for the purpose. */
export function joined(a: readonly Envelope[], b: readonly Envelope[], counts: (keyid: string) => boolean): Envelope[] {
  const all = new Map([...a, ...b].map((one) => [`${one.payload} ${one.signatures[0].sig}`, one]))
  const named = (one: Envelope): number => Number(counts(one.signatures[0].keyid))
  return [...all.values()].toSorted((x, y) => named(y) - named(x)).slice(0, MAX_ATTESTATIONS)
}
