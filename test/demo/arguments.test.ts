import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UserError } from '../../src/base/errors.ts'
import { askedOf } from './arguments.ts'

test('without arguments it is hello, for a person', () => {
  assert.deepEqual(askedOf([]), { package: 'app-misc/hello', command: ['hello'], json: false })
})

test('a program is run by the name of its package, unless that would wait for somebody to type', () => {
  assert.deepEqual(askedOf(['--package', 'test-misc/big', '--json']), { package: 'test-misc/big', command: ['big'], json: true })
  assert.deepEqual(askedOf(['--package=app-editors/nano']).command, ['nano', '--version'])
})

const WRONG: readonly (readonly string[])[] = [
  ['--package', 'hello'],
  ['--package', '=app-misc/hello-2.10'],
  ['--package', '../../etc/passwd'],
  ['--package', 'app-misc/..'],
  ['--package', 'app-misc/hello;reboot'],
  ['--package'],
  ['--jsn'],
  ['hello'],
]
for (const argv of WRONG) {
  test(`refused: ${argv.join(' ')}`, () => {
    assert.throws(
      () => askedOf(argv),
      (error) => error instanceof UserError && error.code === 'USAGE' && error.message.includes('usage: npm run demo'),
    )
  })
}
