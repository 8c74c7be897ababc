/** SPDX-License-Identifier: GPL-2.0-or-later */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { joined } from '../../src/daemon/attestations.ts'
import { MAX_ATTESTATIONS } from '../../src/swarm/wire.ts'
import { attested, keyNamed, offerNamed } from './support/offers.ts'

test('keys made for the purpose never push out one that the policy names', () => {
  const plain = offerNamed('hello')
  const strangers = Array.from({ length: MAX_ATTESTATIONS }, (_, at) => attested(plain, `stranger ${at}`))
  const named = attested(plain, 'anna')
  const all = joined(strangers, [named], (keyid) => keyid === keyNamed('anna').keyid)
  assert.equal(all.length, MAX_ATTESTATIONS)
  assert.ok(all.some(({ signatures }) => signatures[0].keyid === keyNamed('anna').keyid))
  assert.equal(joined([named], [named], () => false).length, 1)
})
