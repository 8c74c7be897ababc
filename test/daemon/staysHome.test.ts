/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Feature } from '../../src/portage/features.ts'
import { whyAwaitsRebuild, whyPrivate, whySwitchedOff, whyUnsearched } from '../../src/daemon/staysHome.ts'
import { building } from './support/building.ts'

const FAMILY = { repository: 'gentoo', category: 'app-misc', name: 'hello', version: '2.10', chost: 'x86_64-pc-linux-gnu' }

interface Case {
  readonly repository?: string
  readonly restrict?: string
  readonly packer?: string
  readonly says?: RegExp
}

const CASES: readonly Case[] = [
  {},
  { packer: '' },
  { packer: 'pbzip2' },
  { packer: '/usr/bin/zstd -19' },
  { packer: 'lzma' },
  { packer: 'lzip', says: /^PORTAGE_COMPRESS="lzip": .* can't be searched/ },
  { packer: '/opt/bin/lz4', says: /can't be searched/ },
  { restrict: 'mirror bindist', says: /^RESTRICT="bindist"/ },
  { restrict: 'fetch', says: /^RESTRICT="fetch"/ },
  { restrict: 'test' },
  { repository: 'mine', says: /^publish_repos does not name repository mine$/ },
]

for (const one of CASES) {
  test(`whether it stays at home: ${JSON.stringify(one)}`, () => {
    const wish = { metadata: { RESTRICT: one.restrict ?? '' }, family: { ...FAMILY, repository: one.repository ?? 'gentoo' } }
    const why = whyPrivate({ publish_repos: ['gentoo'] }, wish, one.packer === undefined ? {} : { PORTAGE_COMPRESS: one.packer })
    if (one.says === undefined) assert.equal(why, undefined)
    else assert.match(why ?? '', one.says)
  })
}

test('a build of which nobody knows who typed it stays at home; one that a service typed does not', () => {
  const names = { hosts: ['mimas'], domains: [], people: [] }
  assert.match(whyUnsearched({ callers: null, names }) ?? '', /^who typed emerge could not be read/)
  assert.equal(whyUnsearched({ callers: [], names }), undefined)
})

test('a build of which nobody knows what its host was called when it began stays at home', () => {
  const unknown = 'what this host and the people on it were called when the build began is not known'
  assert.equal(whyUnsearched({ callers: [] }), `${unknown}, so it was not searched for that`)
  assert.equal(whyUnsearched({ callers: [], names: { why: 'too many' } }), `${unknown} (too many), so it was not searched for that`)
})

test('a build that may have been changed is not signed while a dispute about its recipe is open', () => {
  const [open, over] = [{ state: 'open' }, { state: 'resolved' }] as const
  assert.match(whyAwaitsRebuild([over, open], true) ?? '', /^it may have been changed .* waits for the clean rebuild$/)
  for (const [disputes, changed] of [
    [[over, open], false],
    [[over], true],
    [[{ state: 'accuses' }], true],
    [[], true],
  ] as const)
    assert.equal(whyAwaitsRebuild(disputes, changed), undefined)
})

const ON: ReadonlySet<Feature> = new Set(['publish'])
const OFF: ReadonlySet<Feature> = new Set()

test('what was switched off since the build began stays at home; that nobody could say is said otherwise', async () => {
  for (const [general, own, why] of [
    [ON, undefined, undefined],
    [OFF, [ON], undefined],
    [OFF, [OFF], 'publish is not in STANDIN_FEATURES any more'],
    [OFF, undefined, 'Portage does not say whether publish is still in STANDIN_FEATURES'],
  ] as const) {
    const asked = { general: async () => ({ features: general }), ofPackages: async () => own }
    const features = { ...asked, warm: () => undefined, of: () => Promise.reject(new Error('nobody asks')) }
    assert.equal(await whySwitchedOff({ features }, building({})), why)
    assert.equal(await whySwitchedOff({ features }, building({ publish: false })), 'publish is not in STANDIN_FEATURES')
  }
})
