import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { paint } from '../../src/cli/text.ts'
import { type Figure, figureOf, GOALS, header, isMet, jsonLine, median, tableLine } from './figure.ts'

test('the median of an odd and of an even number of runs', () => {
  assert.equal(median([3, 1, 2]), 2)
  assert.equal(median([4, 1, 3, 2]), 2.5)
  assert.throws(() => median([]), RangeError)
})

test('half of the runs lie on either side of the median, in whatever order they came', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1 }), (numbers) => {
      const middle = median(numbers)
      assert.equal(median(numbers.toReversed()), middle)
      assert.ok(numbers.filter((one) => one < middle).length <= numbers.length / 2)
      assert.ok(numbers.filter((one) => one > middle).length <= numbers.length / 2)
    }),
  )
})

test('a line has these keys in this order', () => {
  const figure = figureOf('archive', 's', [2.00006, 9, 1], [4])
  assert.equal(jsonLine(figure), '{"figure":"archive","ours":2,"anchor":4,"ratio":0.5,"unit":"s"}')
})

const figure = (name: string, ours: number, ratio: number): Figure => ({ figure: name, ours, anchor: 1, ratio, unit: 's' })
const JUDGED: readonly (readonly [string, number, number, boolean | undefined])[] = [
  ['hook-overhead', 9, 1.03, true],
  ['hook-overhead', 0, 1.031, false],
  ['swarm-throughput', 0, 0.95, true],
  ['swarm-throughput', 99, 0.949, false],
  ['idle-memory-warden', 60, 9, true],
  ['idle-memory-warden', 60.1, 0, false],
  ['archive', 0, Number.NaN, false],
  ['something-else', 0, 0, undefined],
]
for (const [name, ours, ratio, met] of JUDGED) {
  test(`${name} of ${ours}, ratio ${ratio}: ${met}`, () => assert.equal(isMet(figure(name, ours, ratio)), met))
}

test('the table tells what was missed, and has its columns below each other', () => {
  const [good, bad] = [paint(tableLine(figure('archive', 1, 1)), false), paint(tableLine(figure('archive', 2, 2)), false)]
  assert.equal(good.includes('missed'), false)
  assert.match(bad, /^archive +2 s +1 s +2 +ratio <= 1 +Portage's own gpkg {2}missed$/)
  assert.equal(paint(header(), false).indexOf('goal'), bad.indexOf('ratio <= 1'))
})

test('every goal is a bound', () => {
  for (const [name, goal] of Object.entries(GOALS))
    assert.equal(Number(goal.most === undefined) + Number(goal.least === undefined), 1, name)
})
