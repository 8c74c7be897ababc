/**
 * Finds a copy that may stand in: the best offer first, the next one when a peer lies, stalls or goes away, or when a rule refuses what came.
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
import { gather, type Gathered, type Heard } from './gather.ts'
import type { PeerClient } from './peerClient.ts'
import { takeTurns, type Turns } from './turns.ts'

/** A copy that came. */
export interface Copy {
  readonly weighed: Weighed
  /** Under which the peer has staged it. */
  readonly staging: string
  /** What is to be said of the others. */
  readonly verdicts: readonly Verdict[]
}

export interface Refused {
  readonly reason: string
  readonly verdicts: readonly Verdict[]
  /** Whether it would be refused from whomever it came. */
  readonly always: boolean
  /** The peer ended, and what it had staged went with it: nothing is known of the copy. */
  readonly lost?: boolean
}

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
  /** Lets it stand in, or says why it may not; what it throws ends the search. */
  take(copy: Copy): Promise<Refused | undefined>
  readonly signal: AbortSignal
  /** How long the first offer is awaited; how long a better one after one that can be used; and how long any other after one that can't. */
  readonly findSeconds: number
  readonly betterSeconds: number
  readonly othersSeconds: number
  readonly getSeconds: number
  /** Called where no offer at all has come for `hearSeconds`. */
  readonly unheard: () => void
  readonly hearSeconds: number
  readonly log: (line: string) => void
}

export type Sought =
  { readonly found: true; readonly copy: Copy } | { readonly found: false; readonly reason: string; readonly verdicts: readonly Verdict[] }

/** What became of the copies that were tried, in words: those that did not come, and those that no rule lets through. */
interface InVain {
  /** Whether one was being fetched when it was no longer wanted. */
  isCutOff: boolean
  readonly failed: Verdict[]
  readonly refused: { readonly name: string; readonly why: Refused }[]
}

export async function seek(input: SeekInput): Promise<Sought> {
  const gathered = gather(input)
  const turns = takeTurns()
  const inVain: InVain = { isCutOff: false, failed: [], refused: [] }
  try {
    await gathered.enough
    while (!input.signal.aborted) {
      await gathered.caughtUp()
      const { usable, verdicts } = choose(gathered.offers(), await input.wants)
      const best = turns.next(usable)
      if (best === undefined) {
        if (await gathered.another()) continue
        break
      }
      turns.spend(best)
      const hurry = hurryFor(gathered, turns, best, await input.wants)
      const staging = await fetched(input, best, inVain, turns, hurry.signal).finally(hurry.end)
      if (staging === undefined) continue
      const copy = { weighed: best, staging, verdicts: [...verdicts, ...saidOf(inVain)] }
      const why = await input.take(copy)
      if (why === undefined) return { found: true, copy }
      const name = best.offer.content.slice(0, 12)
      if (why.lost === true) {
        turns.peerEnded(best)
        inVain.failed.push({ rule: 'fetch', passed: false, text: `${name}: the peer process ended, and what it had staged went with it` })
        continue
      }
      inVain.refused.push({ name, why })
      if (why.always) turns.refuse(best)
    }
    const { verdicts } = choose(gathered.offers(), await input.wants)
    return nothing(input, gathered.offers().length, verdicts, inVain)
  } finally {
    gathered.stop()
  }
}

/** How often it is looked whether another copy than that which is fetched could be tried. */
const LOOK_MS = 500

/** Aborted once there is another copy to be tried: until then a slow one is better than none. */
function hurryFor(gathered: Gathered, turns: Turns, copy: Heard, wants: Wants): { signal: AbortSignal; end: () => void } {
  const hurry = new AbortController()
  let seen = -1
  const look = (): void => {
    const offers = gathered.offers()
    if (hurry.signal.aborted || offers.length === seen) return
    seen = offers.length
    if (turns.hasRival(copy, choose(offers, wants).usable)) hurry.abort()
  }
  const timer = setInterval(look, LOOK_MS)
  look()
  return { signal: hurry.signal, end: () => clearInterval(timer) }
}

/** Undefined where it does not come, which is noted. */
async function fetched(input: SeekInput, copy: Heard, inVain: InVain, turns: Turns, hurry: AbortSignal): Promise<string | undefined> {
  const { offer, from } = copy
  try {
    return await input.peer.get(offer, [...from], input.getSeconds, input.signal, hurry)
  } catch (error) {
    if (!(error instanceof StandinError)) throw error
    if (error.code === 'PEER_ENDED') turns.peerEnded(copy)
    if (error.code === 'SLOW') turns.putOff(copy)
    inVain.isCutOff = input.signal.aborted
    const why = inVain.isCutOff ? whyCutOff(input.signal) : error.message
    inVain.failed.push({ rule: 'fetch', passed: false, text: `${offer.content.slice(0, 12)}: ${why}` })
    input.log(`${offer.archive.sha256.slice(0, 12)}: ${error.code}: ${error.message}`)
    return undefined
  }
}

/** What whoever ended the search has said of it. */
function whyCutOff({ reason }: AbortSignal): string {
  return typeof reason === 'string' ? reason : 'the build was over before the copy had come'
}

/** Of a copy that was refused what stopped it, by its name. */
function saidOf({ failed, refused }: Pick<InVain, 'failed' | 'refused'>): Verdict[] {
  const stops = refused.flatMap(({ name, why }) =>
    why.verdicts.filter(({ passed }) => !passed).map(({ rule, text }) => ({ rule, passed: false, text: `${name}: ${text}` })),
  )
  return [...failed, ...stops]
}

/** Where copies came, the best of them says why there is none. */
function nothing(input: SeekInput, offers: number, chosen: readonly Verdict[], inVain: InVain): Sought {
  const [best, ...others] = inVain.refused
  if (best !== undefined) {
    const reason = others.length === 0 ? best.why.reason : `${best.why.reason} (nor could ${others.length} other copies be used)`
    return { found: false, reason, verdicts: [...chosen, ...saidOf({ ...inVain, refused: others }), ...best.why.verdicts] }
  }
  const verdicts = [...chosen, ...inVain.failed]
  if (inVain.isCutOff) return { found: false, reason: whyCutOff(input.signal), verdicts }
  const last = verdicts.at(-1)?.text
  if (input.signal.aborted && verdicts.length === 0) return { found: false, reason: 'the build was over first', verdicts }
  if (offers === 0) return { found: false, reason: 'nobody offers a copy', verdicts }
  return {
    found: false,
    reason: `none of ${offers} offered ${offers === 1 ? 'copy' : 'copies'} can be used${last === undefined ? '' : ` (${last})`}`,
    verdicts,
  }
}
