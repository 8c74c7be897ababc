/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { canonicalMetadata, metadataFromFolder } from '../../src/package/metadata.ts'
import { temporary } from './image.ts'

test('only keys of the list are read, without the newline that Portage writes', (t) => {
  const folder = temporary(t)
  for (const [key, value] of Object.entries({
    PF: 'hello-2.12\n',
    SLOT: '0\n',
    'environment.bz2': 'secret',
    BUILD_ID: '7\n',
    BUILD_TIME: '1\n',
  }))
    writeFileSync(join(folder, key), value)
  assert.deepEqual(metadataFromFolder(folder), { PF: 'hello-2.12', SLOT: '0' })
  mkdirSync(join(folder, 'USE'))
  assert.throws(() => metadataFromFolder(folder), { name: 'HostError', code: 'IO' })
})

test('what hosts spell differently is spelled in one way', () => {
  const one = {
    USE: 'nls amd64 ', IUSE: '+nls  doc', CFLAGS: '-O2 -march=native -pipe', RDEPEND: 'a/b\n  c/d:0/1=', REQUIRES: 'x86_64: libm.so.6 libc.so.6',
    'NEEDED.ELF.2': 'X86_64;/usr/bin/b;;;libc.so.6;x86_64\nX86_64;/usr/bin/a;;;libc.so.6;x86_64', SIZE: '4096',
  } // prettier-ignore
  const other = {
    USE: 'amd64 nls', IUSE: 'doc +nls', CFLAGS: '-march=native  -O2', RDEPEND: 'a/b c/d:0/1=', REQUIRES: 'x86_64: libc.so.6 libm.so.6',
    'NEEDED.ELF.2': 'X86_64;/usr/bin/a;;;libc.so.6;x86_64\nX86_64;/usr/bin/b;;;libc.so.6;x86_64', SIZE: '8192',
  } // prettier-ignore
  const context = { fileBytes: 12, resolvedMarch: ['-march=skylake'] }
  assert.deepEqual(canonicalMetadata(one, context), canonicalMetadata(other, context))
  assert.deepEqual(canonicalMetadata(one, context), {
    USE: 'amd64 nls', IUSE: '+nls doc', CFLAGS: '-O2 -march=skylake', RDEPEND: 'a/b c/d:0/1=', REQUIRES: 'x86_64: libc.so.6 libm.so.6',
    'NEEDED.ELF.2': other['NEEDED.ELF.2'], SIZE: '12',
  }) // prettier-ignore
})

test('canonical metadata stays as it is', () => {
  const context = { fileBytes: 12 }
  const once = canonicalMetadata({ CFLAGS: '-g -O2', PROVIDES: 'x86_64: b.so a.so', KEYWORDS: '~x86 amd64', RESTRICT: '' }, context)
  assert.deepEqual(canonicalMetadata(once, context), once)
})

test('a build with user patches gives no metadata', (t) => {
  const folder = temporary(t)
  writeFileSync(join(folder, 'PF'), 'hello-2.12\n')
  writeFileSync(join(folder, 'USER_PATCHES'), '0a1b\n')
  assert.throws(() => metadataFromFolder(folder), { name: 'HostError', code: 'UNSUPPORTED', message: /user patches/ })
})

test('the place of builds that a flag maps away is spelled in one way', () => {
  for (const tmpdir of ['/var/tmp', '/home/anna/build']) {
    const said = canonicalMetadata({ CFLAGS: `-O2 -ffile-prefix-map=${tmpdir}/portage=.` }, { fileBytes: 0, tmpdir })
    assert.deepEqual(said, { CFLAGS: '-O2 -ffile-prefix-map=PORTAGE_TMPDIR/portage=.', SIZE: '0' })
  }
})

test('"native" that nobody resolved is not published', () => {
  assert.throws(() => canonicalMetadata({ CXXFLAGS: '-march=native' }, { fileBytes: 0 }), { name: 'HostError', code: 'BAD_STATE' })
})
