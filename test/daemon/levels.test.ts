/**
 * As many named keys as the policy asks for by itself make level 1 and level 2, with one offer, through a real exchange of two peers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canonicalBytes } from '../../src/base/canonical.ts'
import { checkJson } from '../../src/base/schema.ts'
import { offer as ownOffer } from '../../src/swarm/wire.ts'
import { opener } from '../../src/daemon/opener.ts'
import { MAX_PEER_LINE } from '../../src/daemon/peerWire.ts'
import { weigh } from '../../src/daemon/weigh.ts'
import { inMessages } from '../../src/swarm/exchange.ts'
import { unpack } from '../../src/swarm/pack.ts'
import { MAX_ATTESTATIONS, MAX_MESSAGE_BYTES, MAX_PIECES, message, type Offer } from '../../src/swarm/wire.ts'
import { parsePolicy } from '../../src/trust/policy.ts'
import { firstOffer, makeArchive, testSwarm } from '../swarm/support.ts'
import { attested, keyNamed, offerNamed } from './support/offers.ts'

const namesOf = (many: number): string[] => Array.from({ length: many }, (_each, at) => `builder ${at}`)
const policyFor = (many: number): string =>
  namesOf(many)
    .map((name) => `[${keyNamed(name).keyid}]\nname = ${name}\n`)
    .join('')

/** Its statements say what the offer says, the name of the package too, so they travel as words. */
function signedBy(plain: Offer, many: number): Offer {
  const { category, name, version } = plain.family
  const said = { cpv: `${category}/${name}-${version}` }
  const widths = [{}, { columns: 80 }, { columns: 10_000 }]
  const attestations = namesOf(many).map((one, at) => attested(plain, one, { ...said, standinsLive: at % 3 === 0, ...widths[at % 7] }))
  return { ...plain, attestations }
}

for (const [keys, level] of [
  [100, 1],
  [1000, 2],
] as const) {
  test(`${keys} named keys make level ${level}, as the policy has it by itself`, async (t) => {
    const { offer: plain, path } = await makeArchive(t, 300_000)
    const offer = signedBy(plain, keys)
    const giver = await testSwarm(t, { lsd: true })
    await giver.seed(offer, path)
    giver.serve(offer.family, () => [offer])
    const taker = await testSwarm(t, { lsd: true })
    const began = performance.now()
    const heard = await firstOffer(t, taker)
    const exchanged = performance.now()
    const policy = parsePolicy(policyFor(keys))
    const signatures = opener({ counts: (keyid) => policy.keys.has(keyid) })
    const attestations = await signatures.screen(heard, '127.0.0.1')
    const weighed = weigh({ ...heard, attestations }, policy, () => false, signatures.opened)
    const opened = performance.now()
    assert.deepEqual([weighed.level, weighed.attested], [level, keys])
    const bytes = inMessages([offer]).reduce((sum, each) => sum + canonicalBytes(each).byteLength, 0)
    t.diagnostic(
      `${keys} keys: ${bytes} bytes on the wire, found and exchanged in ${Math.round(exchanged - began)} ms, opened in ${Math.round(opened - exchanged)} ms`,
    )
    assert.ok(opened - exchanged < 30_000)
  })
}

test('the largest offer with as many attestations as one carries fits one message, comes out as it was, and fits a line to the warden', () => {
  const plain = offerNamed('large')
  const pieces = Buffer.alloc(MAX_PIECES * 20, 7).toString('base64')
  const offer = signedBy({ ...plain, archive: { ...plain.archive, pieces } }, MAX_ATTESTATIONS)
  const [only, ...more] = inMessages([offer])
  assert.ok(only?.say === 'offers' && more.length === 0)
  const bytes = canonicalBytes(only)
  assert.ok(bytes.byteLength <= MAX_MESSAGE_BYTES)
  const read = checkJson(message, bytes, 'a message', MAX_MESSAGE_BYTES)
  assert.ok(read.say === 'offers')
  assert.deepEqual(read.offers.map(unpack), [offer])
  const line = JSON.stringify(offer)
  assert.deepEqual(checkJson(ownOffer, line, 'a line', MAX_PEER_LINE), offer)
})

test('what a word cannot say travels whole: another archive, another name, a false key id', () => {
  const plain = offerNamed('hello')
  const cpv = `${plain.family.category}/${plain.family.name}-${plain.family.version}`
  const word = attested(plain, 'anna', { cpv })
  const [first] = word.signatures
  const whole = [
    attested(plain, 'bert', { cpv, archive: { sha256: 'f'.repeat(64), size: 5 } }),
    attested(plain, 'carl', { cpv: 'app-misc/other-1' }),
    { ...word, signatures: [{ ...first, keyid: 'e'.repeat(64) }] as [typeof first] },
  ]
  const [only] = inMessages([{ ...plain, attestations: [...whole, word] }])
  assert.ok(only?.say === 'offers')
  const [packed] = only.offers
  assert.deepEqual([packed?.words?.length, packed?.attestations], [1, whole])
  assert.deepEqual(packed && unpack(packed).attestations, [word, ...whole])
})
