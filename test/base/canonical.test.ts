/** SPDX-License-Identifier: GPL-2.0-or-later */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonicalId, canonicalText, type Json, sha256Hex } from '../../src/base/canonical.ts'

test('orders keys by UTF-16 units and writes numbers as RFC 8785 3.2.2 and 3.2.3 show', () => {
  const value = {
    // oxlint-disable-next-line no-loss-of-precision -- the RFC's own example loses it
    numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: '€$\u000f\nA\'B"\\\\"/',
    literals: [null, true, false],
  }
  const expected = String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`
  assert.equal(canonicalText(value), expected)
  assert.equal(canonicalText({ '€': 1, '\r': 2, '\u{1f600}': 3, '1': 4, ö: 5 }), String.raw`{"\r":2,"1":4,"ö":5,"€":1,"😀":3}`)
})

test('the order in which keys were set never changes an id', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.oneof(fc.integer(), fc.string())), (value) => {
      const turned: Record<string, Json> = Object.fromEntries(Object.entries(value).toReversed())
      assert.equal(canonicalId(value), canonicalId(turned))
    }),
  )
})

test('SHA-256 gives the digest of FIPS 180-4 for "abc"', () => {
  assert.equal(sha256Hex('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})

test('what JSON cannot say is refused', () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) assert.throws(() => canonicalText({ value }))
})
