/**
 * Finds a copy that may stand in and brings it to staging: the best offer first, the next one when a peer lies, stalls or goes away.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { StandinError } from '../base/errors.ts'
import type { Family } from '../package/family.ts'
import type { Offer } from '../swarm/wire.ts'
import { joined } from './attestations.ts'
import { choose, isExact, type Wants, type Weighed } from './choose.ts'
import type { Verdict } from './controlWire.ts'
import type { PeerClient } from './peerClient.ts'

export interface SeekInput {
  readonly family: Family
  readonly peer: PeerClient
  /** Settles while offers come in: the recipe is worked out meanwhile. */
  readonly wants: Promise<Wants>
  weigh(offer: Offer): Weighed
  readonly signal: AbortSignal
  /** How long the first offer is awaited; how long a better one after one that can be used; and how long any other after one that can't. */
  readonly findSeconds: number
  readonly betterSeconds: number
  readonly othersSeconds: number
  readonly getSeconds: number
  readonly log: (line: string) => void
}

export type Sought =
  | { readonly found: true; readonly weighed: Weighed; readonly staging: string; readonly verdicts: readonly Verdict[] }
  | { readonly found: false; readonly reason: string; readonly verdicts: readonly Verdict[] }

/** Most copies that are tried for one package. */
const MAX_TRIES = 5

export async function seek(input: SeekInput): Promise<Sought> {
  const offers = new Map<string, Weighed>()
  const verdicts: Verdict[] = []
  const tried = new Set<string>()
  await collect(input, offers)
  // Whoever reads why there was no stand-in is told of the offers too, also when the build was over before one could be taken.
  verdicts.push(...choose([...offers.values()], await input.wants).verdicts)
  for (let tries = 0; tries < MAX_TRIES && !input.signal.aborted; tries += 1) {
    const wants = await input.wants
    const choice = choose([...offers.values()], wants)
    const best = choice.usable.find((weighed) => !tried.has(weighed.offer.archive.sha256))
    if (best === undefined) return nothing(input, offers.size, verdicts)
    tried.add(best.offer.archive.sha256)
    try {
      const staging = await input.peer.get(best.offer, input.getSeconds, input.signal)
      return { found: true, weighed: best, staging, verdicts }
    } catch (error) {
      if (!(error instanceof StandinError)) throw error
      verdicts.push({ rule: 'fetch', passed: false, text: `${best.offer.content.slice(0, 12)}: ${error.message}` })
      input.log(`${best.offer.archive.sha256.slice(0, 12)}: ${error.code}: ${error.message}`)
    }
  }
  return nothing(input, offers.size, verdicts)
}

function nothing(input: SeekInput, offers: number, verdicts: readonly Verdict[]): Sought {
  const last = verdicts.at(-1)?.text
  if (input.signal.aborted && verdicts.length === 0) return { found: false, reason: 'the build was over first', verdicts }
  if (offers === 0) return { found: false, reason: 'nobody offers a copy', verdicts }
  return {
    found: false,
    reason: `none of ${offers} offered ${offers === 1 ? 'copy' : 'copies'} can be used${last === undefined ? '' : ` (${last})`}`,
    verdicts,
  }
}

/** Several peers may vouch for one archive; together they count. */
function withAttestationsOf(before: Offer | undefined, offer: Offer): Offer {
  const { content, recipe, linkage } = offer
  if (before === undefined || before.content !== content || before.recipe !== recipe || before.linkage !== linkage) return offer
  return { ...offer, attestations: joined(before.attestations, offer.attestations) }
}

/** Gathers offers until an exact one is there, or a little after the first one, or until nobody has answered for long enough. */
async function collect(input: SeekInput, offers: Map<string, Weighed>): Promise<void> {
  const enough = new AbortController()
  const signal = AbortSignal.any([input.signal, enough.signal])
  let better: NodeJS.Timeout | undefined
  let others: NodeJS.Timeout | undefined
  const judge = (weighed: Weighed, wants: Wants): void => {
    if (isExact(weighed, wants)) enough.abort()
    else if (choose([weighed], wants).usable.length > 0) better ??= setTimeout(() => enough.abort(), input.betterSeconds * 1000)
    else others ??= setTimeout(() => enough.abort(), input.othersSeconds * 1000)
  }
  const offered = (offer: Offer): void => {
    const weighed = input.weigh(withAttestationsOf(offers.get(offer.archive.sha256)?.offer, offer))
    offers.set(offer.archive.sha256, weighed)
    void input.wants.then((wants) => judge(weighed, wants))
  }
  try {
    await input.peer.find(input.family, input.findSeconds, offered, signal)
  } catch (error) {
    if (!(error instanceof StandinError)) throw error
    if (!signal.aborted) input.log(error.message)
  } finally {
    clearTimeout(better)
    clearTimeout(others)
  }
}
