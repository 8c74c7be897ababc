/** SPDX-License-Identifier: GPL-2.0-or-later */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { choose, isExact, type Wants } from '../../src/daemon/choose.ts'
import { id, weighedNamed } from './support/offers.ts'

const WANTS: Wants = {
  slot: '0',
  recipe: id('recipe'),
  environment: id('environment'),
  leastLevel: 1,
  maxBytes: 10_000,
  provides: undefined,
}
const namesOf = (usable: readonly { offer: { content: string } }[]): string[] => usable.map(({ offer }) => offer.content)

const [exact, near, far, strong] = [
  weighedNamed('exact'),
  weighedNamed('near', { recipe: id('other') }),
  weighedNamed('far', { recipe: id('other'), environment: id('elsewhere') }),
  weighedNamed('strong', { recipe: id('other'), environment: id('elsewhere') }, { level: 3 }),
]

test('the exact recipe comes first, then the environment, then the level, whatever order they came in', () => {
  const order = namesOf([exact, near, strong, far])
  fc.assert(
    fc.property(fc.shuffledSubarray([exact, near, far, strong], { minLength: 4 }), (offers) => {
      assert.deepEqual(namesOf(choose(offers, WANTS).usable), order)
    }),
  )
})

test('more attestations come before fewer, a smaller archive before a larger one', () => {
  const many = weighedNamed('many', {}, { attested: 5 })
  const small = weighedNamed('small', { archive: { ...exact.offer.archive, size: 10 } })
  assert.deepEqual(namesOf(choose([exact, small, many], WANTS).usable), namesOf([many, small, exact]))
})

const REFUSED: [string, ReturnType<typeof weighedNamed>, RegExp][] = [
  ['nobody vouches for', weighedNamed('x', {}, { attested: 0 }), /no valid attestation/],
  ['is disputed', weighedNamed('x', {}, { disputed: true }), /two contents for its recipe/],
  ['is below the level', weighedNamed('x', {}, { level: 0, counted: '0 of 100' }), /level 0 \(0 of 100\), setting level asks for 1/],
  ['is of another slot', weighedNamed('x', { slot: '2/3' }), /its slot is 2\/3/],
  ['says another environment for the same recipe', weighedNamed('x', { environment: id('elsewhere') }), /another environment/],
  ['is too large', weighedNamed('x', { archive: { ...exact.offer.archive, size: 10_001 } }), /max_size allows 10000/],
  ['unpacks to too much', weighedNamed('x', { image: { files: 1, bytes: 40_001 } }), /max_size/],
]

for (const [what, weighed, reason] of REFUSED) {
  test(`an offer that ${what} is refused, and the verdict says so`, () => {
    const { usable, verdicts } = choose([weighed, exact], WANTS)
    assert.deepEqual(namesOf(usable), namesOf([exact]))
    assert.equal(verdicts.length, 1)
    assert.match(verdicts[0]?.text ?? '', reason)
    assert.equal(isExact(weighed, WANTS), false)
  })
}

test('a sub-slot does not matter; without a recipe of its own no offer is exact', () => {
  assert.equal(choose([weighedNamed('x', { slot: '0/7' })], WANTS).usable.length, 1)
  assert.equal(isExact(exact, WANTS), true)
  assert.equal(isExact(exact, { ...WANTS, recipe: undefined }), false)
})

test('what says that it needs a library that is not here comes last, and is not waited for; nothing is refused for it', () => {
  const needing = weighedNamed('needing', { requires: [{ category: 'x86_64', sonames: ['libnot.so.9'] }] })
  const wants = { ...WANTS, provides: new Map([['x86_64', new Set(['libc.so.6'])]]) }
  assert.deepEqual(namesOf(choose([needing, near], wants).usable), namesOf([near, needing]))
  assert.equal(isExact(needing, wants), false)
  const fitting = weighedNamed('fitting', { requires: [{ category: 'x86_64', sonames: ['libc.so.6'] }] })
  assert.deepEqual(namesOf(choose([near, fitting], wants).usable), namesOf([fitting, near]))
  assert.equal(isExact(fitting, wants), true)
})
