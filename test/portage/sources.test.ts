/**
 * A changed patch and another tarball change what an ebuild is known by; what belongs to other packages and versions of tarballs does not.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { HostError } from '../../src/base/errors.ts'
import { digestEbuild, type EbuildDigests } from '../../src/portage/ebuild.ts'
import { readRepos } from '../../src/portage/repos.ts'
import { digestDistfiles, digestFiles, distfilesIn } from '../../src/portage/sources.ts'
import { addTo, type Files, rootWith } from './tree.ts'

const unreadable = (error: unknown): boolean => error instanceof HostError && error.code === 'UNREADABLE'
const dist = (name: string, fill: string): string => `DIST ${name} 12 BLAKE2B ${fill.repeat(128)} SHA512 ${fill.repeat(128)}\n`

const EBUILD = 'EAPI=8\n'
const PACKAGE = 'var/db/repos/own/app-misc/hello'
const SRC_URI = 'https://a.example/hello-1.tar.xz doc? ( mirror+https://a.example/v1.gz -> hello-docs-1.gz )'
const TREE: Files = {
  'etc/portage/repos.conf': '[own]\nlocation = /var/db/repos/own\n',
  'var/db/repos/own/profiles/repo_name': 'own\n',
  [`${PACKAGE}/hello-1.ebuild`]: EBUILD,
  [`${PACKAGE}/Manifest`]: dist('hello-1.tar.xz', 'a') + dist('hello-docs-1.gz', 'b') + dist('hello-2.tar.xz', 'c'),
  [`${PACKAGE}/files/fix.patch`]: '--- a\n',
  [`${PACKAGE}/files/deep/unit.service`]: '[Unit]\n',
  'var/db/repos/own/metadata/md5-cache/app-misc/hello-1': `EAPI=8\nSRC_URI=${SRC_URI}\n_md5_=${createHash('md5').update(EBUILD).digest('hex')}\n`,
}

function digestsIn(root: string, use: readonly string[] = []): EbuildDigests {
  const repository = readRepos(root).get('own')
  assert.ok(repository !== undefined)
  return digestEbuild({ root, repository, cpv: { category: 'app-misc', name: 'hello', version: '1' }, use: new Set(use) })
}

const CHANGES: readonly [string, 'same' | 'files' | 'distfiles', (root: string) => void][] = [
  ['a changed patch', 'files', (root) => addTo(root, { [`${PACKAGE}/files/fix.patch`]: '--- b\n' })],
  ['a new patch', 'files', (root) => addTo(root, { [`${PACKAGE}/files/more.patch`]: '' })],
  [
    'a patch of another name',
    'files',
    (root) => renameSync(join(root, PACKAGE, 'files/fix.patch'), join(root, PACKAGE, 'files/fxi.patch')),
  ],
  ['a patch that is gone', 'files', (root) => rmSync(join(root, PACKAGE, 'files/fix.patch'))],
  ['a changed file in a folder', 'files', (root) => addTo(root, { [`${PACKAGE}/files/deep/unit.service`]: '' })],
  ['a link', 'files', (root) => symlinkSync('fix.patch', join(root, PACKAGE, 'files/same.patch'))],
  ['an empty folder', 'same', (root) => addTo(root, { [`${PACKAGE}/files/empty/`]: '' })],
  ['another tarball of the same name', 'distfiles', (root) => manifest(root, dist('hello-1.tar.xz', 'd'))],
  ['a Manifest line of another version', 'same', (root) => manifest(root, dist('hello-1.tar.xz', 'a') + dist('hello-2.tar.xz', 'd'))],
  [
    'a tarball that only another flag asks for',
    'same',
    (root) => manifest(root, dist('hello-1.tar.xz', 'a') + dist('hello-docs-1.gz', 'd')),
  ],
  ['order, spacing and other lines of the Manifest', 'same', (root) => manifest(root, shuffled())],
  [
    'another package',
    'same',
    (root) => addTo(root, { 'var/db/repos/own/app-misc/other/Manifest': '', 'var/db/repos/own/app-misc/other/files/x': '' }),
  ],
  ['a Manifest that is gone', 'distfiles', (root) => rmSync(join(root, PACKAGE, 'Manifest'))],
]

function manifest(root: string, text: string): void {
  addTo(root, { [`${PACKAGE}/Manifest`]: text })
}

function shuffled(): string {
  const a = 'a'.repeat(128)
  return `AUX fix.patch 6 SHA512 ${a}\n\n${dist('x', 'e')}DIST  hello-1.tar.xz\t12 SHA512 ${a.toUpperCase()} BLAKE2B ${a}\nEBUILD hello-1.ebuild 7 SHA512 ${a}\n`
}

for (const [what, changed, change] of CHANGES) {
  test(`${what}: ${changed === 'same' ? 'the digests stay' : `${changed} change`}`, (t) => {
    const root = rootWith(t, TREE)
    const before = digestsIn(root)
    change(root)
    const after = digestsIn(root)
    assert.equal(JSON.stringify(after.files) === JSON.stringify(before.files), changed !== 'files')
    assert.equal(JSON.stringify(after.distfiles) === JSON.stringify(before.distfiles), changed !== 'distfiles')
  })
}

test('a flag brings its distfile under the name that it is stored by', (t) => {
  const root = rootWith(t, TREE)
  assert.deepEqual(Object.keys(digestsIn(root).distfiles ?? {}), ['hello-1.tar.xz'])
  assert.deepEqual(Object.keys(digestsIn(root, ['doc']).distfiles ?? {}), ['hello-1.tar.xz', 'hello-docs-1.gz'])
  assert.deepEqual(distfilesIn(SRC_URI, 'any'), ['hello-1.tar.xz', 'hello-docs-1.gz'])
})

test('a distfile that the Manifest does not know is not named', (t) => {
  const found = digestDistfiles(join(rootWith(t, TREE), PACKAGE), 'https://a.example/other.gz https://a.example/hello-2.tar.xz', new Set())
  assert.deepEqual(Object.keys(found ?? {}), ['hello-2.tar.xz'])
})

test('no digests for an SRC_URI that is none', () => {
  for (const wrong of ['a ->', 'a -> b/c', 'doc? a', '( a', 'a )', 'a -> ( b )', '-> a'])
    assert.throws(() => distfilesIn(wrong, 'any'), unreadable, wrong)
})

test('what is no file or too much is refused, and never waited for', (t) => {
  const root = rootWith(t, { 'files/a': '' })
  execFileSync('mkfifo', [join(root, 'files/fifo')])
  assert.throws(() => digestFiles(join(root, 'files')), unreadable)
  rmSync(join(root, 'files/fifo'))
  assert.equal(digestFiles(join(root, 'none')), digestFiles(join(root, 'none-either')))
  assert.notEqual(digestFiles(join(root, 'files')), digestFiles(join(root, 'none')))
  assert.throws(() => digestFiles(join(root, 'files/a')), unreadable)
  addTo(root, { [`deep/${'d/'.repeat(20)}x`]: '' })
  assert.throws(() => digestFiles(join(root, 'deep')), unreadable)
})
