/**
 * Joins what several vouch for, each envelope once and no more than an offer may carry.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { MAX_ATTESTATIONS } from '../swarm/wire.ts'
import type { Envelope } from '../trust/wire.ts'

export function joined(a: readonly Envelope[], b: readonly Envelope[]): Envelope[] {
  const all = new Map([...a, ...b].map((one) => [`${one.payload} ${one.signatures[0].sig}`, one]))
  return [...all.values()].slice(0, MAX_ATTESTATIONS)
}
