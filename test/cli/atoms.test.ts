/**
 * Which packages atoms mean, and how a short name that fits two of them is refused.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { meant } from '../../src/cli/atoms.ts'

const ALL = [
  { cpv: 'app-misc/hello-2.12', slot: '0', repository: 'gentoo' },
  { cpv: 'app-misc/hello-2.13-r1', slot: '0', repository: 'mine' },
  { cpv: 'dev-lang/lua-5.4.6', slot: '5.4/5.4.6', repository: 'gentoo' },
  { cpv: 'test-misc/lua-1', slot: '', repository: '' },
  { cpv: 'no version', slot: '0', repository: 'gentoo' },
]

const MEANT: readonly [string[], string[]][] = [
  [[], ALL.map(({ cpv }) => cpv)],
  [['hello'], ['app-misc/hello-2.12', 'app-misc/hello-2.13-r1']],
  [['app-misc/hello'], ['app-misc/hello-2.12', 'app-misc/hello-2.13-r1']],
  [['=app-misc/hello-2.12'], ['app-misc/hello-2.12']],
  [['>hello-2.12'], ['app-misc/hello-2.13-r1']],
  [['hello::mine'], ['app-misc/hello-2.13-r1']],
  [['dev-lang/lua:5.4'], ['dev-lang/lua-5.4.6']],
  [
    ['test-misc/lua', '=hello-2.12'],
    ['app-misc/hello-2.12', 'test-misc/lua-1'],
  ],
]

for (const [atoms, cpvs] of MEANT) {
  test(`${atoms.join(' ') || 'no atom'} means ${cpvs.join(' ')}`, () => {
    assert.deepEqual(
      meant(atoms, ALL, 'nothing').map(({ cpv }) => cpv),
      cpvs,
    )
  })
}

const REFUSED: readonly [string[], string, RegExp][] = [
  [['lua'], 'AMBIGUOUS', /"lua".*dev-lang\/lua test-misc\/lua$/],
  [['>=lua-5'], 'AMBIGUOUS', /dev-lang\/lua test-misc\/lua$/],
  [['nano'], 'NOT_FOUND', /^nothing matches "nano"$/],
  [['=app-misc/hello-3'], 'NOT_FOUND', /^nothing matches/],
  [['test-misc/lua:0'], 'NOT_FOUND', /^nothing matches/],
  [['hello', 'nano'], 'NOT_FOUND', /"nano"/],
  [['app-misc/hello-2.12'], 'BAD_ATOM', /operator/],
  [['@world'], 'BAD_ATOM', /set/],
  [['/usr/bin/hello'], 'BAD_ATOM', /path/],
  [['hello', '!hello'], 'BAD_ATOM', /blocker/],
]

for (const [atoms, code, message] of REFUSED) {
  test(`${atoms.join(' ')} is ${code}`, () => {
    assert.throws(() => meant(atoms, ALL, 'nothing'), { name: 'UserError', code, message })
  })
}
