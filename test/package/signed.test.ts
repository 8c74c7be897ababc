/**
 * Two honest builders sign one id; a liar who changes anything that a rule reads has another one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Metadata, METADATA_KEYS, type MetadataKey } from '../../src/package/manifest.ts'
import { canonicalMetadata } from '../../src/package/metadata.ts'
import { metadataId, signedMetadata } from '../../src/package/signed.ts'

const HONEST: Metadata = {
  BDEPEND: 'dev-lang/perl:0/5.40= >=virtual/pkgconfig-1[x] !<a/b-2:3',
  CFLAGS: '-O2 -march=alderlake',
  PF: 'hello-2.12',
  RDEPEND: 'dev-libs/x:0/1=',
  REQUIRES: 'x86_64: libc.so.6',
  RESTRICT: 'bindist',
}

const SAME: readonly [string, Metadata][] = [
  ['a profile with other flags', { IUSE_EFFECTIVE: 'nls elibc_musl' }],
  ['files that scanelf lists in another way', { 'NEEDED.ELF.2': 'X86_64;/usr/bin/hello;;;libc.so.6;x86_64' }],
  ['other folders', { SIZE: '4096' }],
  ['a build tool of another sub-slot', { BDEPEND: 'dev-lang/perl:0/5.42= >=virtual/pkgconfig-1[x] !<a/b-2:3' }],
]

for (const [what, change] of SAME)
  test(`the same for ${what}`, () => assert.equal(metadataId({ ...HONEST, ...change }), metadataId(HONEST)))

test('the same for what hosts spell differently', () => {
  const context = { fileBytes: 1, resolvedMarch: ['-march=alderlake'] }
  const other: Metadata = { ...HONEST, CFLAGS: '-march=native  -O2 -pipe', REQUIRES: 'x86_64: libc.so.6 libc.so.6', SIZE: '4096' }
  assert.equal(metadataId(canonicalMetadata(other, context)), metadataId(canonicalMetadata(HONEST, context)))
})

const UNSIGNED = ['IUSE_EFFECTIVE', 'NEEDED.ELF.2', 'SIZE'] as const

for (const key of METADATA_KEYS.filter((one: MetadataKey) => !UNSIGNED.some((each) => each === one)))
  test(`another one for another ${key}, and for none`, () => {
    const ids = [
      { ...HONEST, [key]: 'a/b' },
      { ...HONEST, [key]: 'a/c' },
      { ...HONEST, [key]: undefined },
    ].map(metadataId)
    assert.equal(new Set(ids).size, 3)
  })

const OTHER: readonly [string, Metadata][] = [
  ['a blocker of another slot', { BDEPEND: 'dev-lang/perl:0/5.40= >=virtual/pkgconfig-1[x] !<a/b-2:4' }],
  ['a build tool with other flags', { BDEPEND: 'dev-lang/perl:0/5.40= >=virtual/pkgconfig-1[y] !<a/b-2:3' }],
  ['a library of another sub-slot', { RDEPEND: 'dev-libs/x:0/2=' }],
]

for (const [what, change] of OTHER)
  test(`another one for ${what}`, () => assert.notEqual(metadataId({ ...HONEST, ...change }), metadataId(HONEST)))

test('what nobody signs is not handed on, and what is signed is signed as it is handed on', () => {
  const lied: Metadata = { ...HONEST, IUSE_EFFECTIVE: 'x', SIZE: '1', 'NEEDED.ELF.2': 'x' }
  assert.deepEqual(signedMetadata(lied), { ...HONEST, BDEPEND: 'dev-lang/perl:= >=virtual/pkgconfig-1[x] !<a/b-2:3' })
  assert.deepEqual(signedMetadata(signedMetadata(lied)), signedMetadata(lied))
})
