/**
 * Repositories are those that Portage would take, and an ebuild's digests follow every file that it is made of.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { sha256Hex } from '../../src/base/canonical.ts'
import { HostError } from '../../src/base/errors.ts'
import { digestEbuild, findEclass } from '../../src/portage/ebuild.ts'
import { digestFiles } from '../../src/portage/sources.ts'
import { readRepos, type Repository } from '../../src/portage/repos.ts'
import { type Files, rootWith } from './tree.ts'

const GENTOO: Files = {
  'usr/share/portage/config/repos.conf': '[DEFAULT]\nmain-repo = gentoo\n\n[gentoo]\nlocation = /var/db/repos/gentoo\nsync-type = rsync\n',
  'var/db/repos/gentoo/profiles/repo_name': 'gentoo\n',
  'var/db/repos/gentoo/metadata/layout.conf': 'masters =\n# a comment\nuse-manifests = false\n',
}
const OWN: Files = {
  'etc/portage/repos.conf/own.conf': '[own]\nlocation = /var/db/repos/own\npriority = 50\n',
  'var/db/repos/own/profiles/repo_name': 'own\n',
  'var/db/repos/own/metadata/layout.conf': 'masters = gentoo\n',
}

const foldersOf = (repos: ReadonlyMap<string, Repository>, name: string, root: string): string[] =>
  (repos.get(name)?.eclassFolders ?? []).map((folder) => folder.slice(root.length))

test('the main repository and one on top of it', (t) => {
  const root = rootWith(t, { ...GENTOO, ...OWN })
  const repos = readRepos(root)
  assert.deepEqual([...repos.keys()], ['gentoo', 'own'])
  assert.deepEqual(
    [...repos.values()].map(({ location, masters }) => [location, masters]),
    [
      ['/var/db/repos/gentoo', []],
      ['/var/db/repos/own', ['gentoo']],
    ],
  )
  assert.deepEqual(foldersOf(repos, 'own', root), ['/var/db/repos/gentoo/eclass', '/var/db/repos/own/eclass'])
})

test('repos.conf may be one file, and says more than the one that Portage brings', (t) => {
  const root = rootWith(t, {
    ...GENTOO,
    'etc/portage/repos.conf': '[gentoo]\nlocation = /srv/tree\n',
    'srv/tree/profiles/repo_name': 'gentoo\n',
  })
  assert.equal(readRepos(root).get('gentoo')?.location, '/srv/tree')
})

test('files of a folder count in order; hidden ones, copies of editors and version control do not', (t) => {
  const files = {
    'etc/portage/repos.conf/10.conf': '[gentoo]\nlocation = /srv/a\n',
    'etc/portage/repos.conf/20/x': '[gentoo]\nlocation = /srv/b\n',
    'etc/portage/repos.conf/.hidden': '[gentoo]\nlocation = /srv/c\n',
    'etc/portage/repos.conf/30.conf~': '[gentoo]\nlocation = /srv/c\n',
    'etc/portage/repos.conf/CVS/x': '[gentoo]\nlocation = /srv/c\n',
  }
  const trees = Object.fromEntries(['a', 'b', 'c'].map((name) => [`srv/${name}/profiles/repo_name`, 'gentoo\n']))
  assert.equal(readRepos(rootWith(t, { ...GENTOO, ...files, ...trees })).get('gentoo')?.location, '/srv/b')
})

const LEFT_OUT: readonly [string, Files][] = [
  ['no such folder', { 'etc/portage/repos.conf': '[x]\nlocation = /none\n' }],
  ['no location', { 'etc/portage/repos.conf': '[x]\nsync-type = git\n' }],
  ['another name inside', { 'etc/portage/repos.conf': '[x]\nlocation = /srv/x\n', 'srv/x/profiles/repo_name': 'y\n' }],
  ['a location that is a file', { 'etc/portage/repos.conf': '[x]\nlocation = /srv/x\n', 'srv/x': '' }],
]

for (const [what, files] of LEFT_OUT) {
  test(`left out, as Portage does: ${what}`, (t) => {
    assert.deepEqual([...readRepos(rootWith(t, { ...GENTOO, ...files })).keys()], ['gentoo'])
  })
}

test('an alias, a name from layout.conf, an implied master, overrides of masters and of eclasses', (t) => {
  const root = rootWith(t, {
    ...GENTOO,
    ...OWN,
    'etc/portage/repos.conf/x.conf':
      '[x]\nlocation = /srv/x\n[old]\nlocation = /srv/old\naliases = old\n[top]\nlocation = /srv/top\nmasters = own\neclass-overrides = x\n',
    'srv/x/metadata/layout.conf': 'repo-name = x\n',
    'srv/old/profiles/repo_name': 'new\n',
    'srv/top/metadata/layout.conf': 'masters = gentoo missing\n',
    'srv/top/profiles/repo_name': 'top\n',
  })
  const repos = readRepos(root)
  assert.deepEqual([...repos.keys()].toSorted(), ['gentoo', 'new', 'own', 'top', 'x'])
  assert.deepEqual(repos.get('x')?.masters, ['gentoo'])
  assert.deepEqual(foldersOf(repos, 'top', root), ['/var/db/repos/own/eclass', '/srv/top/eclass', '/srv/x/eclass'])
})

test('a location that is a link is named by where it leads, as in the name of the cache', (t) => {
  const root = rootWith(t, {
    ...GENTOO,
    'etc/portage/repos.conf': '[x]\nlocation = /srv/x\n',
    'real/profiles/repo_name': 'x\n',
    'srv/': '',
  })
  symlinkSync('../real', join(root, 'srv/x'))
  assert.equal(readRepos(root).get('x')?.location, '/real')
})

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')
const EBUILD = 'EAPI=8\ninherit one two\n'
const TREE: Files = {
  'var/db/repos/gentoo/eclass/one.eclass': '# one\n',
  'var/db/repos/gentoo/eclass/two.eclass': '# two\n',
  'var/db/repos/own/app-misc/hello/hello-2.12-r1.ebuild': EBUILD,
}
const cpv = { category: 'app-misc', name: 'hello', version: '2.12-r1' }
const HERE = 'var/db/repos/own/metadata/md5-cache/app-misc/hello-2.12-r1'
const EDB = 'var/cache/edb/dep/var/db/repos/own/app-misc/hello-2.12-r1'
const inTree = (one = '# one\n', ebuild = EBUILD): string =>
  `EAPI=8\nSLOT=0\n_eclasses_=one\t${md5(one)}\ttwo\t${md5('# two\n')}\n_md5_=${md5(ebuild)}\n`
const inEdb = (one = '# one\n'): string => {
  const folder = '/var/db/repos/gentoo/eclass'
  return `EAPI=8\nKEYWORDS=~amd64\n_eclasses_=one\t${folder}\t${md5(one)}\ttwo\t${folder}\t${md5('# two\n')}\n_md5_=${md5(EBUILD)}\n`
}
const DIGESTS = { ebuild: sha256Hex(EBUILD), eclasses: { one: sha256Hex('# one\n'), two: sha256Hex('# two\n') } }

function digestsIn(root: string): { ebuild: string; eclasses: Readonly<Record<string, string>> } {
  const repository = readRepos(root).get('own')
  assert.ok(repository !== undefined)
  const { ebuild, eclasses } = digestEbuild({ root, repository, cpv, use: new Set() })
  return { ebuild, eclasses }
}

const unreadable = (error: unknown): boolean => error instanceof HostError && error.code === 'UNREADABLE'

for (const [what, files] of [
  ['the repository\u2019s own cache', { [HERE]: inTree() }],
  ['Portage\u2019s cache', { [EDB]: inEdb() }],
  ['Portage\u2019s cache where the repository\u2019s is stale', { [HERE]: inTree('# old\n'), [EDB]: inEdb() }],
  ['Portage\u2019s cache where the repository\u2019s is cut off', { [HERE]: 'EAPI=8\nSLO', [EDB]: inEdb() }],
] as const) {
  test(`digests by ${what}`, (t) => {
    assert.deepEqual(digestsIn(rootWith(t, { ...GENTOO, ...OWN, ...TREE, ...files })), DIGESTS)
  })
}

for (const [what, files] of [
  ['nothing is written down', {}],
  ['the ebuild was edited since', { [HERE]: inTree(undefined, 'EAPI=8\n') }],
  ['an eclass was edited since', { [HERE]: inTree('# old\n'), [EDB]: inEdb('# old\n') }],
  ['an entry names an eclass by a path', { [HERE]: `_eclasses_=../one\t${md5('x')}\n_md5_=${md5(EBUILD)}\n` }],
  ['an entry knows times only', { [EDB]: `_eclasses_=one\t/x\t1700000000\n_mtime_=1700000000\n` }],
] as const) {
  test(`no digests when ${what}`, (t) => {
    assert.throws(() => digestsIn(rootWith(t, { ...GENTOO, ...OWN, ...TREE, ...files })), unreadable)
  })
}

test('an ebuild without eclasses; what it says of itself comes along', (t) => {
  const root = rootWith(t, { ...GENTOO, ...OWN, ...TREE, [HERE]: `EAPI=8\nPROPERTIES=live\n_md5_=${md5(EBUILD)}\n` })
  const repository = readRepos(root).get('own')
  assert.ok(repository !== undefined)
  assert.deepEqual(digestEbuild({ root, repository, cpv, use: new Set() }), {
    ebuild: sha256Hex(EBUILD),
    eclasses: {},
    files: digestFiles(join(root, 'nothing')),
    distfiles: undefined,
    metadata: { EAPI: '8', PROPERTIES: 'live', _md5_: md5(EBUILD) },
  })
  assert.throws(() => digestEbuild({ root, repository, cpv: { ...cpv, version: '3' }, use: new Set() }), unreadable)
})

test('the repository\u2019s own eclass wins over its master\u2019s', (t) => {
  const root = rootWith(t, { ...GENTOO, ...OWN, ...TREE, 'var/db/repos/own/eclass/one.eclass': '# mine\n', [HERE]: inTree('# mine\n') })
  assert.equal(digestsIn(root).eclasses['one'], sha256Hex('# mine\n'))
  const repository = readRepos(root).get('own')
  assert.ok(repository !== undefined)
  assert.equal(findEclass(repository, 'one'), join(root, 'var/db/repos/own/eclass/one.eclass'))
  assert.equal(findEclass(repository, 'two'), join(root, 'var/db/repos/gentoo/eclass/two.eclass'))
  assert.equal(findEclass(repository, 'none'), undefined)
})
