/**
 * The compilers are asked where the build finds them, and not where Portage or a cache stands before them; one on another machine has no name here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildPath, usesCcache } from '../../src/portage/buildpath.ts'

const PLACE = { PATH: '/usr/bin:/bin', FEATURES: '', CC: '', CXX: '' }

const PATHS: readonly [string, string, string][] = [
  [
    'as it is',
    '/usr/local/sbin:/usr/bin:/sbin:/opt/bin:/usr/lib/llvm/17/bin',
    '/usr/local/sbin:/usr/bin:/sbin:/opt/bin:/usr/lib/llvm/17/bin',
  ],
  ['another gcc before the usual one', '/usr/x86_64-pc-linux-gnu/gcc-bin/13:/usr/bin', '/usr/x86_64-pc-linux-gnu/gcc-bin/13:/usr/bin'],
  ['helpers of Portage', '/usr/lib/portage/python3.13/ebuild-helpers/xattr:/usr/lib/portage/bin/ebuild-helpers:/usr/bin', '/usr/bin'],
  ['a cache of compilers', '/usr/lib/ccache/bin:/usr/lib64/ccache/bin/:/usr/lib/ccache:/usr/bin', '/usr/bin'],
  ['what eselect leads to', '/usr/bin:/etc/eselect/wine/bin', '/usr/bin:/etc/eselect/wine/bin'],
  ['a folder that is only called like it', '/usr/lib/ccache/bin/mine:/opt/ccache/bin', '/usr/lib/ccache/bin/mine:/opt/ccache/bin'],
]

for (const [what, given, path] of PATHS) {
  test(`PATH with ${what}`, () => assert.deepEqual(buildPath({ ...PLACE, PATH: given }, '/'), { path }))
}

test('PATH of a prefix is below that', () => {
  const PATH = '/home/me/gentoo/usr/lib/portage/bin/ebuild-helpers:/home/me/gentoo/usr/bin:/usr/bin'
  assert.deepEqual(buildPath({ ...PLACE, PATH }, '/home/me/gentoo'), { path: '/home/me/gentoo/usr/bin:/usr/bin' })
  assert.ok('why' in buildPath({ ...PLACE, PATH }, '/home/me/gen'))
})

for (const PATH of [
  '/usr/bin:/home/me/bin',
  '/usr/bin:',
  ':/usr/bin',
  '/usr/bin::/bin',
  'bin:/usr/bin',
  '/usr/../tmp',
  '/usr/bin/../../home',
  '/usrlocal',
  '/',
])
  test(`nobody is asked on PATH=${PATH}`, () =>
    assert.deepEqual(buildPath({ ...PLACE, PATH }, ''), { why: 'PATH leads to programs outside of /usr and /opt' }))

test('nobody is asked where PATH is not known', () =>
  assert.deepEqual(buildPath({ ...PLACE, PATH: '' }, ''), { why: 'nobody has told where it looks for its programs (PATH)' }))

const ELSEWHERE: readonly [string, Partial<typeof PLACE>][] = [
  ['distcc', { FEATURES: 'splitdebug distcc ' }],
  ['distcc-pump', { FEATURES: 'distcc-pump' }],
  ['icecream', { FEATURES: 'icecream' }],
  ['distcc', { CC: '/usr/bin/distcc gcc' }],
  ['icecc', { CXX: 'ccache icecc g++' }],
  ['distcc', { PATH: '/usr/lib/distcc/bin:/usr/bin' }],
  ['icecc', { PATH: '/usr/bin:/usr/libexec/icecc/bin' }],
]

for (const [name, change] of ELSEWHERE) {
  test(`no recipe with ${JSON.stringify(change)}`, () =>
    assert.deepEqual(buildPath({ ...PLACE, ...change }, ''), { why: `${name} lets the compilers of other machines build` }))
}

test('a cache of what this compiler made is no other machine', () =>
  assert.deepEqual(buildPath({ ...PLACE, FEATURES: 'ccache', CC: 'ccache gcc' }, ''), { path: PLACE.PATH }))

for (const [change, expected] of [
  [{}, false],
  [{ PATH: '/usr/lib/ccache/bin:/usr/bin' }, true],
  [{ PATH: '/usr/lib/distcc/bin:/opt/ccache/bin' }, false],
  [{ FEATURES: 'ccache' }, true],
  [{ CC: '/usr/bin/ccache gcc' }, true],
  [{ CXX: 'ccache clang++' }, true],
] as const)
  test(`${JSON.stringify(change)}: ${expected ? 'a' : 'no'} cache stands before the compiler`, () =>
    assert.equal(usesCcache({ ...PLACE, ...change }, '/'), expected))
