/**
 * Settings by which ccache may give what another compiler made are named with their file and line; those that cost nothing are not.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CcacheQuestion, keepsDebug, whyOfCcache } from '../../src/portage/ccache.ts'
import { rootWith } from './tree.ts'

const CONF = 'var/cache/ccache/ccache.conf'

/** As the Gentoo wiki has it. */
const WIKI =
  '# Maximum cache size\nmax_size = 100.0G\numask = 002\n# Preserve cache across GCC rebuilds\ncompiler_check = %compiler% -dumpversion\n'

const said = (line: string, number: number, path: string): string =>
  `ccache may give what this compiler would not make: line ${number} of ${path} says "${line}"`

const given = (setting: string): string => `ccache may give what this compiler would not make: the build has ${setting}`

type Case = readonly [string, Record<string, string>, string, Partial<CcacheQuestion>?]

const BAD: readonly Case[] = [
  ['what the wiki says', { [CONF]: WIKI }, said('compiler_check = %compiler% -dumpversion', 5, `/${CONF}`)],
  ['-v', { [CONF]: 'compiler_check=%compiler% -v' }, said('compiler_check=%compiler% -v', 1, `/${CONF}`)],
  ['no look at all', { 'etc/ccache.conf': '\ncompiler_check = none\n' }, said('compiler_check = none', 2, '/etc/ccache.conf')],
  ['one word for all', { 'etc/ccache.conf': 'compiler_check = string:14' }, said('compiler_check = string:14', 1, '/etc/ccache.conf')],
  ['another launcher', { [CONF]: 'prefix_command = distcc' }, said('prefix_command = distcc', 1, `/${CONF}`)],
  ['sloppiness', { [CONF]: 'sloppiness = system_headers' }, said('sloppiness = system_headers', 1, `/${CONF}`)],
  ['a cache of others', { [CONF]: 'remote_storage = redis://other' }, said('remote_storage = redis://other', 1, `/${CONF}`)],
  ['no folder with -g', { [CONF]: 'hash_dir = false' }, said('hash_dir = false', 1, `/${CONF}`), { keepsDebug: true }],
  ['one that is said later', { [CONF]: 'compiler_check=mtime\ncompiler_check=none' }, said('compiler_check=none', 2, `/${CONF}`)],
  ['in the folder of Portage', { 'tmp/ccache/ccache.conf': 'sloppiness = locale' }, said('sloppiness = locale', 1, '/tmp/ccache/ccache.conf')],
  [
    'in the folder that was told',
    { 'told/ccache.conf': 'base_dir = /' },
    said('base_dir = /', 1, '/told/ccache.conf'),
    { told: { CCACHE_DIR: '/told' } },
  ],
  ['no look, by the environment', { [CONF]: 'compiler_check = content' }, given('CCACHE_COMPILERCHECK=none'), { told: { CCACHE_COMPILERCHECK: 'none' } }],
  ['no folder, by the environment', {}, given('CCACHE_NOHASHDIR=1'), { told: { CCACHE_NOHASHDIR: '1' }, keepsDebug: true }],
  ['another launcher, by the environment', {}, given('CCACHE_PREFIX=other'), { told: { CCACHE_PREFIX: 'other' } }],
  ['another file of settings', {}, given('CCACHE_CONFIGPATH=/other'), { told: { CCACHE_CONFIGPATH: '/other' } }],
] // prettier-ignore
for (const [what, files, why, more] of BAD)
  test(`no recipe: ${what}`, (t) =>
    assert.equal(whyOfCcache({ root: rootWith(t, files), tmpdir: '/tmp', told: {}, keepsDebug: false, ...more }), why))

const FINE: readonly (readonly [string, Record<string, string>, Partial<CcacheQuestion>?])[] = [
  ['no settings', {}],
  ['only how large it is', { [CONF]: 'max_size = 100.0G\numask = 002\ncompression = true\n#compiler_check = none\n' }],
  ['the whole compiler', { [CONF]: 'compiler_check = content\nsloppiness =\n' }, { keepsDebug: true }],
  ['no folder without -g', { [CONF]: 'hash_dir = false' }],
  [
    'what the cache takes back',
    { 'etc/ccache.conf': 'compiler_check = none', [CONF]: 'compiler_check = mtime' },
    { told: { CCACHE_DIR: '/var/cache/ccache' } },
  ],
  ['what the environment takes back', { [CONF]: WIKI }, { told: { CCACHE_COMPILERCHECK: 'content' } }],
  ['another folder than that which was told', { [CONF]: WIKI }, { told: { CCACHE_DIR: '/told', CCACHE_SLOPPINESS: '' } }],
]
for (const [what, files, more] of FINE)
  test(`as the compiler: ${what}`, (t) =>
    assert.equal(whyOfCcache({ root: rootWith(t, files), tmpdir: '/tmp', told: {}, keepsDebug: false, ...more }), undefined))

for (const [flags, words, keeps] of [
  ['-O2 -g0 -gno-record-gcc-switches', '', false],
  ['-O2 -ggdb', 'binpkg-dostrip', true],
  ['-O2', 'splitdebug', true],
  ['-O2', 'strip', true],
] as const)
  test(`debug information with ${flags} ${words}`, () => assert.equal(keepsDebug(flags.split(' '), words.split(' ')), keeps))
