/**
 * Lets a thousand attestations travel with one offer: of a statement that the offer itself makes, only the key, the signature and one bit are said.
 *
 * A statement is canonical and everything in it but that bit stands in the offer, so the reader writes it again and opens it like any other.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { canonicalBytes } from '../base/canonical.ts'
import { keyId } from '../trust/key.ts'
import { statementOf } from '../trust/statement.ts'
import { type Envelope, PAYLOAD_TYPE } from '../trust/wire.ts'
import { MAX_ATTESTATIONS, type Offer, type PackedOffer, type Word } from './wire.ts'

/** Most bytes that a word takes in a message, with its comma. */
export const WORD_BYTES: number = canonicalBytes({ key: 'A'.repeat(44), live: false, sig: 'A'.repeat(88) }).byteLength + 1

/** Packs as many attestations as fit into `room` bytes beside the rest, in their order. Undefined when the rest alone does not fit. */
export function pack(offer: Offer, room: number): PackedOffer | undefined {
  const packed = { ...offer, attestations: [] as Envelope[], words: [] as Word[] }
  let bytes = canonicalBytes(packed).byteLength + 1
  if (bytes > room) return undefined
  const payloads = payloadsOf(offer)
  for (const envelope of offer.attestations) {
    const word = wordOf(envelope, payloads)
    bytes += word === undefined ? canonicalBytes(envelope).byteLength + 1 : WORD_BYTES
    if (bytes > room) break
    if (word === undefined) packed.attestations.push(envelope)
    else packed.words.push(word)
  }
  return packed
}

/** The offer as it was, but for the order of its attestations. */
export function unpack({ words, ...offer }: PackedOffer): Offer {
  if (words.length === 0) return offer
  const { built, beside } = payloadsOf(offer)
  const said = words.map(({ key, live, sig }): Envelope => {
    const keyid = keyId(Buffer.from(key, 'base64'))
    return { payloadType: PAYLOAD_TYPE, payload: live ? beside : built, signatures: [{ keyid, sig, publicKey: key }] }
  })
  return { ...offer, attestations: [...said, ...offer.attestations].slice(0, MAX_ATTESTATIONS) }
}

interface Payloads {
  /** Of builds on a clean machine, and of those beside stand-ins or an installed version. */
  readonly built: string
  readonly beside: string
}

function payloadsOf({
  family,
  recipe,
  linkage,
  environment,
  content,
  stable,
  metadata,
  archive: { sha256, size },
}: Omit<Offer, 'attestations'>): Payloads {
  const cpv = `${family.category}/${family.name}-${family.version}`
  const payload = (standinsLive: boolean): string => {
    const said = { cpv, recipe, linkage, environment, content, stable, metadata, archive: { sha256, size }, standinsLive }
    return canonicalBytes(statementOf(said)).toString('base64')
  }
  return { built: payload(false), beside: payload(true) }
}

function wordOf({ payload, signatures: [{ keyid, sig, publicKey }] }: Envelope, { built, beside }: Payloads): Word | undefined {
  if (payload !== built && payload !== beside) return undefined
  // A key id that is not that of the key would come out as another one.
  return keyId(Buffer.from(publicKey, 'base64')) === keyid ? { key: publicKey, live: payload === beside, sig } : undefined
}
