/**
 * Signs a statement and opens a signed one: what comes out of `open` was said by the key it names, byte for byte.
 *
 * Sources: DSSE v1.0.2, protocol (PAE, and verify before parse); RFC 8032.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { sign, verify } from 'node:crypto'
import { canonicalBytes } from '../base/canonical.ts'
import { StrangerError } from '../base/errors.ts'
import { check, checkJson } from '../base/schema.ts'
import { keyId, publicKeyOf, type SigningKey } from './key.ts'
import { type Envelope, envelope, PAYLOAD_TYPE, type Statement, statement } from './wire.ts'

const MAX_PAYLOAD_BYTES = 12 * 1024

export interface Opened {
  readonly statement: Statement
  /** SHA-256 of the raw public key that signed. */
  readonly keyid: string
}

/** DSSE's pre-authentication encoding: lengths in bytes, so that no two (type, payload) pairs give the same text. */
export function preAuthentication(payloadType: string, payload: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.byteLength} `), payload])
}

/** Equal statements and keys give equal envelopes: the payload is canonical, and Ed25519 takes no random. */
export function seal(said: Statement, key: SigningKey): Envelope {
  const payload = canonicalBytes(check(statement, said, 'statement'))
  const sig = sign(null, preAuthentication(PAYLOAD_TYPE, payload), key.privateKey)
  const publicKey = Buffer.from(key.publicKey).toString('base64')
  return {
    payloadType: PAYLOAD_TYPE,
    payload: payload.toString('base64'),
    signatures: [{ keyid: key.keyid, sig: sig.toString('base64'), publicKey }],
  }
}

/**
 * The statement in `wrapped`, and who signed it. Whether that key counts is for the policy to say.
 * Errors: StrangerError SCHEMA, TOO_LARGE, BAD_SIGNATURE.
 */
export function open(wrapped: unknown): Opened {
  const { payload, signatures } = check(envelope, wrapped, 'envelope')
  const [signature] = signatures
  const bytes = decoded(payload, 'payload')
  const publicKey = decoded(signature.publicKey, 'public key', 32)
  if (keyId(publicKey) !== signature.keyid) throw new StrangerError('BAD_SIGNATURE', 'the key id is not the hash of the public key')
  if (!isSignedBy(publicKey, bytes, decoded(signature.sig, 'signature', 64)))
    throw new StrangerError('BAD_SIGNATURE', 'the signature is wrong')
  const said = checkJson(statement, bytes, 'statement', MAX_PAYLOAD_BYTES)
  // One statement has one text: else one key could have the same thing said in a thousand ways, each with an id of its own.
  if (!canonicalBytes(said).equals(bytes)) throw new StrangerError('SCHEMA', 'statement: not in canonical form')
  return { statement: said, keyid: signature.keyid }
}

function isSignedBy(publicKey: Uint8Array, payload: Uint8Array, signature: Uint8Array): boolean {
  return verify(null, preAuthentication(PAYLOAD_TYPE, payload), publicKeyOf(publicKey), signature)
}

function decoded(base64: string, what: string, length?: number): Buffer {
  const bytes = Buffer.from(base64, 'base64')
  // Bits behind the last byte are dropped by the decoder, so that several texts mean the same bytes.
  if (bytes.toString('base64') !== base64) throw new StrangerError('SCHEMA', `${what}: not canonical base64`)
  if (length !== undefined && bytes.byteLength !== length)
    throw new StrangerError('SCHEMA', `${what}: ${bytes.byteLength} bytes, not ${length}`)
  return bytes
}
