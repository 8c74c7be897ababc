/**
 * What one search hears is opened within bounds: named keys first, and nobody can use up the checks of others or push their words out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { joined } from '../../src/daemon/attestations.ts'
import { opener } from '../../src/daemon/opener.ts'
import { MAX_ATTESTATIONS } from '../../src/swarm/wire.ts'
import type { Envelope } from '../../src/trust/wire.ts'
import { attested, keyNamed, offerNamed } from './support/offers.ts'

const plain = offerNamed('hello')
const named = new Set(['anna', 'bert'].map((name) => keyNamed(name).keyid))
const counts = (keyid: string): boolean => named.has(keyid)
const anna = attested(plain, 'anna')

/** Says that it is of `name`, and is not. */
function forgedBy(name: string, at: number): Envelope {
  const { payload, payloadType, signatures } = attested(plain, name)
  const [{ keyid, publicKey }] = signatures
  return { payloadType, payload, signatures: [{ keyid, publicKey, sig: Buffer.alloc(64, String(at)).toString('base64') }] }
}

test('genuine words of named keys come first, forged ones not at all', async () => {
  const [stranger, other] = [attested(plain, 'carl'), attested(offerNamed('other'), 'bert')]
  const signatures = opener({ counts })
  const screened = await signatures.screen(
    { ...plain, attestations: [forgedBy('anna', 1), stranger, other, forgedBy('carl', 2), anna] },
    'x',
  )
  assert.deepEqual(screened, [anna, stranger])
  assert.equal(signatures.opened(anna)?.keyid, keyNamed('anna').keyid)
  assert.equal(signatures.opened(forgedBy('anna', 1)), undefined)
  assert.equal(signatures.opened(attested(plain, 'dora')), undefined, 'never heard')
})

test('an offer full of forged words of a named key pushes nothing out', async () => {
  const signatures = opener({ counts })
  const forged = Array.from({ length: MAX_ATTESTATIONS }, (_each, at) => forgedBy('anna', at))
  const lie = await signatures.screen({ ...plain, attestations: forged }, 'liar')
  const truth = await signatures.screen({ ...plain, attestations: [anna] }, 'honest')
  assert.deepEqual(joined(lie, truth, counts), [anna])
})

test('one network uses up its own checks, many use up what is for all, and each other one still has a few', async () => {
  const limits = { total: 40, network: 10, least: 3 }
  const signatures = opener({ counts, limits })
  const checkedOf = async (network: string, many: number, salt: number): Promise<number> => {
    const forged = Array.from({ length: many }, (_each, at) => attested(plain, 'anna', { cpv: `a/b-${salt}.${at}` }))
    return (await signatures.screen({ ...plain, attestations: forged }, network)).length
  }
  assert.equal(await checkedOf('first', 50, 0), 10)
  assert.equal(await checkedOf('first', 5, 1), 0)
  assert.equal(await checkedOf('first', 5, 0), 5, 'what is known costs nothing')
  for (const [at, network] of ['second', 'third', 'fourth'].entries()) assert.equal(await checkedOf(network, 50, at + 2), 10)
  assert.equal(await checkedOf('late', 50, 7), 3)
})

test('of strangers a part is checked, the rest is carried and not counted', async () => {
  const signatures = opener({ counts })
  const strangers = Array.from({ length: 100 }, (_each, at) => attested(plain, `stranger ${at}`))
  assert.deepEqual(await signatures.screen({ ...plain, attestations: strangers }, 'x'), strangers)
  assert.equal(strangers.filter((envelope) => signatures.opened(envelope) !== undefined).length, 64)
})
