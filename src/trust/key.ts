/**
 * The signing key of this host: an Ed25519 key that only its owner can read, made once and never replaced by itself.
 *
 * Sources: RFC 8032 (Ed25519), RFC 8410 (its PKCS #8 and SubjectPublicKeyInfo forms).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { sha256Hex } from '../base/canonical.ts'
import { writeDurable } from '../base/durable.ts'
import { HostError, hostError, systemCode } from '../base/errors.ts'

export interface SigningKey {
  readonly privateKey: KeyObject
  /** The raw 32 bytes of RFC 8032. */
  readonly publicKey: Uint8Array
  /** SHA-256 of `publicKey`, hex. */
  readonly keyid: string
}

const MAX_KEY_BYTES = 4096
// DER of a SubjectPublicKeyInfo up to the key itself (RFC 8410, section 4): with the 32 raw bytes behind it, it is a whole one.
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex')

/** SHA-256 of the raw 32-byte public key, hex. */
export function keyId(publicKey: Uint8Array): string {
  return sha256Hex(publicKey)
}

/** The key for checking signatures. Throws RangeError unless `raw` has 32 bytes; whether they are a point shows at the first signature. */
export function publicKeyOf(raw: Uint8Array): KeyObject {
  if (raw.byteLength !== 32) throw new RangeError(`an Ed25519 public key has 32 bytes, not ${raw.byteLength}`)
  return createPublicKey({ key: Buffer.concat([SPKI_HEAD, raw]), format: 'der', type: 'spki' })
}

/** A signing key from its 32-byte seed, the "secret key" of RFC 8032. */
export function keyOfSeed(seed: Uint8Array): SigningKey {
  if (seed.byteLength !== 32) throw new RangeError(`an Ed25519 seed has 32 bytes, not ${seed.byteLength}`)
  const head = Buffer.from('302e020100300506032b657004220420', 'hex')
  return signingKey(createPrivateKey({ key: Buffer.concat([head, seed]), format: 'der', type: 'pkcs8' }))
}

/**
 * The key at `path`; made, 0600, where there is none yet. The folder must be there.
 * Errors: HostError BAD_STATE for a key that others can read, that is not this user's, or that is no Ed25519 key; DISK_FULL, IO.
 */
export function loadOrCreateKey(path: string): SigningKey {
  const known = loadKey(path)
  if (known !== undefined) return known
  const made = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' })
  writeDurable(path, made, 0o600)
  const written = loadKey(path)
  if (written === undefined) throw new HostError('BAD_STATE', `${path} was written and is gone: something removes keys there`)
  return written
}

/** The key at `path`, or undefined when there is none. Errors as for `loadOrCreateKey`. */
export function loadKey(path: string): SigningKey | undefined {
  const text = readPrivate(path)
  if (text === undefined) return undefined
  const key = privateKeyOf(text, path)
  if (key.asymmetricKeyType !== 'ed25519') throw damaged(path, `holds a key of kind ${key.asymmetricKeyType ?? 'unknown'}, not ed25519`)
  return signingKey(key)
}

function readPrivate(path: string): string | undefined {
  let fd: number
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    if (systemCode(error) === 'ELOOP') throw damaged(path, 'is a link')
    throw hostError(`could not read the signing key ${path}`, error)
  }
  try {
    const stat = fstatSync(fd)
    if (!stat.isFile() || stat.size > MAX_KEY_BYTES) throw damaged(path, 'is no key file')
    if (stat.uid !== process.geteuid?.()) throw damaged(path, 'belongs to another user')
    if ((stat.mode & 0o077) !== 0) throw readByOthers(path, stat.mode)
    return readFileSync(fd, 'utf8')
  } finally {
    closeSync(fd)
  }
}

function privateKeyOf(text: string, path: string): KeyObject {
  try {
    return createPrivateKey(text)
  } catch (error) {
    throw new HostError('BAD_STATE', `${path} holds no private key. ${REMEDY}`, { cause: error })
  }
}

function signingKey(privateKey: KeyObject): SigningKey {
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  const publicKey = new Uint8Array(spki.subarray(SPKI_HEAD.byteLength))
  return { privateKey, publicKey, keyid: keyId(publicKey) }
}

const REMEDY = 'Move it away, and the next start makes a new key; what others counted for the old one is lost.'

function damaged(path: string, what: string): HostError {
  return new HostError('BAD_STATE', `${path} ${what}. ${REMEDY}`)
}

function readByOthers(path: string, mode: number): HostError {
  const octal = (mode & 0o7777).toString(8)
  return new HostError(
    'BAD_STATE',
    `${path} has mode ${octal}, so others may know the key. If nobody does: chmod 600 ${path}. Otherwise: ${REMEDY}`,
  )
}
