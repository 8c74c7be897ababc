/**
 * What this host thinks of one offer: which of its attestations are genuine and about it, and which level they make by this host's policy.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Offer } from '../swarm/wire.ts'
import { levelOf } from '../trust/count.ts'
import type { Opened } from '../trust/envelope.ts'
import type { Policy } from '../trust/policy.ts'
import type { Envelope } from '../trust/wire.ts'
import type { Weighed } from './choose.ts'
import { isAbout, openOrNot } from './opener.ts'

/** Whether this host holds a dispute that stops this offer. */
export type Disputed = (offer: Pick<Offer, 'recipe' | 'linkage' | 'content'>) => boolean

/** `opened` says what an envelope says, or nothing of one that is not to be counted. */
export function weigh(
  offer: Offer,
  policy: Policy,
  disputed: Disputed,
  opened: (envelope: Envelope) => Opened | undefined = openOrNot,
): Weighed {
  const said = offer.attestations.flatMap((envelope) => opened(envelope) ?? [])
  const attestations = said.filter((one) => isAbout(one, offer))
  const { level, display } = levelOf(attestations, policy, { recipe: offer.recipe, linkage: offer.linkage, content: offer.content })
  return {
    offer,
    level: Math.max(0, level),
    counted: level === 3 ? 'named build server' : display,
    attested: level < 0 ? 0 : new Set(attestations.map(({ keyid }) => keyid)).size,
    disputed: disputed(offer),
  }
}
