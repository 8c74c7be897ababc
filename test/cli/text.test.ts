/**
 * What reaches a terminal: colours of ours, and of any text only what shows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { asciiJson } from '../../src/cli/output.ts'
import { arrowed, fitted, type Line, paint, type Span, starred } from '../../src/cli/text.ts'

// oxlint-disable-next-line no-control-regex -- these are what is looked for
const UNFIT = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\u200e\u200f]/
// oxlint-disable-next-line no-control-regex -- the colours of ours
const OURS = /\u001b\[(?:\d\d;01|\d\d|01|39;49;00)m/g

test('lines in the manner and the colours of Portage', () => {
  assert.equal(paint(starred('good', 'done'), false), ' * done')
  assert.equal(paint(starred('good', 'done'), true), ' \u001b[32;01m*\u001b[39;49;00m done')
  assert.equal(paint(starred('bad', 'no'), true), ' \u001b[31;01m*\u001b[39;49;00m no')
  assert.equal(paint(starred('warn', 'hm'), true), ' \u001b[33;01m*\u001b[39;49;00m hm')
  assert.equal(paint(arrowed('Purging ', { tone: 'package', text: 'a/b-1' }), false), '>>> Purging a/b-1')
})

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('\u001b', '[', '2', 'J', '\n', '\u009b', '\u202e', 'x') }),
)
const span: fc.Arbitrary<Span> = fc.oneof(
  text,
  text.map((one) => ({ tone: 'bad' as const, text: one })),
)
const line: fc.Arbitrary<Line> = fc.array(span, { maxLength: 5 })

test('no text steers a terminal', () => {
  fc.assert(
    fc.property(line, fc.boolean(), (spans, colour) => {
      const painted = paint(spans, colour)
      assert.doesNotMatch(colour ? painted.replace(OURS, '') : painted, UNFIT)
    }),
  )
})

test('what is asked for is never cut, and a line for a redraw never wraps', () => {
  const long = `${'a'.repeat(1500)}${'b'.repeat(1500)}`
  assert.equal(paint([long], false), long)
  fc.assert(
    fc.property(line, fc.nat(100), (spans, width) => {
      const painted = paint(fitted(spans, width), false)
      assert.ok(painted.length <= width)
      assert.ok(paint(spans, false).startsWith(painted))
    }),
  )
})

test('JSON is ASCII and says the same', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const json = asciiJson({ value })
      assert.match(json, /^[\u0020-\u007e]*$/)
      assert.deepEqual(JSON.parse(json), JSON.parse(JSON.stringify({ value })))
    }),
  )
})
