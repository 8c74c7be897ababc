/**
 * A host view says of this host what its parts say, all of it, and fails rather than leave a rule without an answer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { StandinError } from '../../src/base/errors.ts'
import { hostMemory, hostViewOf, type HostViewInput, marchOf, warmHost } from '../../src/daemon/hostView.ts'
import type { Metadata } from '../../src/package/manifest.ts'
import { addTo, type Files, rootWith } from '../portage/tree.ts'

const DB = 'var/db/pkg'
const TREE: Files = {
  'etc/portage/repos.conf': '[gentoo]\nlocation = /var/db/repos/gentoo\n',
  'var/db/repos/gentoo/profiles/repo_name': 'gentoo\n',
  'var/db/repos/gentoo/metadata/md5-cache/a/queued-1': 'EAPI=8\nBDEPEND=dev-util/tool\nDEPEND=dev-libs/lib\n',
  'etc/portage/make.profile/packages': '*sys-apps/sed\n',
  'etc/portage/profile/package.provided/mine': '# comment\nnet-libs/nodejs-24.0.0\n',
  'var/cache/edb/mtimedb': JSON.stringify({
    resume: {
      mergelist: [
        ['ebuild', '/', 'app-misc/hello-1', 'merge'],
        ['ebuild', '/', 'a/queued-1', 'merge'],
      ],
    },
  }),
  [`${DB}/app-misc/hello-0.9/SLOT`]: '0.9\n',
  [`${DB}/dev-libs/icu-75.1/SLOT`]: '0/75.1\n',
  [`${DB}/dev-libs/icu-75.1/PROVIDES`]: 'x86_64: libicu.so.75\n',
  [`${DB}/dev-libs/icu-75.1/RDEPEND`]: '!<app-misc/hello-2\n',
  'proc/cpuinfo': 'processor\t: 0\nflags\t\t: sse2 avx2\n',
}

function inputIn(t: TestContext, metadata: Metadata = {}, files: Files = {}): HostViewInput {
  const root = rootWith(t, { ...TREE, ...files })
  const family = { repository: 'gentoo', category: 'app-misc', name: 'hello', version: '1', chost: 'x86_64-pc-linux-gnu' }
  const unknown = { known: false, why: 'user patches', changed: true } as const
  return {
    root,
    procRoot: join(root, 'proc'),
    wish: { cpv: 'app-misc/hello-1', family, slot: '0/1', metadata: {}, recipe: Promise.resolve(unknown) },
    recipe: unknown,
    manifest: { standin: 'manifest-1', metadata: { SLOT: '0/1', ...metadata }, records: [], contentId: '0'.repeat(64) },
    facts: new Map(),
    memory: hostMemory(),
    ownerPid: 0,
    glibc: '2.41',
    liveBytes: 7,
    live: [
      {
        cpv: 'dev-libs/live-2',
        candidate: { category: 'dev-libs', name: 'live', version: '2', slot: '0' },
        provides: new Map([['x86_64', new Set(['liblive.so.2'])]]),
        metadata: {},
      },
    ],
  }
}

test('all that is known of the host is there', (t) => {
  const input = inputIn(t, { RDEPEND: 'dev-libs/icu:0/75.1= dev-libs/live >=net-libs/nodejs-22 a/missing' })
  const view = hostViewOf(input)
  assert.deepEqual(view.installedSlots, ['0.9'])
  assert.deepEqual(view.provides, new Map([['x86_64', new Set(['libicu.so.75', 'liblive.so.2'])]]))
  assert.deepEqual([...view.vital.keys()], ['sys-apps/sed', 'sys-apps/portage'])
  assert.deepEqual(view.queue, { tools: new Set(['dev-util/tool']), dependencies: new Set(['dev-libs/lib']) })
  assert.deepEqual(view.blockers, ['dev-libs/icu-75.1 blocks it (!<app-misc/hello-2)'])
  assert.deepEqual(view.unmet, ['a/missing'])
  assert.deepEqual([...view.cpuFlags], ['sse2', 'avx2'])
  assert.deepEqual(view.userChanges, ['user patches'])
  assert.deepEqual([view.glibc, view.liveBytes, view.strangeLicences, view.live], ['2.41', 7, [], false])
})

test('what was read before is used, and what has changed since is seen', (t) => {
  const input = inputIn(t)
  warmHost(input.root, input.memory)
  assert.equal(hostViewOf(input).blockers.length, 1)
  addTo(input.root, { [`${DB}/app-misc/other-1/RDEPEND`]: '!app-misc/hello\n', [`${DB}/app-misc/hello-1.1/SLOT`]: '0\n' })
  const view = hostViewOf(input)
  assert.equal(view.blockers.length, 2)
  assert.deepEqual(view.installedSlots, ['0.9', '0'])
})

for (const [what, metadata, files] of [
  ['a profile without its parent', {}, { 'etc/portage/make.profile/parent': '../none\n' }],
  ['a broken queue', {}, { 'var/cache/edb/mtimedb': '{' }],
  ['an archive whose dependencies are none', { RDEPEND: 'a/b )' }, {}],
] as const) {
  test(`${what} is an error, and no view without it`, (t) => {
    assert.throws(() => hostViewOf(inputIn(t, metadata, files)), StandinError)
  })
}

for (const [flags, march] of [
  ['-O2', undefined],
  ['-march=haswell -O2 -march=skylake -msgx', 'skylake'],
  ['-march=znver3 -mno-avx2', undefined],
  ['-march=znver3 -madx -mno-tbm', undefined],
] as const)
  test(`a copy for ${march ?? 'no CPU at all'} fits without more to a host with ${flags}`, () =>
    assert.equal(marchOf(flags.split(' ')), march))
