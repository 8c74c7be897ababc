/** SPDX-License-Identifier: GPL-2.0-or-later */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import { StrangerError } from '../../src/base/errors.ts'
import { check, checkJson, count, hex64, plainText } from '../../src/base/schema.ts'

const shape = v.strictObject({ id: hex64, name: plainText(10), size: count(100) })
const good = { id: 'a'.repeat(64), name: 'hello', size: 7 }

const wrong: [string, unknown][] = [
  ['an id with capitals', { ...good, id: 'A'.repeat(64) }],
  ['an id that is short', { ...good, id: 'a'.repeat(63) }],
  ['a name with a terminal escape', { ...good, name: 'a\u001b[2J' }],
  ['a name with a C1 control', { ...good, name: 'a\u009b2J' }],
  ['a name that turns the writing direction', { ...good, name: 'a\u202eb' }],
  ['a name with a newline', { ...good, name: 'a\nb' }],
  ['a name that is too long', { ...good, name: 'a'.repeat(11) }],
  ['a size below zero', { ...good, size: -1 }],
  ['a size above the bound', { ...good, size: 101 }],
  ['a size that is no whole number', { ...good, size: 1.5 }],
  ['a key that nobody asked for', { ...good, extra: 1 }],
  ['a missing key', { id: good.id, name: good.name }],
]

for (const [what, value] of wrong) {
  test(`refuses ${what}`, () => {
    assert.throws(
      () => check(shape, value, 'thing'),
      (error) => error instanceof StrangerError && error.code === 'SCHEMA' && error.message.startsWith('thing: '),
    )
  })
}

test('what fits comes back', () => {
  assert.deepEqual(check(shape, good, 'thing'), good)
  assert.deepEqual(checkJson(shape, JSON.stringify(good), 'thing', 1000), good)
})

const codeOf = (text: string | Uint8Array, most: number): unknown => {
  try {
    return checkJson(shape, text, 'thing', most)
  } catch (error) {
    return error instanceof StrangerError ? error.code : error
  }
}

test('text above the bound is not even parsed; text that is not JSON or not UTF-8 is refused', () => {
  assert.equal(codeOf(`${' '.repeat(1000)}{`, 100), 'TOO_LARGE')
  assert.equal(codeOf('{', 100), 'SCHEMA')
  assert.equal(codeOf(Uint8Array.of(0x22, 0xff, 0x22), 100), 'SCHEMA')
})
