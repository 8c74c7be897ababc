/**
 * Opens the attestations that one search hears within a bounded number of signature checks, of which no network may use up all, a few at a time.
 *
 * A check takes 0.2 ms of the warden, in which no merge is made way for, and anybody can send any number of signatures to check.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { setImmediate as breathe } from 'node:timers/promises'
import { StandinError } from '../base/errors.ts'
import type { Offer } from '../swarm/wire.ts'
import { open, type Opened } from '../trust/envelope.ts'
import type { Envelope } from '../trust/wire.ts'

export type OfferIds = Pick<Offer, 'recipe' | 'linkage' | 'environment' | 'content' | 'stable' | 'metadata'>

export interface Opener {
  /** Attestations of `offer` in the order in which they are worth carrying: genuine ones of named keys, then others; without what is known to be forged. */
  readonly screen: (offer: Offer, from: string) => Promise<Envelope[]>
  /** What an envelope that was screened says; undefined for one that is forged or was not checked. */
  readonly opened: (envelope: Envelope) => Opened | undefined
}

export interface OpenerOptions {
  /** Whether the policy names this key. */
  readonly counts: (keyid: string) => boolean
  readonly limits?: { readonly total: number; readonly network: number; readonly least: number }
}

/** Checks in one search: in all, of what one network sends, and what a network has even when all are used up. */
const LIMITS = { total: 16_384, network: 2048, least: 64 }

/** Attestations of strangers that are checked of one offer: they make no level, and one is enough for level 0. */
const STRANGERS = 64

/** So many are checked before others are served. */
const AT_ONCE = 32

export function opener({ counts, limits = LIMITS }: OpenerOptions): Opener {
  const known = new Map<string, Opened | undefined>()
  const spent = new Map<string, number>()
  let total = 0

  const check = (envelope: Envelope, from: string): Opened | 'forged' | 'unchecked' => {
    const key = keyOf(envelope)
    if (known.has(key)) return known.get(key) ?? 'forged'
    const used = spent.get(from) ?? 0
    if (used >= (total >= limits.total ? limits.least : limits.network)) return 'unchecked'
    spent.set(from, used + 1)
    total += 1
    const found = openOrNot(envelope)
    known.set(key, found)
    return found ?? 'forged'
  }

  return {
    async screen({ attestations, ...offer }, from) {
      const genuine: Envelope[] = []
      const others: Envelope[] = []
      let strangers = 0
      for (const [at, envelope] of attestations.entries()) {
        if (at % AT_ONCE === AT_ONCE - 1) await breathe()
        if (counts(envelope.signatures[0].keyid)) {
          // What was not checked must not stand before what was, or it would push that out.
          const said = check(envelope, from)
          if (typeof said === 'object' && isAbout(said, offer)) genuine.push(envelope)
        } else if (++strangers > STRANGERS || check(envelope, from) !== 'forged') others.push(envelope)
      }
      return [...genuine, ...others]
    },
    opened: (envelope) => known.get(keyOf(envelope)),
  }
}

function keyOf({ payload, signatures: [{ keyid, sig, publicKey }] }: Envelope): string {
  return `${sig} ${publicKey} ${keyid} ${payload}`
}

/** An attestation about something else says nothing about this offer. */
export function isAbout({ statement: { subject, predicate } }: Opened, offer: OfferIds): boolean {
  return (
    subject[0].digest.sha256 === offer.content &&
    predicate.recipe === offer.recipe &&
    predicate.linkage === offer.linkage &&
    predicate.environment === offer.environment &&
    predicate.stable === offer.stable &&
    predicate.metadata === offer.metadata
  )
}

/** Undefined for one that is forged. */
export function openOrNot(envelope: Envelope): Opened | undefined {
  try {
    return open(envelope)
  } catch (error) {
    if (error instanceof StandinError) return undefined
    throw error
  }
}
