/**
 * The shapes that trust travels in: an in-toto Statement v1 inside a DSSE v1.0 envelope. Nothing here has behaviour.
 *
 * Sources: in-toto attestation framework v1 (Statement), DSSE protocol v1.0.2 (envelope, PAE).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import * as v from 'valibot'
import { count, hex64, plainText } from '../base/schema.ts'

export const PAYLOAD_TYPE = 'application/vnd.in-toto+json'
export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1'
export const PREDICATE_TYPE = 'tag:standin,2026:build/1'

const base64 = (length: number) => v.pipe(v.string(), v.maxLength(length), v.base64())

/** Width of a window, as Portage tells it to a build (COLUMNS). */
export const columns: v.GenericSchema<number> = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(10_000))

/** DSSE envelope with exactly one signature; `keyid` is the SHA-256 of the raw 32-byte Ed25519 public key. */
export const envelope = v.strictObject({
  payloadType: v.literal(PAYLOAD_TYPE),
  payload: base64(16_384),
  signatures: v.strictTuple([v.strictObject({ keyid: hex64, sig: base64(88), publicKey: base64(44) })]),
})

export type Envelope = v.InferOutput<typeof envelope>

/** "This recipe with this linkage gave me this content." */
export const statement = v.strictObject({
  _type: v.literal(STATEMENT_TYPE),
  /** One subject: the content. `name` is the CPV, the digest is the exact content id. */
  subject: v.strictTuple([v.strictObject({ name: plainText(300), digest: v.strictObject({ sha256: hex64 }) })]),
  predicateType: v.literal(PREDICATE_TYPE),
  predicate: v.strictObject({
    recipe: hex64,
    linkage: hex64,
    /** Environment class: CHOST, libc, toolchain versions and resolved compiler flags; only builds of one class are compared. */
    environment: hex64,
    stable: hex64,
    /** Of the metadata that are signed: slots, dependencies, flags and what else is read of an archive before it may run. */
    metadata: hex64,
    archive: v.strictObject({ sha256: hex64, size: count() }),
    /**
     * Whether it may have been changed by what no recipe names: stand-ins of others were live during the build, or it may have found its own one or an
     * installed version of itself, and did not come out as the copy that stood in. Such a build accuses nobody, and what differs from it waits for a clean rebuild.
     */
    standinsLive: v.boolean(),
    /** How wide the window was, of which the help that a tool prints may hold something: builds of other widths accuse nobody. Absent where it is unknown. */
    columns: v.exactOptional(columns),
  }),
})

export type Statement = v.InferOutput<typeof statement>
