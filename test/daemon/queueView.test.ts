/**
 * What waits in Portage's queue forbids its tools and what it is built against, in whatever repository it is, and no longer than it may be built.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { rmSync } from 'node:fs'
import { test, type TestContext } from 'node:test'
import { HostError } from '../../src/base/errors.ts'
import { queueMemory, type QueueMemory, queueOf } from '../../src/daemon/queueView.ts'
import { readRepos } from '../../src/portage/repos.ts'
import { addTo, type Files, rootWith } from '../portage/tree.ts'

const OWNER = 20
const MTIMEDB = 'var/cache/edb/mtimedb'
const cacheOf = (repository: string, cpv: string): string => `var/db/repos/${repository}/metadata/md5-cache/${cpv}`
const TREE: Files = {
  'etc/portage/repos.conf': '[gentoo]\nlocation = /var/db/repos/gentoo\n[own]\nlocation = /var/db/repos/own\n',
  'var/db/repos/gentoo/profiles/repo_name': 'gentoo\n',
  'var/db/repos/own/profiles/repo_name': 'own\n',
  [cacheOf('gentoo', 'a/one-1')]:
    'EAPI=8\nBDEPEND=dev-util/tool test? ( dev-util/tester )\nIDEPEND=app-misc/setter\nDEPEND=dev-libs/lib:= !dev-libs/blocked\nRDEPEND=a/run\n',
  [cacheOf('gentoo', 'a/two-2')]: 'EAPI=7\nDEPEND=|| ( dev-libs/either dev-libs/or )\n',
  [cacheOf('own', 'a/two-2')]: 'EAPI=8\nBDEPEND=dev-util/own\n',
  'var/cache/edb/dep/var/db/repos/own/a/three-3': 'EAPI=6\nDEPEND=dev-util/early\n',
  'var/db/repos/own/x': '',
  'proc/1/cmdline': 'init\0',
  [`proc/${OWNER}/cmdline`]: 'python3\0/usr/bin/emerge\0a/one\0',
}
const BESIDE: Files = { 'proc/30/cmdline': 'python3\0/usr/bin/emerge\0x\0', 'proc/30/stat': '30 (emerge) S 1 1' }

type Entry = readonly [string, string, string?]
const listOf = (...entries: readonly (Entry | string)[]): { mergelist: unknown[] } => ({
  mergelist: entries.map((entry) =>
    typeof entry === 'string' ? ['ebuild', '/', entry, 'merge'] : [entry[0], '/', entry[1], entry[2] ?? 'merge'],
  ),
})
const queue = (resume?: object, backup?: object): Files => ({
  [MTIMEDB]: JSON.stringify({ version: '3', ...(resume && { resume }), ...(backup && { resume_backup: backup }) }),
})

function rootFor(t: TestContext, files: Files): string {
  return rootWith(t, { ...TREE, ...files })
}

function ask(root: string, cpv: string, memory: QueueMemory = queueMemory()): { tools: string[]; dependencies: string[] } {
  const found = queueOf({ root, procRoot: join(root, 'proc'), repos: readRepos(root), cpv, ownerPid: OWNER, memory })
  return { tools: [...found.tools].toSorted(), dependencies: [...found.dependencies].toSorted() }
}

const NOTHING = { tools: [], dependencies: [] }
const ONE = { tools: ['app-misc/setter', 'dev-util/tester', 'dev-util/tool'], dependencies: ['dev-libs/lib'] }

const CASES: readonly [string, Files, { tools: readonly string[]; dependencies: readonly string[] }][] = [
  ['no file', {}, NOTHING],
  ['an empty file', { [MTIMEDB]: '' }, NOTHING],
  ['nothing queued', queue(), NOTHING],
  ['itself alone', queue(listOf('a/self-1')), NOTHING],
  ['another package, with all its flags', queue(listOf('a/self-1', 'a/one-1')), ONE],
  [
    'one that two repositories have',
    queue(listOf('a/two-2')),
    { tools: ['dev-util/own'], dependencies: ['dev-libs/either', 'dev-libs/or'] },
  ],
  [
    'one of before BDEPEND, in Portage\u2019s own cache',
    queue(listOf('a/three-3')),
    { tools: ['dev-util/early'], dependencies: ['dev-util/early'] },
  ],
  ['a binary package: nothing is built', queue(listOf(['binary', 'a/one-1'])), { tools: ['app-misc/setter'], dependencies: [] }],
  ['one that is only taken away', queue(listOf(['ebuild', 'a/one-1', 'uninstall'])), NOTHING],
  ['one that no repository has, or that is no package', queue(listOf('a/gone-1', 'nothing', '../../x-1')), NOTHING],
  ['a list of long ago', queue(listOf('a/self-1'), listOf('a/one-1')), NOTHING],
  ['the list of an emerge beside it', { ...queue(listOf('a/self-1'), listOf('a/one-1')), ...BESIDE }, ONE],
]

for (const [what, files, names] of CASES) {
  test(what, (t) => assert.deepEqual(ask(rootFor(t, files), 'a/self-1'), names))
}

test('what is merged meanwhile forbids nothing any more, and a new queue is seen at once', (t) => {
  const root = rootFor(t, queue(listOf('a/self-1', 'a/one-1')))
  const memory = queueMemory()
  assert.deepEqual(ask(root, 'a/self-1', memory), ONE)
  addTo(root, queue(listOf('a/self-1')))
  assert.deepEqual(ask(root, 'a/self-1', memory), NOTHING)
  assert.equal(memory.needs.size, 0)
  addTo(root, queue(listOf('a/self-1', 'a/one-1', 'a/self-2')))
  assert.deepEqual(ask(root, 'a/self-1', memory), ONE)
})

test('an unchanged queue is not read again', (t) => {
  const root = rootFor(t, queue(listOf('a/one-1')))
  const memory = queueMemory()
  assert.deepEqual(ask(root, 'a/self-1', memory), ONE)
  rmSync(join(root, cacheOf('gentoo', 'a/one-1')))
  assert.deepEqual(ask(root, 'a/self-1', memory), ONE)
})

test('an emerge that began anew has its ebuilds read anew', (t) => {
  const root = rootFor(t, queue(listOf('a/self-1', 'a/one-1')))
  const memory = queueMemory()
  assert.deepEqual(ask(root, 'a/self-1', memory), ONE)
  addTo(root, { ...queue(listOf('a/one-1', 'a/self-1')), [cacheOf('gentoo', 'a/one-1')]: 'EAPI=8\nBDEPEND=dev-util/newer\n' })
  assert.deepEqual(ask(root, 'a/self-1', memory), { tools: ['dev-util/newer'], dependencies: [] })
})

test('a list that another emerge has written over counts as long as that one runs', (t) => {
  const root = rootFor(t, { ...queue(listOf('a/self-1', 'a/one-1')), ...BESIDE })
  const memory = queueMemory()
  ask(root, 'a/self-1', memory)
  addTo(root, queue(listOf('a/other-1')))
  assert.deepEqual(ask(root, 'a/self-1', memory), ONE)
  rmSync(join(root, 'proc/30'), { recursive: true })
  assert.deepEqual(ask(root, 'a/self-1', memory), NOTHING)
  addTo(root, BESIDE)
  assert.deepEqual(ask(root, 'a/self-1', memory), NOTHING)
})

for (const [what, files] of [
  ['a queue that is no JSON', { [MTIMEDB]: '{' }],
  ['a queue of another shape', { [MTIMEDB]: '{"resume":{"mergelist":[1]}}' }],
  ['dependencies that are none', { ...queue(listOf('a/one-1')), [cacheOf('own', 'a/one-1')]: 'BDEPEND=( a/b\n' }],
] as const) {
  test(`${what}: nobody knows what a build may find, so nothing is let through`, (t) => {
    assert.throws(
      () => ask(rootFor(t, files), 'a/self-1'),
      (error) => error instanceof HostError && error.code === 'UNREADABLE',
    )
  })
}
