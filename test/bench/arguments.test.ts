import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UserError } from '../../src/base/errors.ts'
import { askedOf } from './arguments.ts'

const KNOWN = ['one', 'two', 'three'] as const

test('without a name it is everything', () => {
  assert.deepEqual(askedOf([], KNOWN), { measurements: ['one', 'two', 'three'], json: false, runs: undefined })
})

test('names are measured once each, in the order of the list', () => {
  assert.deepEqual(askedOf(['three', '--json', 'one', 'one', '--runs', '5'], KNOWN), {
    measurements: ['one', 'three'],
    json: true,
    runs: 5,
  })
})

for (const argv of [['four'], ['--runs', '0'], ['--runs', '1.5'], ['--runs', 'many'], ['--runs'], ['--jsn']]) {
  test(`refused: ${argv.join(' ')}`, () => {
    assert.throws(
      () => askedOf(argv, KNOWN),
      (error) => error instanceof UserError && error.code === 'USAGE' && error.message.includes('one | two | three'),
    )
  })
}
