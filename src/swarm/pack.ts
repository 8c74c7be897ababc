/**
 * Lets a thousand attestations travel with one offer: of a statement that the offer itself makes, only the key, the signature and what is its own are said.
 *
 * A statement is canonical and everything in it but one bit and the width of a window stands in the offer, so the reader writes it again and opens it like
 * any other.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { canonicalBytes } from '../base/canonical.ts'
import { keyId } from '../trust/key.ts'
import { statementOf } from '../trust/statement.ts'
import { type Envelope, PAYLOAD_TYPE } from '../trust/wire.ts'
import { MAX_ATTESTATIONS, type Offer, type PackedOffer, type Word } from './wire.ts'

/** Most bytes that a word takes in a message, with its comma. */
export const WORD_BYTES: number = canonicalBytes({ columns: 10_000, key: 'A'.repeat(44), live: false, sig: 'A'.repeat(88) }).byteLength + 1

/** Packs as many attestations as fit into `room` bytes beside the rest, in their order. Undefined when the rest alone does not fit. */
export function pack(offer: Offer, room: number): PackedOffer | undefined {
  const packed = { ...offer, attestations: [] as Envelope[], words: [] as Word[] }
  let bytes = canonicalBytes(packed).byteLength + 1
  if (bytes > room) return undefined
  const payload = payloadsOf(offer)
  for (const envelope of offer.attestations) {
    const word = wordOf(envelope, payload)
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
  const payload = payloadsOf(offer)
  const said = words.map(({ key, sig, ...own }): Envelope => {
    const keyid = keyId(Buffer.from(key, 'base64'))
    return { payloadType: PAYLOAD_TYPE, payload: payload(own), signatures: [{ keyid, sig, publicKey: key }] }
  })
  return { ...offer, attestations: [...said, ...offer.attestations].slice(0, MAX_ATTESTATIONS) }
}

/** What a statement says that its offer does not. */
type Own = Pick<Word, 'live' | 'columns'>

/** Payload of the statement about an offer, written once for all who say the same. */
type Payloads = (own: Own) => string

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
  const written = new Map<string, string>()
  return ({ live: standinsLive, ...width }) => {
    const known = written.get(`${standinsLive} ${width.columns}`)
    if (known !== undefined) return known
    const said = { cpv, recipe, linkage, environment, content, stable, metadata, archive: { sha256, size }, standinsLive, ...width }
    const payload = canonicalBytes(statementOf(said)).toString('base64')
    written.set(`${standinsLive} ${width.columns}`, payload)
    return payload
  }
}

function wordOf({ payload, signatures: [{ keyid, sig, publicKey }] }: Envelope, payloadOf: Payloads): Word | undefined {
  const own = ownOf(payload)
  if (own === undefined || payload !== payloadOf(own)) return undefined
  // A key id that is not that of the key would come out as another one.
  return keyId(Buffer.from(publicKey, 'base64')) === keyid ? { key: publicKey, sig, ...own } : undefined
}

/** What a payload seems to say: whether it does shows when it is written again. */
function ownOf(payload: string): Own | undefined {
  const text = Buffer.from(payload, 'base64').toString()
  const live = /"standinsLive":(true|false)\b/.exec(text)?.[1]
  if (live === undefined) return undefined
  const columns = /"columns":([1-9]\d{0,3}|10000)\b/.exec(text)?.[1]
  return { live: live === 'true', ...(columns === undefined ? {} : { columns: Number(columns) }) }
}
