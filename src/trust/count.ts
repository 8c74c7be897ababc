/**
 * How far an offer is confirmed, counted here and now from signed statements and this host's own policy; nobody else's count is believed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Opened } from './envelope.ts'
import type { Policy } from './policy.ts'
import type { Statement } from './wire.ts'

/** -1: nobody vouches for it; 0: somebody does; 1 and 2: as many as the policy asks for; 3: a build server that the policy names. */
export type Level = -1 | 0 | 1 | 2 | 3

/** What an offer claims to be: ids as hex. */
export interface Claim {
  readonly recipe: string
  readonly linkage: string
  /** Exact content id. */
  readonly content: string
  /** Stable content id, only as it was computed here from the offer's own files: a liar would copy an honest one. Without it, only exact words count. */
  readonly stable?: string
}

export interface Confirmed {
  readonly level: Level
  /** Counting keys that said the same as the claim. */
  readonly counted: number
  /** How many the next level, or the highest of those that are counted, asks for. */
  readonly of: number
  /** How many of them are missing. */
  readonly needed: number
  /** Ids of the counting keys, sorted. */
  readonly keys: readonly string[]
  /** Keys that said the same and that the policy does not name. */
  readonly uncounted: number
  /** `37 of 100`, for people. */
  readonly display: string
}

/**
 * `attestations` are those that opened, of any content: a key that says two contents of one recipe and linkage, not even stably the same, is heard
 * for neither. The same key counts once, however often it says the same thing.
 */
export function levelOf(attestations: readonly Opened[], policy: Policy, claim: Claim): Confirmed {
  const agreeing = agreeingKeys(attestations, claim)
  const keys = agreeing.filter((key) => policy.keys.has(key))
  const builders = keys.filter((key) => policy.keys.get(key)?.builder === true)
  const level = levelFrom(agreeing.length, keys.length, builders.length, policy)
  const of = keys.length < policy.quorum[1] ? policy.quorum[1] : policy.quorum[2]
  return {
    level,
    counted: keys.length,
    of,
    needed: Math.max(0, of - keys.length),
    keys,
    uncounted: agreeing.length - keys.length,
    display: `${keys.length} of ${of}`,
  }
}

/** The highest level that an offer can have here, were all keys of the policy to say the same. */
export function highestLevel(policy: Policy): Level {
  const builders = [...policy.keys.values()].filter(({ builder }) => builder).length
  return levelFrom(policy.keys.size, policy.keys.size, builders, policy)
}

function levelFrom(agreeing: number, counting: number, builders: number, policy: Policy): Level {
  if (builders >= policy.quorum[3]) return 3
  if (counting >= policy.quorum[2]) return 2
  if (counting >= policy.quorum[1]) return 1
  return agreeing > 0 ? 0 : -1
}

/** Sorted ids of the keys that say what is claimed, and do not say another thing as well. */
function agreeingKeys(attestations: readonly Opened[], claim: Claim): string[] {
  const said = Map.groupBy(
    attestations.filter(({ statement }) => isAbout(statement, claim)),
    ({ keyid }) => keyid,
  )
  const agree = [...said].filter(([, all]) => isOneWord(all, claim))
  return agree.map(([keyid]) => keyid).toSorted()
}

function isOneWord(all: readonly Opened[], claim: Claim): boolean {
  const agreeing = all.filter(({ statement }) => isSame(statement, claim))
  const stables = new Set(agreeing.map(({ statement }) => statement.predicate.stable))
  return agreeing.length > 0 && stables.size === 1 && all.every(({ statement }) => stables.has(statement.predicate.stable))
}

function isSame({ subject, predicate }: Statement, claim: Claim): boolean {
  return subject[0].digest.sha256 === claim.content || predicate.stable === claim.stable
}

function isAbout({ predicate }: Statement, claim: Claim): boolean {
  return predicate.recipe === claim.recipe && predicate.linkage === claim.linkage
}
