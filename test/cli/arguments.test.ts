/**
 * Command lines: what is understood, and what is refused as wrong usage.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { UserError } from '../../src/base/errors.ts'
import { parseArguments } from '../../src/cli/arguments.ts'

const TAKEN: readonly [string, { command: string; flags?: string[]; atoms?: string[]; colour?: string; rest?: string[] }][] = [
  ['status', { command: 'status' }],
  ['status --watch', { command: 'status', flags: ['watch'] }],
  ['--json status', { command: 'status', flags: ['json'] }],
  ['-qp purge --all', { command: 'purge', flags: ['quiet', 'pretend', 'all'] }],
  ['purge =app-misc/hello-1 >=b/c-2', { command: 'purge', atoms: ['=app-misc/hello-1', '>=b/c-2'] }],
  ['list', { command: 'list' }],
  ['list -v hello', { command: 'list', flags: ['verbose'], atoms: ['hello'] }],
  ['list -- hello', { command: 'list', atoms: ['hello'] }],
  ['--color yes list', { command: 'list', colour: 'yes' }],
  ['list --color=no', { command: 'list', colour: 'no' }],
  ['list --color=y', { command: 'list', colour: 'yes' }],
  ['list --color auto', { command: 'list', colour: 'auto' }],
  ['hook --enable -p', { command: 'hook', flags: ['enable', 'pretend'] }],
  ['why --help', { command: 'why', flags: ['help'] }],
  ['purge -h', { command: 'purge', flags: ['help'] }],
  ['daemon', { command: 'daemon' }],
  ['daemon --foreground -v x', { command: 'daemon', rest: ['--foreground', '-v', 'x'] }],
  ['-p daemon --help --x', { command: 'daemon', flags: ['pretend'], rest: ['--help', '--x'] }],
  ['daemon --help', { command: 'daemon', flags: ['help'] }],
]

for (const [line, { command, flags = [], atoms = [], colour, rest = [] }] of TAKEN) {
  test(`taken: standin ${line}`, () => {
    assert.deepEqual(parseArguments(line.split(' ')), { command, atoms, flags: new Set(flags), colour, rest })
  })
}

const REFUSED = [
  '',
  '--json',
  '--frob',
  'frob',
  'status --frob',
  'status --all',
  'status hello',
  'status --watch=yes',
  'status --json=1',
  'why',
  'purge',
  'purge --all hello',
  'purge --watch hello',
  'hook',
  'hook --enable --disable',
  'hook --enable hello',
  'hook --status --pretend',
  'key hello',
  'doctor hello',
  'list --color',
  'list --color=blue',
  'list -q -v',
  'list -x',
]

for (const line of REFUSED) {
  test(`refused: standin ${line}`, () => {
    const words = line === '' ? [] : line.split(' ')
    assert.throws(() => parseArguments(words), { name: 'UserError', code: 'USAGE' })
  })
}

test('any words are either understood or wrong usage', () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom('status', 'list', 'purge', 'daemon', '--', '-', '--all', '-p', '--color', '--json', '--='),
  )
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (words) => {
      try {
        parseArguments(words)
      } catch (error) {
        assert.ok(error instanceof UserError && error.code === 'USAGE', String(error))
      }
    }),
  )
})
