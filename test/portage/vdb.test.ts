/**
 * The installed packages are those of Portage's database, a second look sees every change, and each path has the owners it really has.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { HostError } from '../../src/base/errors.ts'
import { contentsOwners } from '../../src/portage/contents.ts'
import { readMetadata } from '../../src/portage/metadata.ts'
import { readQueue } from '../../src/portage/queue.ts'
import { parseSonames } from '../../src/portage/sonames.ts'
import { type InstalledCache, readInstalled } from '../../src/portage/vdb.ts'
import { type Files, rootWith } from './tree.ts'

const DB = 'var/db/pkg'
const ZLIB: Files = {
  [`${DB}/sys-libs/zlib-1.3.1-r1/SLOT`]: '0/1\n',
  [`${DB}/sys-libs/zlib-1.3.1-r1/repository`]: 'gentoo\n',
  [`${DB}/sys-libs/zlib-1.3.1-r1/PROVIDES`]: 'x86_32: libz.so.1 x86_64: libz.so.1\n',
  [`${DB}/sys-libs/zlib-1.3.1-r1/REQUIRES`]: 'x86_32: libc.so.6 x86_64: libc.so.6\n',
  [`${DB}/sys-libs/zlib-1.3.1-r1/CONTENTS`]:
    'dir /usr\ndir /usr/lib64\nobj /usr/lib64/libz.so.1.3.1 d41d8cd98f00b204e9800998ecf8427e 1700000000\n' +
    'sym /usr/lib64/libz.so.1 -> libz.so.1.3.1 1700000000\nobj /lib64/odd name 1 d41d8cd98f00b204e9800998ecf8427e 1700000000\nfif /run/pipe -> x\ndev /dev/zlib',
}
const HELLO: Files = {
  [`${DB}/app-misc/hello-2.12/SLOT`]: '0\n',
  [`${DB}/app-misc/hello-2.12/CONTENTS`]: 'dir /usr\nobj /usr/bin/hello d41d8cd98f00b204e9800998ecf8427e 1700000000\n',
}
const cpvs = (root: string, cache?: InstalledCache): string[] => readInstalled(root, cache).map(({ cpv }) => cpv)
const unreadable = (error: unknown): boolean => error instanceof HostError && error.code === 'UNREADABLE'

const both = (soname: string) => new Map([['x86_32', new Set([soname])], ['x86_64', new Set([soname])]]) // prettier-ignore

test('packages with all that is asked of them, by CPV', (t) => {
  const root = rootWith(t, { ...ZLIB, ...HELLO })
  const [hello, zlib] = readInstalled(root)
  assert.deepEqual(hello, {
    cpv: 'app-misc/hello-2.12',
    category: 'app-misc',
    name: 'hello',
    version: '2.12',
    slot: '0',
    subslot: '0',
    repository: '',
    provides: new Map(),
    requires: new Map(),
    folder: join(root, DB, 'app-misc/hello-2.12'),
  })
  assert.deepEqual([zlib?.name, zlib?.version, zlib?.slot, zlib?.subslot, zlib?.repository], ['zlib', '1.3.1-r1', '0', '1', 'gentoo'])
  assert.deepEqual([zlib?.provides, zlib?.requires], [both('libz.so.1'), both('libc.so.6')])
})

test('what is being merged, hidden, or no package, is none', (t) => {
  const odd = [
    'app-misc/-MERGING-x-1/SLOT',
    'app-misc/.hidden-1/SLOT',
    'app-misc/noversion/SLOT',
    '.cache/x-1/SLOT',
    'app-misc/file-1',
    'app-misc/a-1.portage_lockfile',
  ]
  const root = rootWith(t, { ...HELLO, ...Object.fromEntries(odd.map((path) => [`${DB}/${path}`, '0\n'])) })
  assert.deepEqual(cpvs(root), ['app-misc/hello-2.12'])
})

test('no database: no packages', (t) => {
  assert.deepEqual(cpvs(rootWith(t)), [])
})

test('a second look sees what came, went, and changed in place', (t) => {
  const root = rootWith(t, { ...ZLIB, ...HELLO })
  const cache: InstalledCache = new Map()
  const first = readInstalled(root, cache)
  const again = readInstalled(root, cache)
  assert.ok(
    again.every((found, at) => found === first[at]),
    'an unchanged package was read again',
  )
  const slot = join(root, DB, 'app-misc/hello-2.12/SLOT')
  writeFileSync(`${slot}.new`, '5\n')
  renameSync(`${slot}.new`, slot)
  assert.deepEqual(
    readInstalled(root, cache).map((found) => found.slot),
    ['5', '0'],
  )
  renameSync(join(root, DB, 'sys-libs/zlib-1.3.1-r1'), join(root, DB, 'app-misc/zlib-2'))
  assert.deepEqual(cpvs(root, cache), ['app-misc/hello-2.12', 'app-misc/zlib-2'])
  rmSync(join(root, DB), { recursive: true })
  assert.deepEqual(cpvs(root, cache), [])
  assert.equal(cache.size, 0)
})

test('sonames of each multilib category; a word before any category is nobody\u2019s', () => {
  assert.deepEqual(parseSonames(''), new Map())
  assert.deepEqual(parseSonames('x86_64: a.so.1 b.so x86_32: a.so.1\n'), new Map([['x86_64', new Set(['a.so.1', 'b.so'])], ['x86_32', new Set(['a.so.1'])]])) // prettier-ignore
  assert.deepEqual(parseSonames('stray x86_64:'), new Map([['x86_64', new Set()]]))
})

test('owners: files, links, folders, names with blanks; nobody for the rest', async (t) => {
  const root = rootWith(t, { ...ZLIB, ...HELLO })
  const paths = [
    '/usr',
    '/usr/bin/hello',
    '/usr/lib64/libz.so.1',
    '/usr/lib64/libz.so.1.3.1',
    '/lib64/odd name 1',
    '/dev/zlib',
    '/usr/bin/hell',
    '/bin/hello',
    '/libz.so.1',
  ]
  assert.deepEqual(
    await contentsOwners({ root, installed: readInstalled(root), paths }),
    new Map([
      ['/usr', ['app-misc/hello-2.12', 'sys-libs/zlib-1.3.1-r1']],
      ['/usr/bin/hello', ['app-misc/hello-2.12']],
      ['/usr/lib64/libz.so.1', ['sys-libs/zlib-1.3.1-r1']],
      ['/usr/lib64/libz.so.1.3.1', ['sys-libs/zlib-1.3.1-r1']],
      ['/lib64/odd name 1', ['sys-libs/zlib-1.3.1-r1']],
      ['/dev/zlib', ['sys-libs/zlib-1.3.1-r1']],
    ]),
  )
})

test('on a merged /usr the two names of a folder have one owner', async (t) => {
  const root = rootWith(t, { ...HELLO, 'usr/bin/': '' })
  symlinkSync('usr/bin', join(root, 'bin'))
  assert.deepEqual(
    await contentsOwners({ root, installed: readInstalled(root), paths: ['/bin/hello', '/usr/bin/hello'] }),
    new Map([
      ['/bin/hello', ['app-misc/hello-2.12']],
      ['/usr/bin/hello', ['app-misc/hello-2.12']],
    ]),
  )
})

test('metadata: every key as text, and never the environment, the contents or the ebuild', (t) => {
  const root = rootWith(t, {
    'info/SLOT': '0/1\n',
    'info/USE': 'a b\n\n',
    'info/NEEDED.ELF.2': 'X86_64;/usr/bin/x;;;libc.so.6;x86_64\n',
    'info/repository': 'gentoo',
    'info/environment.bz2': 'declare -x TOKEN=secret',
    'info/environment': 'declare -x TOKEN=secret',
    'info/CONTENTS': 'dir /usr\n',
    'info/hello-2.12.ebuild': 'EAPI=8\n',
    'info/FOLDER/': '',
  })
  writeFileSync(join(root, 'info/BINARY'), Buffer.from([0xff, 0xfe]))
  symlinkSync('/etc/hostname', join(root, 'info/LINK'))
  assert.deepEqual(readMetadata(join(root, 'info')), {
    'NEEDED.ELF.2': 'X86_64;/usr/bin/x;;;libc.so.6;x86_64',
    SLOT: '0/1',
    USE: 'a b\n',
    repository: 'gentoo',
  })
  assert.throws(() => readMetadata(join(root, 'none')), unreadable)
})

test('metadata is bounded in size and number', (t) => {
  const many = rootWith(t, Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`KEY${at}`, 'x'])))
  assert.throws(() => readMetadata(many), unreadable)
  assert.throws(() => readMetadata(rootWith(t, { KEY: 'x'.repeat(4 * 1024 * 1024 + 1) })), unreadable)
})

const MTIMEDB = 'var/cache/edb/mtimedb'
test('the queue in its order; other keys of the file are Portage\u2019s business', (t) => {
  const mergelist = [
    ['ebuild', '/', 'app-misc/hello-2.12', 'merge'],
    ['binary', '/', 'sys-libs/zlib-1.3.1-r1', 'merge', 'more'],
  ]
  const root = rootWith(t, {
    [MTIMEDB]: JSON.stringify({ info: {}, ldpath: { '/usr/lib': 1 }, resume: { favorites: [], mergelist, myopts: {} }, version: '3' }),
  })
  assert.deepEqual(readQueue(root), [
    { type: 'ebuild', root: '/', cpv: 'app-misc/hello-2.12', action: 'merge' },
    { type: 'binary', root: '/', cpv: 'sys-libs/zlib-1.3.1-r1', action: 'merge' },
  ])
})

for (const [what, files] of [
  ['no file', {}],
  ['an empty file', { [MTIMEDB]: '' }],
  ['nothing to resume', { [MTIMEDB]: '{"resume_backup": {"mergelist": [["ebuild", "/", "a/b-1", "merge"]]}}' }],
  ['nothing left', { [MTIMEDB]: '{"resume": {"mergelist": []}}' }],
] as const) {
  test(`an empty queue: ${what}`, (t) => {
    assert.deepEqual(readQueue(rootWith(t, files)), [])
  })
}

for (const text of ['{"resume"', '7', '{"resume": {"mergelist": [["ebuild", "/"]]}}', '{"resume": {"mergelist": {}}}', '\u0000']) {
  test(`no queue but an error of the host: ${JSON.stringify(text)}`, (t) => {
    assert.throws(() => readQueue(rootWith(t, { [MTIMEDB]: text })), unreadable)
  })
}
