/**
 * Versions are ordered as the Package Manager Specification orders them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compareVersions, isPackageName, isVersion, splitCpv, splitPf, splitRevision } from '../../src/portage/version.ts'

// Each line is older than the next; those on one line are equal. PMS 3.3, and the cases that Portage's own tests have.
const ORDER = [
  ['0_alpha', '0_alpha0', '0_alpha-r0'],
  ['0_alpha1'],
  ['0_beta'],
  ['0_pre'],
  ['0_rc'],
  ['0', '0-r0', '00'],
  ['0-r1'],
  ['0_p', '0_p0'],
  ['0_p1'],
  ['1_alpha1_beta'],
  ['1_alpha1'],
  ['1_alpha1_p'],
  ['1'],
  ['1-r1'],
  ['1b'],
  ['1.0', '1.00'],
  ['1.0.0'],
  ['1.010', '1.01'],
  ['1.02'],
  ['1.1'],
  ['1.1b'],
  ['1.1.0'],
  ['1.9'],
  ['1.10'],
  ['1.10-r2'],
  ['1.10-r10'],
  ['12.2b'],
  ['12.2.5'],
  ['20240101'],
  ['99999999999999999999'],
  ['99999999999999999999_p18446744073709551616'],
  ['99999999999999999999_p18446744073709551617'],
] as const

test('older, equal, newer: every pair of the table', () => {
  for (const [at, line] of ORDER.entries())
    for (const [otherAt, other] of ORDER.entries())
      for (const a of line) for (const b of other) assert.equal(compareVersions(a, b), Math.sign(at - otherAt), `${a} and ${b}`)
})

const suffix = fc
  .tuple(fc.constantFrom('alpha', 'beta', 'pre', 'rc', 'p'), fc.option(fc.nat(20), { nil: '' }))
  .map(([name, number]) => `_${name}${number}`)
const version = fc
  .tuple(
    fc.array(fc.constantFrom('0', '1', '2', '10', '01', '010', '123456789012345678901'), { minLength: 1, maxLength: 4 }),
    fc.constantFrom('', '', 'a', 'z'),
    fc.array(suffix, { maxLength: 2 }),
    fc.constantFrom('', '-r0', '-r1', '-r12'),
  )
  .map(([numbers, letter, suffixes, revision]) => `${numbers.join('.')}${letter}${suffixes.join('')}${revision}`)

test('property: a total order', () => {
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      assert.equal(compareVersions(a, a), 0)
      assert.equal(compareVersions(a, b), 0 - compareVersions(b, a))
      const [low = '', middle = '', high = ''] = [a, b, c].toSorted(compareVersions)
      assert.ok(compareVersions(low, middle) <= 0 && compareVersions(middle, high) <= 0 && compareVersions(low, high) <= 0)
    }),
  )
})

test('property: a CPV comes apart into what it was made of', () => {
  const name = fc.constantFrom('hello', 'gtk+', 'a-b', 'x11-libs', 'foo-1xy', 'r1', 'font-100dpi', '_x')
  const category = fc.constantFrom('app-misc', 'x11-libs', 'virtual', 'a.b+c')
  fc.assert(
    fc.property(category, name, version, (of, named, at) => {
      assert.deepEqual(splitCpv(`${of}/${named}-${at}`), { category: of, name: named, version: at })
      assert.deepEqual(splitPf(`${named}-${at}`), { category: undefined, name: named, version: at })
    }),
  )
})

test('property: whatever the text, taking it apart gives parts that make it again, or nothing, in no time', () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9./_+-]{0,80}$/), version)
  fc.assert(
    fc.property(text, (any) => {
      const parts = splitPf(any)
      if (parts === undefined) return
      assert.equal(`${parts.category === undefined ? '' : `${parts.category}/`}${parts.name}-${parts.version}`, any)
      assert.ok(isVersion(parts.version) && isPackageName(parts.name))
    }),
  )
})

for (const text of [
  '',
  'hello',
  'hello-',
  'hello-1',
  'a/b/c-1',
  '-MERGING-hello-1',
  'app-misc/hello-1-2',
  'app-misc/hello-1.',
  'app-misc/hello-1-r',
  '.a/b-1',
  `a/${'b'.repeat(400)}-1`,
]) {
  test(`no CPV: ${text.slice(0, 30)}`, () => {
    assert.equal(splitCpv(text), undefined)
  })
}

test('a revision that is not written is r0', () => {
  assert.deepEqual(splitRevision('1.2'), { base: '1.2', revision: 'r0' })
  assert.deepEqual(splitRevision('1.2_rc1-r10'), { base: '1.2_rc1', revision: 'r10' })
})

test('what is no version is not compared', () => {
  for (const wrong of ['', 'a', '1.', '1-r', '1_x', '1..2', `1${'.1'.repeat(300)}`, '1\n'])
    assert.throws(() => compareVersions('1', wrong), RangeError)
})
