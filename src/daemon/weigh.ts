/**
 * What this host thinks of one offer: which of its attestations are genuine and about it, and which level they make by this host's policy.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { StandinError } from '../base/errors.ts'
import type { Offer } from '../swarm/wire.ts'
import { levelOf } from '../trust/count.ts'
import { open, type Opened } from '../trust/envelope.ts'
import type { Policy } from '../trust/policy.ts'
import type { Envelope } from '../trust/wire.ts'
import type { Weighed } from './choose.ts'

/** Whether this host holds a dispute that stops this offer. */
export type Disputed = (offer: Pick<Offer, 'recipe' | 'linkage' | 'content'>) => boolean

export function weigh(offer: Offer, policy: Policy, disputed: Disputed): Weighed {
  const attestations = offer.attestations.flatMap((envelope) => genuine(envelope, offer))
  const { level, display } = levelOf(attestations, policy, { recipe: offer.recipe, linkage: offer.linkage, content: offer.content })
  return {
    offer,
    level: Math.max(0, level),
    counted: level === 3 ? 'named build server' : display,
    attested: level < 0 ? 0 : new Set(attestations.map(({ keyid }) => keyid)).size,
    disputed: disputed(offer),
  }
}

/** What an envelope said when it was opened: the same one comes again with each source of an archive, and a signature costs a tenth of a millisecond. */
const seen = new WeakMap<Envelope, Opened | undefined>()

function opened(envelope: Envelope): Opened | undefined {
  if (seen.has(envelope)) return seen.get(envelope)
  const found = openOrNot(envelope)
  seen.set(envelope, found)
  return found
}

function openOrNot(envelope: Envelope): Opened | undefined {
  try {
    return open(envelope)
  } catch (error) {
    if (error instanceof StandinError) return undefined
    throw error
  }
}

/** An attestation about something else is dropped like a forged one: it says nothing about this offer. */
function genuine(envelope: Envelope, offer: Offer): Opened[] {
  const said = opened(envelope)
  if (said === undefined) return []
  const { subject, predicate } = said.statement
  const fits =
    subject[0].digest.sha256 === offer.content &&
    predicate.recipe === offer.recipe &&
    predicate.linkage === offer.linkage &&
    predicate.environment === offer.environment &&
    predicate.stable === offer.stable
  return fits ? [said] : []
}
