/**
 * The library that is looked at is the one that this machine's own loader would take, and its symbol versions are those that binutils see.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { FileFacts } from '../../src/standin/elf.ts'
import { libraryPaths } from '../../src/standin/loader-cache.ts'
import { type LibraryCache, surveyLibraries } from '../../src/standin/survey-libraries.ts'
import { elf } from './support/input.ts'
import { onHost } from './support/tree.ts'

const ldconfig = ['/sbin/ldconfig', '/usr/sbin/ldconfig'].find((path) => existsSync(path))
const category = { x64: 'x86_64', arm64: 'arm_64' }[process.arch as string] ?? 'x86_64'

const asking = (library: string, of: string = category): Map<string, FileFacts> =>
  new Map([['1', elf({ category: of, wants: [{ library, version: 'X_1' }] })]])

/** Every library of the cache, as ldconfig says it, with the first path for its own category. */
function listed(): Map<string, string> {
  const { stdout } = spawnSync(ldconfig ?? 'ldconfig', ['-p'], { encoding: 'utf8' })
  const word = process.arch === 'arm64' ? 'AArch64' : 'x86-64'
  const found = new Map<string, string>()
  for (const line of stdout.split('\n')) {
    const [, soname, flags = '', path] = /^\t(\S+) \((.*)\) => (.*)$/.exec(line) ?? []
    if (soname !== undefined && path !== undefined && flags.includes(word) && !flags.includes('hwcap') && !found.has(soname))
      found.set(soname, path)
  }
  return found
}

const none = ldconfig === undefined ? 'ldconfig is missing' : !existsSync('/etc/ld.so.cache') ? 'there is no cache of the loader' : false

test('libraries are found where ldconfig says', { skip: none }, () => {
  const paths = libraryPaths('/')
  const all = listed()
  assert.ok(all.size > 10, `ldconfig names only ${all.size} libraries`)
  for (const [soname, path] of all) assert.equal(paths(category, soname)[0], path)
})

const noReadelf = spawnSync('readelf', ['--version']).status === 0 ? none : 'readelf (binutils) is missing'

test('versions of the libc are those that readelf sees', { skip: noReadelf }, () => {
  const path = listed().get('libc.so.6')
  const { stdout } = spawnSync('readelf', ['-W', '-V', path ?? ''], { encoding: 'utf8' })
  const section = /Version definition section[^]*?(?=\n\n|Version needs|$)/.exec(stdout)?.[0] ?? ''
  const names = [...section.matchAll(/Flags: (?!BASE)\S+\s+Index: \d+\s+Cnt: \d+\s+Name: (\S+)/g)].map(([, name]) => name ?? '')
  assert.ok(names.includes('GLIBC_2.34'), section.slice(0, 400))
  assert.deepEqual([...(surveyLibraries('/', asking('libc.so.6'), new Map())(category, 'libc.so.6') ?? [])].toSorted(), names.toSorted())
})

test('without a cache the usual folders count, and what is not of the category is passed over', { skip: none }, () =>
  onHost(({ root }) => {
    const libc = listed().get('libc.so.6') ?? ''
    mkdirSync(join(root, 'lib64'))
    writeFileSync(join(root, 'lib64/libc.so.6'), '/* a script for the linker */')
    copyFileSync(libc, join(root, 'usr/lib64/libc-real.so'))
    symlinkSync('libc-real.so', join(root, 'usr/lib64/libc.so.6'))
    const cache: LibraryCache = new Map()
    const defined = surveyLibraries(root, asking('libc.so.6'), cache)(category, 'libc.so.6')
    assert.ok(defined?.has('GLIBC_2.34'))
    assert.equal(surveyLibraries(root, asking('libc.so.6', 'sparc_64'), cache)('sparc_64', 'libc.so.6'), undefined)
    assert.equal(surveyLibraries(root, asking('libgone.so.6'), cache)(category, 'libgone.so.6'), undefined)
    // What was read is kept until the file is another one.
    writeFileSync(join(root, 'usr/lib64/libc-real.so'), 'no library any more')
    assert.equal(surveyLibraries(root, asking('libc.so.6'), cache)(category, 'libc.so.6'), undefined)
  }),
)

for (const [what, bytes] of [
  ['an old one', Buffer.from('ld.so-1.7.0'.padEnd(100, '\0'))],
  ['one that ends early', Buffer.concat([Buffer.from('glibc-ld.so.cache1.1'), Buffer.alloc(60, 255)])],
  ['one whose texts lie outside of it', Buffer.concat([Buffer.from('glibc-ld.so.cache1.1\u0001\0\0\0'), Buffer.alloc(48, 127)])],
  ['an empty one', Buffer.alloc(0)],
] as const)
  test(`${what} is as if there were no cache`, () =>
    onHost(({ root }) => {
      mkdirSync(join(root, 'etc'))
      writeFileSync(join(root, 'etc/ld.so.cache'), bytes)
      assert.equal(libraryPaths(root)(category, 'libc.so.6')[0], '/lib64/libc.so.6')
    }))

test('no library is looked for by a path that a stranger wrote', () =>
  onHost(({ root }) => {
    mkdirSync(join(root, 'lib64'))
    assert.equal(surveyLibraries(root, asking('../../proc/self/exe'), new Map())(category, '../../proc/self/exe'), undefined)
  }))
