/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { whyAwaitsRebuild, whyNobody, whyPrivate } from '../../src/daemon/staysHome.ts'

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
  assert.match(whyNobody({ callers: null }) ?? '', /^who typed emerge could not be read/)
  assert.equal(whyNobody({ callers: [] }), undefined)
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
