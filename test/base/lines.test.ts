/** SPDX-License-Identifier: GPL-2.0-or-later */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { StrangerError } from '../../src/base/errors.ts'
import { lineCutter } from '../../src/base/lines.ts'

test('lines come out whole however the stream was cut', () => {
  const line = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((text) => !text.includes('\n'))
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat({ max: 50 })), (lines, cuts) => {
      let rest = Buffer.from(lines.map((text) => `${text}\n`).join(''))
      const cutter = lineCutter(1000)
      const got: string[] = []
      for (const cut of cuts) {
        got.push(...cutter.push(rest.subarray(0, cut)))
        rest = rest.subarray(cut)
      }
      got.push(...cutter.push(rest))
      assert.deepEqual(got, lines)
    }),
  )
})

test('a line that grows past the bound is refused, whether or not its end has come', () => {
  for (const text of ['x'.repeat(11), `${'x'.repeat(11)}\n`]) {
    const cutter = lineCutter(10)
    assert.throws(
      () => cutter.push(Buffer.from(text)),
      (error) => error instanceof StrangerError && error.code === 'TOO_LARGE',
    )
  }
  assert.deepEqual(lineCutter(10).push(Buffer.from(`${'x'.repeat(10)}\n`)), ['x'.repeat(10)])
})
