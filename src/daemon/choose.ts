/**
 * Which offer is to stand in: pure, so that the same offers, wish and policy always give the same order and the same reasons.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Verdict } from './controlWire.ts'
import type { Offer } from '../swarm/wire.ts'

/** An offer with what this host thinks of it. */
export interface Weighed {
  readonly offer: Offer
  /** 0 to 3, computed here from the attestations and this host's policy. */
  readonly level: number
  /** "37 of 100", for the person who reads. */
  readonly counted: string
  /** Attestations whose signature and statement fit the offer. */
  readonly attested: number
  readonly disputed: boolean
}

export interface Wants {
  readonly slot: string
  /** Recipe of the build that is under way, where it has one: only then can it confirm or convict the copy. */
  readonly recipe: string | undefined
  readonly environment: string | undefined
  readonly leastLevel: number
  readonly maxBytes: number
  /** Sonames that this host has, for each category; nothing where that is not known. */
  readonly provides: ReadonlyMap<string, ReadonlySet<string>> | undefined
}

export interface Choice<One extends Weighed> {
  /** Best first. */
  readonly usable: readonly One[]
  readonly verdicts: readonly Verdict[]
}

/**
 * What says of itself that it needs nothing that is not here comes first: nobody has signed that it does, so it is a hint, and the rest is tried later. Then
 * the exact recipe, then the same environment, then the higher level, then more attestations, then the smaller archive.
 */
export function choose<One extends Weighed>(offers: readonly One[], wants: Wants): Choice<One> {
  const verdicts: Verdict[] = []
  const usable = offers.filter((weighed) => {
    const reason = whyNot(weighed, wants)
    if (reason !== undefined) verdicts.push({ rule: 'offer', passed: false, text: `${weighed.offer.content.slice(0, 12)}: ${reason}` })
    return reason === undefined
  })
  const score = (weighed: Weighed): number[] => [
    Number(runsHere(weighed, wants)),
    Number(weighed.offer.recipe === wants.recipe),
    Number(weighed.offer.environment === wants.environment),
    weighed.level,
    weighed.attested,
    -weighed.offer.archive.size,
  ]
  return { usable: usable.toSorted((a, b) => descending(score(a), score(b))), verdicts }
}

/** Whether nothing better can come, so that waiting for more offers is in vain. */
export function isExact(weighed: Weighed, wants: Wants): boolean {
  return (
    wants.recipe !== undefined && weighed.offer.recipe === wants.recipe && runsHere(weighed, wants) && whyNot(weighed, wants) === undefined
  )
}

function runsHere({ offer }: Weighed, { provides }: Wants): boolean {
  if (provides === undefined) return true
  return offer.requires.every(({ category, sonames }) => sonames.every((soname) => provides.get(category)?.has(soname) === true))
}

function whyNot(weighed: Weighed, wants: Wants): string | undefined {
  const { offer } = weighed
  if (weighed.attested === 0) return 'no valid attestation comes with it'
  if (weighed.disputed) return 'this host has seen two contents for its recipe'
  // The class is made from the recipe, and builds of two classes are not compared: a lie about it would go free.
  if (offer.recipe === wants.recipe && offer.environment !== wants.environment) return 'it says another environment for the same recipe'
  if (weighed.level < wants.leastLevel)
    return `confirmed to level ${weighed.level} (${weighed.counted}), setting level asks for ${wants.leastLevel}`
  if (offer.slot.split('/')[0] !== wants.slot.split('/')[0]) return `its slot is ${offer.slot}, ${wants.slot} is being built`
  if (offer.archive.size > wants.maxBytes || offer.image.bytes > wants.maxBytes * 4)
    return `${offer.archive.size} bytes, setting max_size allows ${wants.maxBytes}`
  return undefined
}

function descending(a: readonly number[], b: readonly number[]): number {
  for (const [at, value] of a.entries()) {
    const other = b[at] ?? 0
    if (value !== other) return other - value
  }
  return 0
}
