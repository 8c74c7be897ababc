/** SPDX-License-Identifier: GPL-2.0-or-later */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { weigh } from '../../src/daemon/weigh.ts'
import { parsePolicy } from '../../src/trust/policy.ts'
import { attested, id, keyNamed, offerNamed } from './support/offers.ts'

const POLICY = parsePolicy(
  `[quorum]\nlevel1 = 2\nlevel2 = 2\n${['anna', 'bert'].map((name) => `[${keyNamed(name).keyid}]\nname = ${name}\n`).join('')}`,
)
const never = (): boolean => false
const plain = offerNamed('hello')

test('what two named keys say makes the level that the policy asks two for', () => {
  const weighed = weigh({ ...plain, attestations: [attested(plain, 'anna'), attested(plain, 'bert')] }, POLICY, never)
  assert.deepEqual({ level: weighed.level, attested: weighed.attested }, { level: 2, attested: 2 })
})

test('a key counts once, however often it speaks; a key that is not named makes no level', () => {
  const twice = weigh({ ...plain, attestations: [attested(plain, 'anna'), attested(plain, 'anna', { standinsLive: true })] }, POLICY, never)
  assert.deepEqual({ level: twice.level, attested: twice.attested }, { level: 0, attested: 1 })
  const stranger = weigh({ ...plain, attestations: [attested(plain, 'carl'), attested(plain, 'dora')] }, POLICY, never)
  assert.deepEqual({ level: stranger.level, attested: stranger.attested }, { level: 0, attested: 2 })
})

const ABOUT_SOMETHING_ELSE = ['recipe', 'linkage', 'environment', 'content', 'stable', 'metadata'] as const

for (const part of ABOUT_SOMETHING_ELSE) {
  test(`a genuine attestation about another ${part} says nothing of this offer`, () => {
    const weighed = weigh({ ...plain, attestations: [attested(plain, 'anna', { [part]: id('another') })] }, POLICY, never)
    assert.deepEqual({ level: weighed.level, attested: weighed.attested }, { level: 0, attested: 0 })
    const beside = weigh(
      { ...plain, attestations: [attested(plain, 'bert'), attested(plain, 'anna', { [part]: id('another') })] },
      POLICY,
      never,
    )
    assert.deepEqual({ level: beside.level, attested: beside.attested }, { level: 0, attested: 1 })
  })
}

test('a forged signature counts as nothing, and does not hide a genuine one beside it', () => {
  const genuine = attested(plain, 'anna')
  const forged = { ...genuine, payload: attested(plain, 'anna', { content: id('other') }).payload }
  assert.equal(weigh({ ...plain, attestations: [forged] }, POLICY, never).attested, 0)
  assert.equal(weigh({ ...plain, attestations: [forged, attested(plain, 'bert')] }, POLICY, never).attested, 1)
})

test('a dispute of this host is asked for by what the offer says it is', () => {
  const weighed = weigh(
    plain,
    POLICY,
    ({ recipe, linkage, content }) => recipe === plain.recipe && linkage === plain.linkage && content === plain.content,
  )
  assert.equal(weighed.disputed, true)
})
