/**
 * Equal values give equal bytes: canonical JSON (RFC 8785), which everything that is hashed or signed goes through.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** UTF-8 text of `value` as RFC 8785 orders and escapes it. Throws TypeError for what JSON cannot say (NaN, lone surrogates). */
export function canonicalText(value: Json): string {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('value has no JSON form')
  return text
}

export function canonicalBytes(value: Json): Buffer {
  return Buffer.from(canonicalText(value), 'utf8')
}

/** SHA-256 (FIPS 180-4) as 64 lower-case hex digits. */
export function sha256Hex(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** SHA-256 over the canonical JSON of `value`: how recipe and linkage ids are made. */
export function canonicalId(value: Json): string {
  return sha256Hex(canonicalBytes(value))
}
