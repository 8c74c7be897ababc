/**
 * What an archive needs may be installed, stand in or be provided; what blocks or is blocked is named with who says so, both ways round.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { StrangerError } from '../../src/base/errors.ts'
import type { LiveStandin } from '../../src/daemon/live.ts'
import { blockersBetween, type InstalledBlockers, unmetOf, type NeedQuestion } from '../../src/daemon/needView.ts'
import type { Metadata } from '../../src/package/manifest.ts'
import { readInstalled } from '../../src/portage/vdb.ts'
import { addTo, type Files, rootWith } from '../portage/tree.ts'

const DB = 'var/db/pkg'
const INSTALLED: Files = {
  [`${DB}/dev-libs/icu-75.1/SLOT`]: '0/75.1\n',
  [`${DB}/dev-libs/icu-75.1/repository`]: 'gentoo\n',
  [`${DB}/app-misc/old-1/SLOT`]: '0\n',
}
const LIVE: LiveStandin = {
  cpv: 'dev-libs/live-2',
  candidate: { category: 'dev-libs', name: 'live', version: '2', slot: '0/2' },
  provides: new Map(),
  metadata: { RDEPEND: '!app-misc/blocked-by-live nls? ( !app-misc/self )', USE: '' },
}

interface Given {
  readonly files?: Files
  readonly metadata?: Metadata
  readonly live?: readonly LiveStandin[]
  readonly name?: string
}

function questionIn(t: TestContext, { files = {}, metadata = {}, live = [LIVE], name = 'self' }: Given): NeedQuestion {
  const root = rootWith(t, { ...INSTALLED, ...files })
  const candidate = { category: 'app-misc', name, version: '3', slot: '0/3', repository: 'gentoo' }
  const cache: InstalledBlockers = new WeakMap()
  const provided = [{ category: 'net-libs', name: 'nodejs', version: '24.0.0' }]
  return { cpv: `app-misc/${name}-3`, candidate, metadata, installed: readInstalled(root), live, provided, cache }
}

const rdepend = (text: string, USE = ''): Metadata => ({ RDEPEND: text, USE })

const UNMET: readonly [string, Metadata, readonly string[]][] = [
  ['nothing asked', {}, []],
  ['installed, with the slot it was bound to', rdepend('dev-libs/icu:0/75.1= dev-libs/icu:='), []],
  ['bound to another subslot than the one installed', rdepend('dev-libs/icu:0/74='), ['dev-libs/icu:0/74=']],
  ['a live stand-in', rdepend('>=dev-libs/live-2:0/2='), []],
  ['a live stand-in of another version', rdepend('>=dev-libs/live-3'), ['>=dev-libs/live-3']],
  ['provided', rdepend('>=net-libs/nodejs-22'), []],
  ['by the builder\u2019s flags', rdepend('nls? ( a/b ) X? ( c/d )', 'nls'), ['a/b']],
  ['build dependencies do not matter to run', { DEPEND: 'a/b', BDEPEND: 'a/b', PDEPEND: 'a/b' }, []],
]

for (const [what, metadata, unmet] of UNMET) test(`unmet, ${what}`, (t) => assert.deepEqual(unmetOf(questionIn(t, { metadata })), unmet))

const OLD = `${DB}/app-misc/old-1`
const BLOCKED: readonly [string, Given, readonly string[]][] = [
  ['nobody', { metadata: rdepend('!app-misc/other dev-libs/icu') }, []],
  ['it blocks an installed one', { metadata: rdepend('!<app-misc/old-2') }, ['it blocks app-misc/old-1 (!<app-misc/old-2)']],
  [
    'it blocks an installed one while it is built',
    { metadata: { BDEPEND: '!!app-misc/old' } },
    ['it blocks app-misc/old-1 (!!app-misc/old)'],
  ],
  ['it blocks another slot', { metadata: rdepend('!app-misc/old:2') }, []],
  ['it blocks with a flag that is off', { metadata: rdepend('nls? ( !app-misc/old )') }, []],
  ['it blocks a live one', { metadata: rdepend('!dev-libs/live:0') }, ['it blocks dev-libs/live-2 (!dev-libs/live:0)']],
  [
    'an installed one blocks it',
    { files: { [`${OLD}/RDEPEND`]: 'a/b !<app-misc/self-4:0/3\n' } },
    ['app-misc/old-1 blocks it (!<app-misc/self-4:0/3)'],
  ],
  [
    'an installed one blocks it after its merge',
    { files: { [`${OLD}/PDEPEND`]: '!!app-misc/self\n' } },
    ['app-misc/old-1 blocks it (!!app-misc/self)'],
  ],
  ['an installed one blocks another version', { files: { [`${OLD}/RDEPEND`]: '!<app-misc/self-3\n' } }, []],
  ['an installed one blocked it while it was built', { files: { [`${OLD}/DEPEND`]: '!app-misc/self\n' } }, []],
  ['a live one blocks it', { name: 'blocked-by-live' }, ['dev-libs/live-2 blocks it (!app-misc/blocked-by-live)']],
  [
    'what cannot be read names it',
    { files: { [`${OLD}/RDEPEND`]: '( !app-misc/self\n' } },
    ['app-misc/old-1 names it in dependencies that cannot be read'],
  ],
  ['what cannot be read names others', { files: { [`${OLD}/RDEPEND`]: '( !app-misc/else\n' } }, []],
]

for (const [what, given, blockers] of BLOCKED)
  test(`blockers, ${what}`, (t) => assert.deepEqual(blockersBetween(questionIn(t, given)), blockers))

test('dependencies of an archive that are none are a stranger\u2019s fault', (t) => {
  const question = questionIn(t, { metadata: rdepend('( a/b !c/d') })
  for (const ask of [() => unmetOf(question), () => blockersBetween(question)])
    assert.throws(ask, (error) => error instanceof StrangerError && error.code === 'SCHEMA')
})

test('an installed package is read once, and again when it has changed', (t) => {
  const root = rootWith(t, { ...INSTALLED, [`${OLD}/RDEPEND`]: '!app-misc/self\n' })
  const cache = new Map()
  const question = { ...questionIn(t, {}), installed: readInstalled(root, cache) }
  assert.equal(blockersBetween(question).length, 1)
  addTo(root, { [`${OLD}/RDEPEND`]: '\n' })
  assert.equal(
    blockersBetween({ ...question, installed: readInstalled(root, cache) }).length,
    1,
    'Portage renames; a file written over is not seen',
  )
  addTo(root, { [`${OLD}/other`]: '' })
  assert.deepEqual(blockersBetween({ ...question, installed: readInstalled(root, cache) }), [])
})
