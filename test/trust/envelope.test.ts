/**
 * An envelope opens only as what its key said, byte for byte.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { sign, verify } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonicalBytes, sha256Hex } from '../../src/base/canonical.ts'
import { StrangerError } from '../../src/base/errors.ts'
import { open, preAuthentication, seal } from '../../src/trust/envelope.ts'
import { keyId, keyOfSeed, publicKeyOf } from '../../src/trust/key.ts'
import { statementOf } from '../../src/trust/statement.ts'
import { type Envelope, PAYLOAD_TYPE } from '../../src/trust/wire.ts'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex')
const key = keyOfSeed(Buffer.alloc(32, 7))
const other = keyOfSeed(Buffer.alloc(32, 8))
const said = statementOf({
  cpv: 'app-misc/hello-2.12.1',
  recipe: sha256Hex('recipe'),
  linkage: sha256Hex('linkage'),
  environment: sha256Hex('environment'),
  content: sha256Hex('content'),
  stable: sha256Hex('stable'),
  metadata: sha256Hex('metadata'),
  archive: { sha256: sha256Hex('archive'), size: 12_345 },
  standinsLive: false,
})

function resigned(payload: Uint8Array, by = key, payloadType = PAYLOAD_TYPE): Envelope {
  const sig = sign(null, preAuthentication(payloadType, payload), by.privateKey).toString('base64')
  return {
    payloadType: PAYLOAD_TYPE,
    payload: Buffer.from(payload).toString('base64'),
    signatures: [{ keyid: by.keyid, sig, publicKey: Buffer.from(by.publicKey).toString('base64') }],
  }
}

// DSSE v1.0.2, protocol.md, "Test Vectors": the PAE of "hello world".
test('the pre-authentication encoding is the one that DSSE publishes', () => {
  const pae = preAuthentication('http://example.com/HelloWorld', Buffer.from('hello world'))
  assert.equal(pae.toString(), 'DSSEv1 29 http://example.com/HelloWorld 11 hello world')
})

test('lengths in it are bytes, and payload bytes that are no text stay as they are', () => {
  assert.equal(preAuthentication('tö', hex('ff00')).toString('latin1'), Buffer.from('DSSEv1 3 tö 2 ').toString('latin1') + '\u00ff\u0000')
})

// RFC 8032, 7.1, TEST 1, TEST 2, TEST 3 and TEST SHA(abc).
const RFC8032 = [
  {
    seed: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '',
    signature:
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
  {
    seed: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    publicKey: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: '72',
    signature:
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  },
  {
    seed: 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    publicKey: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    message: 'af82',
    signature:
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  },
  {
    seed: '833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42',
    publicKey: 'ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf',
    message:
      'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
    signature:
      'dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704',
  },
]

for (const [at, vector] of RFC8032.entries()) {
  test(`keys and signatures are those of RFC 8032, vector ${at + 1}`, () => {
    const made = keyOfSeed(hex(vector.seed))
    assert.equal(Buffer.from(made.publicKey).toString('hex'), vector.publicKey)
    assert.equal(sign(null, hex(vector.message), made.privateKey).toString('hex'), vector.signature)
    assert.equal(verify(null, hex(vector.message), publicKeyOf(hex(vector.publicKey)), hex(vector.signature)), true)
    assert.equal(made.keyid, sha256Hex(hex(vector.publicKey)))
  })
}

test('a sealed statement opens as itself, by its key, and sealing it again gives the same bytes', () => {
  const sealed = seal(said, key)
  assert.deepEqual(open(JSON.parse(JSON.stringify(sealed))), { statement: said, keyid: keyId(key.publicKey) })
  assert.deepEqual(seal(structuredClone(said), key), sealed)
})

test('a statement of another shape is not sealed', () => {
  const wrong = { ...said, extra: 1 }
  assert.throws(() => seal(wrong, key), { code: 'SCHEMA' })
})

const sealed = seal(said, key)
const payload = Buffer.from(sealed.payload, 'base64')
const signature = sealed.signatures[0]
const changed = (part: Partial<typeof signature>): unknown => ({ ...sealed, signatures: [{ ...signature, ...part }] })
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const loose = Buffer.from(JSON.stringify(said, undefined, 1))

const REFUSED: readonly [string, unknown, string][] = [
  ['another payload', { ...sealed, payload: canonicalBytes({ ...said, subject: [] }).toString('base64') }, 'BAD_SIGNATURE'],
  ['the key id of another key', changed({ keyid: other.keyid }), 'BAD_SIGNATURE'],
  [
    'key and id of another key',
    changed({ keyid: other.keyid, publicKey: Buffer.from(other.publicKey).toString('base64') }),
    'BAD_SIGNATURE',
  ],
  ['a signature of another type', resigned(payload, key, 'text/plain'), 'BAD_SIGNATURE'],
  ['a payload that is not canonical, well signed', resigned(loose), 'SCHEMA'],
  ['a payload with more in it, well signed', resigned(canonicalBytes({ ...said, more: true })), 'SCHEMA'],
  ['a payload that is no JSON, well signed', resigned(hex('00ff')), 'SCHEMA'],
  ['a payload above the limit, well signed', resigned(Buffer.alloc(12 * 1024 - 100, 0x20)), 'SCHEMA'],
  ['two signatures', { ...sealed, signatures: [signature, signature] }, 'SCHEMA'],
  ['no signature', { ...sealed, signatures: [] }, 'SCHEMA'],
  ['a short public key', changed({ publicKey: Buffer.alloc(31).toString('base64') }), 'SCHEMA'],
  ['a short signature', changed({ sig: Buffer.alloc(63).toString('base64') }), 'SCHEMA'],
  [
    'base64 with stray bits',
    changed({ publicKey: signature.publicKey.replace(/.=$/, (end) => `${BASE64[BASE64.indexOf(end[0] ?? '') + 1]}=`) }),
    'SCHEMA',
  ],
  ['another payload type', { ...sealed, payloadType: 'text/plain' }, 'SCHEMA'],
  ['an unknown field', { ...sealed, note: 'x' }, 'SCHEMA'],
  ['nothing', undefined, 'SCHEMA'],
]

for (const [what, wrapped, code] of REFUSED) {
  test(`refused: ${what}`, () => {
    assert.throws(
      () => open(wrapped),
      (error) => error instanceof StrangerError && error.code === code,
    )
  })
}

test('property: one changed bit anywhere in payload, key or signature never opens', () => {
  const places = [payload, Buffer.from(signature.publicKey, 'base64'), Buffer.from(signature.sig, 'base64')]
  fc.assert(
    fc.property(fc.nat(2), fc.nat(), fc.nat(7), (which, place, bit) => {
      const parts = places.map((bytes) => Buffer.from(bytes))
      const part = parts[which] ?? Buffer.alloc(0)
      part[place % part.length] = (part[place % part.length] ?? 0) ^ (1 << bit)
      const [body, publicKey, sig] = parts.map((bytes) => bytes.toString('base64'))
      assert.throws(() => open({ ...sealed, payload: body, signatures: [{ keyid: signature.keyid, publicKey, sig }] }), StrangerError)
    }),
  )
})
