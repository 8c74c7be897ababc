/**
 * What a host has is told in messages that no peer of ours refuses, however much it is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canonicalBytes } from '../../src/base/canonical.ts'
import { checkJson } from '../../src/base/schema.ts'
import { PAYLOAD_TYPE, type Envelope } from '../../src/trust/wire.ts'
import { inMessages } from '../../src/swarm/exchange.ts'
import { MAX_MESSAGE_BYTES, MAX_OFFERS_A_PEER, message, type Offer } from '../../src/swarm/wire.ts'
import { makeArchive } from './support.ts'

function attestation(bytes: number): Envelope {
  const filler = 'A'.repeat(bytes)
  return {
    payloadType: PAYLOAD_TYPE,
    payload: filler,
    signatures: [{ keyid: 'a'.repeat(64), sig: 'A'.repeat(88), publicKey: 'A'.repeat(44) }],
  }
}

const cases: readonly {
  readonly what: string
  readonly many: number
  readonly attestations: number
  readonly bytes: number
  readonly told: number
  readonly kept: number
}[] = [
  { what: 'nothing', many: 0, attestations: 0, bytes: 0, told: 0, kept: 0 },
  { what: 'one offer', many: 1, attestations: 2, bytes: 1000, told: 1, kept: 2 },
  { what: 'forty small offers', many: 40, attestations: 1, bytes: 800, told: 40, kept: 1 },
  { what: 'more offers than a peer takes', many: 80, attestations: 0, bytes: 0, told: MAX_OFFERS_A_PEER, kept: 0 },
  { what: 'offers of a hundred kilobytes each', many: 5, attestations: 10, bytes: 10_000, told: 5, kept: 10 },
  { what: 'more attestations than a message has room for', many: 1, attestations: 1000, bytes: 400, told: 1, kept: 368 },
  { what: 'attestations that fit no message', many: 1, attestations: 64, bytes: 16_000, told: 1, kept: 16 },
]

for (const { what, many, attestations, bytes, told, kept } of cases) {
  test(`${what}: told in messages that are taken`, async (t) => {
    const { offer } = await makeArchive(t, 300_000)
    const have: Offer[] = Array.from({ length: many }, (_each, index) => ({
      ...offer,
      slot: String(index),
      attestations: Array.from({ length: attestations }, () => attestation(bytes)),
    }))
    const messages = inMessages(have)
    const read = messages.map((each) => checkJson(message, canonicalBytes(each), what, MAX_MESSAGE_BYTES))
    assert.deepEqual(read, messages)
    assert.deepEqual(
      read.map((each) => each.say === 'offers' && each.more),
      read.map((_each, index) => index < read.length - 1),
    )
    const offers = read.flatMap((each) => (each.say === 'offers' ? each.offers : []))
    assert.deepEqual(
      offers.map(({ slot }) => slot),
      have.slice(0, told).map(({ slot }) => slot),
    )
    for (const each of offers) assert.equal(each.attestations.length, kept)
  })
}
