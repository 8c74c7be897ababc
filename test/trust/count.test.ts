/**
 * A level follows from what named keys said of exactly this claim, and from nothing else.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sha256Hex } from '../../src/base/canonical.ts'
import { type Claim, highestLevel, levelOf } from '../../src/trust/count.ts'
import type { Opened } from '../../src/trust/envelope.ts'
import type { Policy } from '../../src/trust/policy.ts'
import { type Said, statementOf } from '../../src/trust/statement.ts'

const claim: Claim = { recipe: sha256Hex('r'), linkage: sha256Hex('l'), content: sha256Hex('c') }
const key = (name: string): string => sha256Hex(`key ${name}`)

function word(by: string, part: Partial<Said> = {}): Opened {
  const said = {
    cpv: 'a/b-1',
    ...claim,
    environment: sha256Hex('e'),
    stable: sha256Hex('s'),
    metadata: sha256Hex('m'),
    archive: { sha256: sha256Hex('a'), size: 1 },
  }
  return { keyid: key(by), statement: statementOf({ ...said, standinsLive: false, ...part }) }
}

function policyOf(named: readonly string[], builders: readonly string[] = [], quorum: Policy['quorum'] = { 1: 3, 2: 5, 3: 1 }): Policy {
  const keys = [...named, ...builders].map((name) => [key(name), { name, builder: builders.includes(name) }] as const)
  return { quorum, keys: new Map(keys) }
}

const people = ['a', 'b', 'c', 'd', 'e']
const counts = (from: readonly Opened[], policy: Policy, of: Claim = claim): unknown[] => {
  const { level, counted, needed, display, uncounted } = levelOf(from, policy, of)
  return [level, counted, needed, display, uncounted]
}

test('nobody vouches: no level at all, and no setting lets it in', () => {
  assert.deepEqual(counts([], policyOf(people)), [-1, 0, 3, '0 of 3', 0])
})

test('fresh keys count nothing, however many there are', () => {
  const fresh = Array.from({ length: 5000 }, (_, at) => word(`fresh ${at}`))
  assert.deepEqual(counts(fresh, policyOf(people)), [0, 0, 3, '0 of 3', 5000])
})

test('named keys make the levels, at the number and not before', () => {
  const by = (number: number): Opened[] => people.slice(0, number).map((name) => word(name))
  assert.deepEqual(counts(by(1), policyOf(people)), [0, 1, 2, '1 of 3', 0])
  assert.deepEqual(counts(by(2), policyOf(people)), [0, 2, 1, '2 of 3', 0])
  assert.deepEqual(counts(by(3), policyOf(people)), [1, 3, 2, '3 of 5', 0])
  assert.deepEqual(counts(by(4), policyOf(people)), [1, 4, 1, '4 of 5', 0])
  assert.deepEqual(counts(by(5), policyOf(people)), [2, 5, 0, '5 of 5', 0])
})

test('the keys that counted are named, sorted', () => {
  assert.deepEqual(levelOf([word('b'), word('x'), word('a')], policyOf(people), claim).keys, [key('a'), key('b')].toSorted())
})

test('a build server makes level 3, and as many as the policy asks for', () => {
  assert.equal(levelOf([word('server')], policyOf(people, ['server']), claim).level, 3)
  const two = policyOf(people, ['server', 'other'], { 1: 3, 2: 5, 3: 2 })
  assert.equal(levelOf([word('server')], two, claim).level, 0)
  assert.equal(levelOf([word('server'), word('other')], two, claim).level, 3)
})

test('the standard quorum: 37 of 100', () => {
  const names = Array.from({ length: 37 }, (_, at) => `person ${at}`)
  const policy = policyOf(names, [], { 1: 100, 2: 1000, 3: 1 })
  assert.deepEqual(
    counts(
      names.map((name) => word(name)),
      policy,
    ),
    [0, 37, 63, '37 of 100', 0],
  )
})

test('one key counts once, however often it says it', () => {
  const again = Array.from({ length: 10 }, (_, at) => word('a', { archive: { sha256: sha256Hex(String(at)), size: at } }))
  assert.deepEqual(counts(again, policyOf(people)), [0, 1, 2, '1 of 3', 0])
})

const other = sha256Hex('another')
for (const part of ['recipe', 'linkage', 'content'] as const) {
  test(`a word about another ${part} counts nothing`, () => {
    assert.deepEqual(counts([word('a', { [part]: other })], policyOf(people)), [-1, 0, 3, '0 of 3', 0])
  })
}

test('a key that says two contents of one recipe and linkage is heard for neither', () => {
  const liar = [word('a'), word('a', { content: other, stable: other })]
  assert.deepEqual(counts([...liar, word('b')], policyOf(people)), [0, 1, 2, '1 of 3', 0])
  assert.equal(levelOf(liar, policyOf(people), { ...claim, content: other }).level, -1)
})

test('a key whose two builds differ in times only is heard', () => {
  assert.equal(levelOf([word('a'), word('a', { content: other })], policyOf(people), claim).counted, 1)
})

test('a key that names one content with two stable ids is not heard', () => {
  assert.equal(levelOf([word('a'), word('a', { stable: other })], policyOf(people), claim).level, -1)
})

test('words of stably the same content count only for a stable id that was computed here', () => {
  const words = people.map((name) => word(name, { content: sha256Hex(`content of ${name}`) }))
  assert.equal(levelOf(words, policyOf(people), claim).level, -1)
  assert.equal(levelOf(words, policyOf(people), { ...claim, stable: sha256Hex('s') }).level, 2)
  assert.equal(levelOf(words, policyOf(people), { ...claim, stable: other }).level, -1)
})

/** So many keys, the first of them of build servers. */
const named = (count: number, builders: number): Policy => ({
  quorum: { 1: 2, 2: 4, 3: 2 },
  keys: new Map(Array.from({ length: count }, (_, at) => [`key ${at}`, { name: 'k', builder: at < builders }])),
})

test('the highest level that a policy can give', () => {
  const cases: readonly [number, number, number][] = [[0, 0, -1], [1, 1, 0], [2, 1, 1], [4, 1, 2], [2, 2, 3]] // prettier-ignore
  for (const [count, builders, level] of cases) assert.equal(highestLevel(named(count, builders)), level)
})

test('property: more words of keys that are not named never change the level above 0, and order does not matter', () => {
  const names = fc.array(fc.constantFrom(...people, 'x', 'y', 'z'), { maxLength: 12 })
  fc.assert(
    fc.property(names, names, (said, noise) => {
      const policy = policyOf(people)
      const words = said.map((name) => word(name))
      const unknown = noise.filter((name) => !people.includes(name)).map((name) => word(name))
      const [plain, noisy] = [levelOf(words, policy, claim), levelOf([...unknown, ...words.toReversed()], policy, claim)]
      assert.equal(noisy.counted, plain.counted)
      assert.equal(Math.max(0, noisy.level), Math.max(0, plain.level))
      assert.equal(plain.counted, new Set(said.filter((name) => people.includes(name))).size)
    }),
  )
})
