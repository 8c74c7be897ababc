/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { HostError, StrangerError } from '../../src/base/errors.ts'
import { check } from '../../src/base/schema.ts'
import { environmentClass, type RecipeInput, recipeId, recipeOf, recipeSchema } from '../../src/package/recipe.ts'

const FLAGS = { CFLAGS: '-O2 -march=native', CXXFLAGS: '-O2', FFLAGS: '', FCFLAGS: '', LDFLAGS: '-Wl,-O1 -Wl,--as-needed', CPPFLAGS: '' }

const INPUT: RecipeInput = {
  family: { repository: 'gentoo', category: 'app-misc', name: 'hello', version: '2.12', chost: 'x86_64-pc-linux-gnu' },
  chost: 'x86_64-pc-linux-gnu',
  eapi: '8',
  ebuildSha256: 'a'.repeat(64),
  eclasses: [
    { name: 'toolchain-funcs', sha256: 'b'.repeat(64) },
    { name: 'autotools', sha256: 'c'.repeat(64) },
  ],
  filesSha256: '1'.repeat(64),
  distfiles: [
    { name: 'hello-2.12.tar.gz', dist: '2'.repeat(64) },
    { name: 'extra.tar.xz', dist: '3'.repeat(64) },
  ],
  use: ['nls', 'amd64'],
  flags: FLAGS,
  resolvedMarch: ['-march=skylake', '-mno-avx512f'],
  toolchain: { cc: 'gcc 14.2.1', cxx: 'g++ 14.2.1', ld: 'ld 2.43', libc: 'glibc 2.41', defaults: '6'.repeat(64) },
  features: ['sandbox', 'splitdebug'],
  answers: ['enable_y=no', 'gl_cv_x=no'],
  variables: { LINGUAS: undefined, PORTAGE_COMPRESS: 'bzip2', HOME: '/somewhere', MAKEOPTS: '-j2' },
}

const idOf = (change: Partial<RecipeInput>): string => recipeId(recipeOf({ ...INPUT, ...change }))
const FIRST = idOf({})

describe('the recipe id stays', () => {
  const same: [string, Partial<RecipeInput>][] = [
    ['order of flags', { flags: { ...FLAGS, CFLAGS: '-march=native  -pipe -O2', LDFLAGS: '-Wl,--as-needed,-O1' } }],
    ['order and repetition of USE', { use: ['amd64', 'nls', 'nls'] }],
    ['order of eclasses', { eclasses: INPUT.eclasses.toReversed() }],
    ['order of answers', { answers: ['gl_cv_x=no', 'enable_y=no', 'gl_cv_x=no'] }],
    ['order of distfiles', { distfiles: INPUT.distfiles?.toReversed() }],
    ['FEATURES that do not reach the image', { features: ['splitdebug', 'parallel-install', 'buildpkg', 'noman'] }],
    [
      'variables that do not reach the image',
      { variables: { PORTAGE_COMPRESS: 'bzip2', HOME: '/elsewhere', MAKEOPTS: '-j16', LC_ALL: 'C' } },
    ],
    [
      'what native is called, when it says the same',
      { flags: { ...FLAGS, CFLAGS: '-O2 -march=skylake -mno-avx512f' }, resolvedMarch: undefined },
    ],
  ]
  for (const [name, change] of same) test(name, () => assert.equal(idOf(change), FIRST))
})

describe('the recipe id changes with', () => {
  const different: [string, Partial<RecipeInput>][] = [
    ['USE', { use: ['amd64'] }],
    ['CFLAGS', { flags: { ...FLAGS, CFLAGS: '-O3 -march=native' } }],
    ['LDFLAGS', { flags: { ...FLAGS, LDFLAGS: '' } }],
    ['what native is', { resolvedMarch: ['-march=znver4'] }],
    ['the compiler', { toolchain: { ...INPUT.toolchain, cc: 'gcc 14.3.0' } }],
    ['the linker', { toolchain: { ...INPUT.toolchain, ld: 'ld 2.44' } }],
    ['a compiler of another language', { toolchain: { ...INPUT.toolchain, others: ['dev-lang/go-1.25.1'] } }],
    ['the program that packs documents', { toolchain: { ...INPUT.toolchain, packer: 'lbzip2 version 2.5' } }],
    ['what the compiler does unasked', { toolchain: { ...INPUT.toolchain, defaults: '7'.repeat(64) } }],
    ['the C library', { toolchain: { ...INPUT.toolchain, libc: 'glibc 2.42' } }],
    ['an edited ebuild', { ebuildSha256: 'd'.repeat(64) }],
    ['an edited eclass', { eclasses: [{ name: 'autotools', sha256: 'e'.repeat(64) }] }],
    ['a changed patch', { filesSha256: '4'.repeat(64) }],
    ['another tarball of the same name', { distfiles: [{ name: 'hello-2.12.tar.gz', dist: '5'.repeat(64) }] }],
    ['no distfile', { distfiles: [] }],
    ['distfiles that nobody has named by a hash', { distfiles: undefined }],
    ['another revision', { family: { ...INPUT.family, version: '2.12-r1' } }],
    ['another repository', { family: { ...INPUT.family, repository: 'overlay' } }],
    ['how documents are compressed', { variables: { PORTAGE_COMPRESS: 'zstd' } }],
    ['an empty LINGUAS, which means no locale', { variables: { PORTAGE_COMPRESS: 'bzip2', LINGUAS: '' } }],
    ['nothing stripped at all', { variables: { PORTAGE_COMPRESS: 'bzip2', PORTAGE_STRIP_FLAGS: '' } }],
    ['nothing compressed at all', { variables: { PORTAGE_COMPRESS: '' } }],
    ['another locale', { variables: { PORTAGE_COMPRESS: 'bzip2', LC_COLLATE: 'de_DE.utf8' } }],
    ['what configure is answered', { answers: ['enable_y=yes', 'gl_cv_x=no'] }],
    ['nothing that configure is answered', { answers: [] }],
    ['.la files as they were made', { features: ['splitdebug', '-fixlafiles'] }],
    ['tests that were run', { features: ['splitdebug', 'test'] }],
    ['a build as root', { features: ['splitdebug', '-userpriv'] }],
    ['a build beside the network', { features: ['splitdebug', '-network-sandbox'] }],
    ['a build outside of the sandbox', { features: ['splitdebug', '-sandbox'] }],
    ['empty folders that go', { features: ['splitdebug', 'strict-keepdir'] }],
    ['where libraries go', { variables: { PORTAGE_COMPRESS: 'bzip2', LIBDIR_amd64: 'lib' } }],
    ['flags of Objective-C', { variables: { PORTAGE_COMPRESS: 'bzip2', OBJCFLAGS: '-O3' } }],
    ['FEATURES that reach the image', { features: [] }],
    ['the EAPI', { eapi: '7' }],
  ]
  for (const [name, change] of different) test(name, () => assert.notEqual(idOf(change), FIRST))
  test('each of them differently', () => assert.equal(new Set(different.map(([, change]) => idOf(change))).size, different.length))
})

test('"native" is never stored', () => {
  assert.equal(JSON.stringify(recipeOf(INPUT)).includes('native'), false)
  assert.throws(() => recipeOf({ ...INPUT, resolvedMarch: undefined }), { name: 'HostError', code: 'BAD_STATE' })
  assert.throws(() => recipeOf({ ...INPUT, flags: { ...FLAGS, CFLAGS: '-mtune=native' } }), HostError)
})

test('two CHOSTs contradict each other', () => {
  assert.throws(() => recipeOf({ ...INPUT, chost: 'i686-pc-linux-gnu' }), { code: 'BAD_STATE' })
})

test('a recipe passes its own schema, and nothing else does', () => {
  const recipe = recipeOf(INPUT)
  assert.deepEqual(check(recipeSchema, JSON.parse(JSON.stringify(recipe)), 'recipe'), recipe)
  for (const wrong of [
    { ...recipe, more: 1 },
    { ...recipe, variables: { HOME: '/' } },
    { ...recipe, features: ['sandbox'] },
    { ...recipe, standin: 'x' },
  ])
    assert.throws(() => check(recipeSchema, wrong, 'recipe'), StrangerError)
})

test('the environment class is about CHOST, toolchain and flags alone', () => {
  const classOf = (change: Partial<RecipeInput>): string => environmentClass(recipeOf({ ...INPUT, ...change }))
  assert.equal(classOf({ use: [], ebuildSha256: 'f'.repeat(64), family: { ...INPUT.family, name: 'nano' } }), classOf({}))
  assert.notEqual(classOf({ toolchain: { ...INPUT.toolchain, libc: 'musl 1.2.5' } }), classOf({}))
  assert.notEqual(classOf({ resolvedMarch: ['-march=znver4'] }), classOf({}))
})

const withLinguas = (LINGUAS: string): string => idOf({ variables: { LINGUAS } })

test('languages are a set', () => {
  assert.equal(withLinguas('de en'), withLinguas(' en  de en'))
  assert.notEqual(withLinguas('de en'), withLinguas('de'))
})
