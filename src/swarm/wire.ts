/**
 * The shapes that peers of a rendezvous say to each other. Nothing here has behaviour.
 *
 * Messages are canonical JSON inside a BEP 10 extension message named `standin_offers4`. A wire that changes takes another name.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import * as v from 'valibot'
import { count, hex40, hex64, plainText } from '../base/schema.ts'
import { family } from '../package/family.ts'
import { MAX_RECORDS } from '../package/record.ts'
import { columns, envelope } from '../trust/wire.ts'

export const EXTENSION = 'standin_offers4'

/** Most bytes of one message. */
export const MAX_MESSAGE_BYTES: number = 256 * 1024

/** Most messages that one connection may send in its life, most offers in one message, and in all messages of a connection. */
export const MAX_MESSAGES = 64
export const MAX_OFFERS_A_MESSAGE = 32
export const MAX_OFFERS_A_PEER = 64

/** Most attestations that travel with one offer: enough for level 2 as the policy has it by itself. More than these are asked from a log. */
export const MAX_ATTESTATIONS = 1024

/** An archive has at most this many pieces, and pieces grow with it, so the piece list stays below 28 kB of text. */
export const MAX_PIECES = 1024
export const MIN_PIECE_LENGTH: number = 256 * 1024
export const MAX_PIECE_LENGTH: number = 8 * 1024 * 1024
export const MAX_ARCHIVE_BYTES: number = MAX_PIECES * MAX_PIECE_LENGTH

const soname = v.pipe(plainText(255), v.minLength(1))

/** An archive that somebody has, with everything that is needed to judge it and to fetch it without asking anything more. */
export const offer = v.strictObject({
  family,
  slot: plainText(80),
  recipe: hex64,
  environment: hex64,
  linkage: hex64,
  /** Exact content id. */
  content: hex64,
  stable: hex64,
  /** Of the metadata that its attestations are about. */
  metadata: hex64,
  archive: v.strictObject({
    sha256: hex64,
    size: count(MAX_ARCHIVE_BYTES),
    /** `archiveName(sha256)`; anything else is refused before it can become a path. */
    name: plainText(100),
    infohash: hex40,
    pieceLength: count(MAX_PIECE_LENGTH),
    /** SHA-1 of each piece, in order. */
    pieces: v.pipe(v.string(), v.maxLength(Math.ceil((MAX_PIECES * 20) / 3) * 4), v.base64()),
  }),
  image: v.strictObject({ files: count(MAX_RECORDS), bytes: count() }),
  /** Sonames that must be provided, for each multilib category as Portage writes it (`x86_64`). */
  requires: v.pipe(
    v.array(v.strictObject({ category: plainText(40), sonames: v.pipe(v.array(soname), v.maxLength(1024)) })),
    v.maxLength(16),
  ),
  attestations: v.pipe(v.array(envelope), v.maxLength(MAX_ATTESTATIONS)),
})

export type Offer = v.InferOutput<typeof offer>

/** An attestation that says nothing but what its offer says: see pack.ts. */
export const word = v.strictObject({
  /** Raw Ed25519 public key, and the signature. */
  key: v.pipe(v.string(), v.maxLength(44), v.base64()),
  sig: v.pipe(v.string(), v.maxLength(88), v.base64()),
  /** Whether stand-ins or an installed version of itself may have changed that build. */
  live: v.boolean(),
  /** How wide the window of that build was, where it is said. */
  columns: v.exactOptional(columns),
})

/** As an offer travels. */
export const packedOffer = v.strictObject({
  ...offer.entries,
  words: v.optional(v.pipe(v.array(word), v.maxLength(MAX_ATTESTATIONS)), []),
})

export type Word = v.InferOutput<typeof word>
export type PackedOffer = v.InferOutput<typeof packedOffer>

/** "What do you have?" The rendezvous itself says of which family. */
export const ask = v.strictObject({ say: v.literal('ask') })

/** The answer, in as many messages as it takes; `more` is false in the last. */
export const offers = v.strictObject({
  say: v.literal('offers'),
  offers: v.pipe(v.array(packedOffer), v.maxLength(MAX_OFFERS_A_MESSAGE)),
  more: v.boolean(),
})

export const message = v.variant('say', [ask, offers])

export type Message = v.InferOutput<typeof message>
