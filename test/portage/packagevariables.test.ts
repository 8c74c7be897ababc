/**
 * What package.env sets for one package, and neither Portage nor a recipe knows, is named, however it is written; and nothing else is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { whyOfMakeConf, whyOfPackageEnv } from '../../src/portage/packagevariables.ts'
import { readRepos } from '../../src/portage/repos.ts'
import { rootWith } from './tree.ts'

const CANDIDATE = { category: 'sci-libs', name: 'openblas', version: '0.3.30', slot: '0', repository: 'gentoo' }
const BASE = {
  'etc/portage/repos.conf/gentoo.conf': '[gentoo]\nlocation = /var/db/repos/gentoo\n',
  'var/db/repos/gentoo/profiles/repo_name': 'gentoo\n',
  'etc/portage/make.profile/make.defaults': 'USE_EXPAND="L10N CPU_FLAGS_X86"\nUSE_EXPAND="${USE_EXPAND} LUA_TARGETS"\n',
}

const KNOWN = new Set(['CFLAGS', 'RUSTFLAGS'])

type Context = Parameters<typeof rootWith>[0]
function found(t: Context, packageEnv: string, text: string): string | undefined {
  const root = rootWith(t, { ...BASE, 'etc/portage/package.env': packageEnv, 'etc/portage/env/own': text })
  const said = whyOfPackageEnv({ root, repos: readRepos(root), package: CANDIDATE, known: KNOWN })
  return said?.replace(/^\/etc\/portage\/env\/own sets (\w+), which no recipe names$/, '$1')
}

const LINE = 'sci-libs/openblas own\n'

describe('named', () => {
  for (const text of [
    'TARGET="X"',
    '  export TARGET=X',
    "CFLAGS='-O3'\nTARGET='a b'",
    'USE="x"\nTARGET=',
    'CFLAGS="-O3"\nTARGET="$CFLAGS"',
    'CFLAGS="-O3 # no" TARGET=2',
    "CFLAGS='-O3' export TARGET = 2",
  ])
    test(JSON.stringify(text), (t) => assert.equal(found(t, LINE, `${text}\n`), 'TARGET'))

  for (const atom of [
    '*/*',
    'sci-libs/*',
    '*/open*',
    '*/*blas:0',
    '*/*pen*',
    '**/open**',
    '=*/*-0.3*',
    '=sci-libs/openblas-0.3*',
    '>=sci-libs/openblas-0.3:0::gentoo',
  ])
    test(atom, (t) => assert.equal(found(t, `a/b other\n${atom}  quiet own # why\n`, 'TARGET=x\n'), 'TARGET'))
})

describe('not named', () => {
  const known =
    'CFLAGS="-O3"\nRUSTFLAGS=x\nUSE=x\nFEATURES="-test"\nMAKEOPTS=-j1\nPORTAGE_TMPDIR=/x\nL10N=de\nLUA_TARGETS=x\nhttp_proxy=x\n# TARGET=x\n'
  test('what is Portage\u2019s, of a recipe, or a flag', (t) => assert.equal(found(t, LINE, known), undefined))
  test('what stands in quotes or behind a #', (t) =>
    assert.equal(found(t, LINE, 'CFLAGS="-DA=1"\nMAKEOPTS=\'V=1\' # TARGET=2\n'), undefined))
  test('what others are made of', (t) => assert.equal(found(t, LINE, 'FAST="-O3"\nMORE="$FAST -g"\nCFLAGS="${MORE}"\n'), undefined))
  for (const atom of [
    'sci-libs/openblas-tests',
    'dev-libs/*',
    '*/open',
    '<sci-libs/openblas-0.3',
    'sci-libs/openblas:2',
    'sci-libs/openblas::own',
    '===x',
    '#',
  ])
    test(`for ${atom}`, (t) => assert.equal(found(t, `${atom} own\n`, 'TARGET=x\n'), undefined))
  test('without a package.env', (t) => {
    const root = rootWith(t, BASE)
    assert.equal(whyOfPackageEnv({ root, repos: readRepos(root), package: CANDIDATE, known: new Set() }), undefined)
  })
})

const own = (t: Context, text: string, more: Record<string, string>): string | undefined => {
  const root = rootWith(t, { ...BASE, ...more, 'etc/portage/package.env': LINE, 'etc/portage/env/own': text })
  return whyOfPackageEnv({ root, repos: readRepos(root), package: CANDIDATE, known: KNOWN })
}
const saysIn = (path: string): string => `${path} sets TARGET, which no recipe names`

describe('what is sourced', () => {
  test('is looked into, by its whole name and beside it', (t) => {
    assert.equal(own(t, 'source /etc/more\n', { 'etc/more': 'TARGET=x\n' }), saysIn('/etc/more'))
    assert.equal(own(t, 'CFLAGS=x\nsource "less"\n', { 'etc/portage/env/less': 'TARGET=x\n' }), saysIn('/etc/portage/env/less'))
    assert.equal(own(t, 'source /etc/more\n', { 'etc/more': 'source /etc/portage/env/own\nCFLAGS=x\n' }), undefined)
  })
  test('is named where only Portage can find it, and passed over where it is not there', (t) => {
    assert.equal(own(t, 'source ${OTHER}/x\n', {}), '/etc/portage/env/own sources ${OTHER}/x, which only Portage can find')
    assert.equal(own(t, 'source /etc/none\n', {}), undefined)
  })
})

const ofMakeConf = (t: Context, text: string, more: Record<string, string> = {}): string | undefined => {
  const root = rootWith(t, { ...BASE, 'etc/portage/make.conf': text, ...more })
  return whyOfMakeConf({ root, repos: readRepos(root), package: CANDIDATE, known: KNOWN }, () => [
    '# @ECLASS: blas\n',
    'src_compile() { emake NUM_THREADS=${OPENBLAS_NTHREAD:-64} L10N="${L10N}"; }\n',
  ])
}

describe('make.conf', () => {
  const SAYS = '/etc/portage/make.conf sets OPENBLAS_NTHREAD, which this package names and no recipe does'
  test('is named for a package that reads it', (t) =>
    assert.equal(ofMakeConf(t, 'COMMON_FLAGS="-O2"\nFOO=1\nOPENBLAS_NTHREAD="8"\n'), SAYS))
  test('also where it is sourced, or in the profile of one’s own', (t) => {
    assert.match(ofMakeConf(t, 'source /etc/x', { 'etc/x': 'OPENBLAS_NTHREAD=8' }) ?? '', /^\/etc\/x sets/)
    assert.match(ofMakeConf(t, '', { 'etc/portage/profile/make.defaults': 'OPENBLAS_NTHREAD=8' }) ?? '', /make\.defaults sets/)
  })
  for (const [what, text] of [
    ['nobody reads', 'OPENBLAS_NTHREADS=8\nOPENBLAS=8\n'],
    ['is a flag of USE', 'L10N="de"\n'],
    ['other settings are made of', 'OPENBLAS_NTHREAD=-O3\nCFLAGS="${OPENBLAS_NTHREAD}"\n'],
    ['is a comment', '#OPENBLAS_NTHREAD=8\nsource $NOWHERE\n'],
  ])
    test(`is not for what ${what}`, (t) => assert.equal(ofMakeConf(t, text ?? ''), undefined))
})
