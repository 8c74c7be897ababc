/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type BuildCircumstances, whyNoRecipe } from '../../src/package/norecipe.ts'

const FLAGS = { CFLAGS: '-O2 -I/usr/include/x', CXXFLAGS: '', FFLAGS: '', FCFLAGS: '', LDFLAGS: '-Wl,-rpath,/usr/lib/x', CPPFLAGS: '' }
const BUILD: BuildCircumstances = {
  version: '2.12',
  inherited: 'git-r3',
  properties: '',
  userFile: undefined,
  flags: FLAGS,
  variables: {
    EXTRA_ECONF: ' ',
    RUSTFLAGS: '-Copt-level=3',
    PORTAGE_COMPRESS: 'bzip2',
    // As the profiles of Gentoo have it.
    CFLAGS_amd64: '-m64',
    CFLAGS_x86: '-m32 -mfpmath=sse',
    LDFLAGS_amd64: '-m elf_x86_64',
    LDFLAGS_x86: '-m elf_i386',
    LDFLAGS_x32: '-m elf32_x86_64',
  },
  compilers: { CC: 'ccache x86_64-pc-linux-gnu-gcc', CXX: '' },
}

test('a release has a recipe, also when it inherits a live eclass that it does not use', () => {
  assert.equal(whyNoRecipe(BUILD), undefined)
})

describe('no recipe', () => {
  const cases: [string, Partial<BuildCircumstances>, RegExp][] = [
    ['live by PROPERTIES', { properties: 'interactive live' }, /PROPERTIES=live/],
    ['live by version', { version: '9999' }, /version 9999, git-r3/],
    ['live branch', { version: '3.9999-r1' }, /version 3.9999-r1/],
    ['user patches', { userFile: '/etc/portage/patches/app-misc/hello' }, /patches/],
    ['EXTRA_ECONF', { variables: { EXTRA_ECONF: '--enable-x' } }, /EXTRA_ECONF is set/],
    ['MYCMAKEARGS', { variables: { MYCMAKEARGS: '-DX=1' } }, /MYCMAKEARGS is set/],
    ['a profile', { flags: { ...FLAGS, CXXFLAGS: '-fprofile-use' } }, /CXXFLAGS has -fprofile-use/],
    ['a path of this host', { flags: { ...FLAGS, CFLAGS: '-I/srv/x/include' } }, /CFLAGS names a path/],
    ['a path in a value', { flags: { ...FLAGS, FCFLAGS: '-fdebug-prefix-map=/srv/x=.' } }, /FCFLAGS names a path/],
    ['a file that is read', { flags: { ...FLAGS, LDFLAGS: '-Wl,--version-script=x' } }, /LDFLAGS has --version-script=x, and what/],
    ['a path in flags of another language', { variables: { RUSTFLAGS: '-L /srv/x' } }, /RUSTFLAGS names a path of this host/],
    ['a native CPU where no compiler is asked', { variables: { OBJCFLAGS: '-O2 -march=native' } }, /OBJCFLAGS says "native"/],
    ['the same of an ABI', { variables: { CFLAGS_x86: '-m32 -march=native' } }, /CFLAGS_x86 says "native"/],
    ['a file that such flags read', { variables: { OBJCXXFLAGS: '-specs=my.specs' } }, /OBJCXXFLAGS has -specs=my.specs/],
    ['a native CPU in flags of another language', { variables: { RUSTFLAGS: '-Ctarget-cpu=native' } }, /RUSTFLAGS says "native"/],
    [
      'a compiler that is called with flags',
      { compilers: { CC: 'ccache gcc -isystem/srv/x' } },
      /CC has -isystem\/srv\/x, which no recipe holds/,
    ],
  ]
  for (const [name, change, reason] of cases) test(name, () => assert.match(whyNoRecipe({ ...BUILD, ...change }) ?? '', reason))
})
