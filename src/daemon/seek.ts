/**
 * Finds a copy that may stand in and brings it to staging: the best offer first, the next one when a peer lies, stalls or goes away.
 *
 * The search goes on while a copy is fetched, so that whoever answers first with a lie does not silence who answers next with the truth.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { StandinError } from '../base/errors.ts'
import type { Family } from '../package/family.ts'
import type { Offer } from '../swarm/wire.ts'
import { choose, type Wants, type Weighed } from './choose.ts'
import type { Verdict } from './controlWire.ts'
import { gather, sourceOf } from './gather.ts'
import type { PeerClient } from './peerClient.ts'

export interface SeekInput {
  readonly family: Family
  readonly peer: PeerClient
  /** Settles while offers come in: the recipe is worked out meanwhile. */
  readonly wants: Promise<Wants>
  weigh(offer: Offer): Weighed
  /** The attestations of an offer of `from` that are worth carrying. */
  screen(offer: Offer, from: string): Promise<Offer['attestations']>
  /** Whether the policy names this key: its word is never pushed out by those of strangers. */
  readonly counts: (keyid: string) => boolean
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
const MAX_TRIES = 8

export async function seek(input: SeekInput): Promise<Sought> {
  const gathered = gather(input)
  const failed: Verdict[] = []
  const tried = new Set<string>()
  const failing = new Set<string>()
  const isOfOthers = ({ offer }: Weighed): boolean => [...gathered.hostsOf(offer)].some((host) => !failing.has(host))
  try {
    await gathered.enough
    while (tried.size < MAX_TRIES && !input.signal.aborted) {
      await gathered.caughtUp()
      const { usable, verdicts } = choose(gathered.offers(), await input.wants)
      const left = usable.filter(({ offer }) => !tried.has(sourceOf(offer)))
      // Whoever was in vain once comes last: a host may name any number of torrents that are none.
      const best = left.find(isOfOthers) ?? left[0]
      if (best === undefined) {
        if (await gathered.another()) continue
        break
      }
      tried.add(sourceOf(best.offer))
      try {
        const staging = await input.peer.get(best.offer, input.getSeconds, input.signal)
        return { found: true, weighed: best, staging, verdicts: [...verdicts, ...failed] }
      } catch (error) {
        if (!(error instanceof StandinError)) throw error
        for (const host of gathered.hostsOf(best.offer)) failing.add(host)
        failed.push({ rule: 'fetch', passed: false, text: `${best.offer.content.slice(0, 12)}: ${error.message}` })
        input.log(`${best.offer.archive.sha256.slice(0, 12)}: ${error.code}: ${error.message}`)
      }
    }
    const { verdicts } = choose(gathered.offers(), await input.wants)
    return nothing(input, gathered.offers().length, [...verdicts, ...failed])
  } finally {
    gathered.stop()
  }
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
