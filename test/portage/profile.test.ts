/**
 * @system is what the chain of profiles says after each has added and taken away, whichever way a parent is named.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { HostError } from '../../src/base/errors.ts'
import { profileFolders, systemPackages } from '../../src/portage/profile.ts'
import { readRepos } from '../../src/portage/repos.ts'
import { type Files, rootWith } from './tree.ts'

const G = 'var/db/repos/gentoo/profiles'
const O = 'var/db/repos/own/profiles'
const TREE: Files = {
  'etc/portage/repos.conf':
    '[DEFAULT]\nmain-repo = gentoo\n[gentoo]\nlocation = /var/db/repos/gentoo\n[own]\nlocation = /var/db/repos/own\n',
  [`${G}/repo_name`]: 'gentoo\n',
  [`${O}/repo_name`]: 'own\n',
  [`${G}/base/packages`]:
    '# comment\n*sys-apps/baselayout\n*>=sys-apps/util-linux-2:0 # why\n*virtual/editor\n*sys-apps/net-tools\nsys-apps/listed\n\n',
  [`${G}/arch/packages`]: '-*sys-apps/net-tools\n-*virtual/never\n*!sys-apps/blocked\n*not an atom\n*sys-devel/gcc[cxx]\n',
  [`${G}/arch/parent`]: '../base\n',
  [`${O}/desktop/packages`]: '*app-shells/own\n',
  [`${O}/desktop/parent`]: 'gentoo:arch\n:common # beside it\n',
  [`${O}/common/packages`]: '-*virtual/editor\n*app-misc/common\n',
}
const BASE = ['sys-apps/baselayout', 'sys-apps/util-linux', 'virtual/editor', 'sys-apps/net-tools']

function rootOn(t: TestContext, profile: string, files: Files = {}): string {
  const root = rootWith(t, { ...TREE, ...files })
  symlinkSync(`../../${profile}`, join(root, 'etc/portage/make.profile'))
  return root
}

const systemOf = (root: string): string[] => [...systemPackages({ root, repos: readRepos(root) })]
const foldersOf = (root: string): string[] =>
  profileFolders({ root, repos: readRepos(root) }).map((folder) => folder.slice(root.length + 1))
const unreadable = (error: unknown): boolean => error instanceof HostError && error.code === 'UNREADABLE'

test('one profile: what has a *, and nothing else', (t) => {
  assert.deepEqual(systemOf(rootOn(t, `${G}/base`)), BASE)
})

test('a profile takes away what its parent named, and only that very line', (t) => {
  const root = rootOn(t, `${G}/arch`, {
    [`${G}/arch/packages`]: '-*sys-apps/net-tools\n-*sys-apps/util-linux\n*sys-devel/gcc[cxx]\n*no atom\n*!a/b\n',
  })
  assert.deepEqual(systemOf(root), [...BASE.slice(0, 3), 'sys-devel/gcc'])
})

test('parents of the same and of another repository, in order', (t) => {
  const root = rootOn(t, `${O}/desktop`)
  assert.deepEqual(foldersOf(root), [`${G}/base`, `${G}/arch`, `${O}/common`, `${O}/desktop`])
  assert.deepEqual(systemOf(root), [...BASE.slice(0, 2), 'sys-devel/gcc', 'app-misc/common', 'app-shells/own'])
})

test('the user\u2019s own profile has the last word, and -* takes all away', (t) => {
  assert.deepEqual(systemOf(rootOn(t, `${G}/base`, { 'etc/portage/profile/packages': '-*virtual/editor\n*app-editors/mine\n' })), [
    'sys-apps/baselayout',
    'sys-apps/util-linux',
    'sys-apps/net-tools',
    'app-editors/mine',
  ])
  assert.deepEqual(systemOf(rootOn(t, `${G}/base`, { 'etc/portage/profile/packages': '-*\n*app-editors/mine\n' })), ['app-editors/mine'])
})

test('make.profile may be a folder with parents by absolute path, or lie where it did long ago', (t) => {
  const folder = rootWith(t, { ...TREE, 'etc/portage/make.profile/parent': `/${G}/base\nown:common\n` })
  assert.deepEqual(systemOf(folder), ['sys-apps/baselayout', 'sys-apps/util-linux', 'sys-apps/net-tools', 'app-misc/common'])
  const old = rootWith(t, TREE)
  symlinkSync(`../${G}/base`, join(old, 'etc/make.profile'))
  assert.deepEqual(systemOf(old), BASE)
})

test('no profile, no @system', (t) => {
  assert.deepEqual(systemOf(rootWith(t, TREE)), [])
})

for (const [what, parent] of [
  ['is not there', '../missing'],
  ['is in an unknown repository', 'other:base'],
  ['is a file', '../base/packages'],
  ['is the profile itself', '../arch'],
] as const) {
  test(`refused: a parent that ${what}`, (t) => {
    assert.throws(() => systemOf(rootOn(t, `${G}/arch`, { [`${G}/arch/parent`]: `${parent}\n` })), unreadable)
  })
}

test('refused: profiles that double at each step', (t) => {
  const steps = Array.from({ length: 20 }, (_, at) => [`${G}/step${at}/parent`, `../step${at + 1}\n../step${at + 1}\n`])
  const root = rootOn(t, `${G}/step0`, { ...Object.fromEntries(steps), [`${G}/step20/`]: '' })
  assert.throws(() => systemOf(root), unreadable)
})
