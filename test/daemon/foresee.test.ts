/**
 * What gets no stand-in whatever anybody has is known before anybody is asked, with the reason of the one rule that says so.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { foresee, type ForeseeInput } from '../../src/daemon/foresee.ts'
import { hostMemory } from '../../src/daemon/hostView.ts'
import { withBlock } from '../../src/portage/hookblock.ts'
import { type Files, rootWith } from '../portage/tree.ts'

const TREE: Files = {
  'etc/portage/repos.conf': '[gentoo]\nlocation = /var/db/repos/gentoo\n',
  'var/db/repos/gentoo/profiles/repo_name': 'gentoo\n',
  'etc/portage/bashrc': withBlock(undefined, 'bashrc'),
  'etc/portage/make.profile/packages': '*sys-apps/sed\n',
}

interface Change {
  readonly files?: Files
  readonly metadata?: Readonly<Record<string, string>>
  readonly version?: string
  readonly category?: string
  readonly mergeType?: string
  readonly publicRepos?: readonly string[]
}

function inputIn(t: TestContext, change: Change): ForeseeInput {
  const { version = '1', category = 'app-misc', files = {}, metadata = {}, mergeType = 'source', publicRepos = ['gentoo'] } = change
  const family = { repository: 'gentoo', category, name: 'hello', version, chost: 'x86_64-pc-linux-gnu' }
  return {
    root: rootWith(t, { ...TREE, ...files }),
    wish: {
      cpv: `${category}/hello-${version}`,
      family,
      slot: '0/1',
      metadata: { LICENSE: 'GPL-2+ extra? ( unRAR )', ...metadata },
      recipe: Promise.resolve({ known: false, why: '', changed: false }),
    },
    mergeType,
    ownerPid: 0,
    builddir: `/var/tmp/portage/${category}/hello-${version}`,
    memory: hostMemory(),
    publicRepos,
  }
}

test('a package that nothing speaks against may be looked for', (t) => {
  const { reason, verdicts } = foresee(inputIn(t, {}))
  assert.equal(reason, undefined, JSON.stringify(verdicts))
  assert.ok(verdicts.every(({ passed }) => passed))
})

for (const [rule, change] of [
  ['hook', { files: { 'etc/portage/bashrc': '' } }],
  ['hook', { files: { 'etc/portage/bashrc': withBlock('[[ ${A} ]] && return\n', 'bashrc') } }],
  ['public-repository', { publicRepos: ['other'] }],
  ['source-merge', { mergeType: 'buildonly' }],
  ['slot-free', { files: { 'var/db/pkg/app-misc/hello-0.9/SLOT': '0/0.9\n' } }],
  ['not-vital', { category: 'sys-kernel' }],
  ['not-vital', { files: { 'etc/portage/profile/packages': '*app-misc/hello\n' } }],
  ['not-restricted', { metadata: { RESTRICT: 'mirror bindist' } }],
  ['not-restricted', { metadata: { RESTRICT: 'fetch' } }],
  ['not-live', { version: '9999' }],
  ['not-live', { metadata: { PROPERTIES: 'live' } }],
] as const)
  test(`${rule} is known before: ${JSON.stringify(change)}`, (t) => {
    const { reason, verdicts } = foresee(inputIn(t, change))
    assert.deepEqual(
      verdicts.filter(({ passed }) => !passed).map((verdict) => [verdict.rule, verdict.text]),
      [[rule, reason]],
    )
  })
