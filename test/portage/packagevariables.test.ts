/**
 * What package.env sets for one package, and neither Portage nor a recipe knows, is named, however it is written; and nothing else is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { unknownPackageVariable } from '../../src/portage/packagevariables.ts'
import { readRepos } from '../../src/portage/repos.ts'
import { rootWith } from './tree.ts'

const CANDIDATE = { category: 'sci-libs', name: 'openblas', version: '0.3.30', slot: '0', repository: 'gentoo' }
const BASE = {
  'etc/portage/repos.conf/gentoo.conf': '[gentoo]\nlocation = /var/db/repos/gentoo\n',
  'var/db/repos/gentoo/profiles/repo_name': 'gentoo\n',
  'etc/portage/make.profile/make.defaults': 'USE_EXPAND="L10N CPU_FLAGS_X86"\nUSE_EXPAND="${USE_EXPAND} LUA_TARGETS"\n',
}

type Context = Parameters<typeof rootWith>[0]
function found(t: Context, packageEnv: string, text: string): string | undefined {
  const root = rootWith(t, { ...BASE, 'etc/portage/package.env': packageEnv, 'etc/portage/env/own': text })
  const said = unknownPackageVariable({ root, repos: readRepos(root), package: CANDIDATE, known: new Set(['CFLAGS', 'RUSTFLAGS']) })
  if (said !== undefined) assert.equal(said.path, '/etc/portage/env/own')
  return said?.name
}

const LINE = 'sci-libs/openblas own\n'

describe('named', () => {
  for (const text of [
    'TARGET="X"',
    '  export TARGET=X',
    "CFLAGS='-O3'\nTARGET='a b'",
    'USE="x"\nTARGET=',
    'CFLAGS="-O3"\nTARGET="$CFLAGS"',
  ])
    test(JSON.stringify(text), (t) => assert.equal(found(t, LINE, `${text}\n`), 'TARGET'))

  for (const atom of ['*/*', 'sci-libs/*', '*/open*', '*/*blas:0', '=sci-libs/openblas-0.3*', '>=sci-libs/openblas-0.3:0::gentoo'])
    test(atom, (t) => assert.equal(found(t, `a/b other\n${atom}  quiet own # why\n`, 'TARGET=x\n'), 'TARGET'))
})

describe('not named', () => {
  const known =
    'CFLAGS="-O3"\nRUSTFLAGS=x\nUSE=x\nFEATURES="-test"\nMAKEOPTS=-j1\nPORTAGE_TMPDIR=/x\nL10N=de\nLUA_TARGETS=x\nhttp_proxy=x\n# TARGET=x\n'
  test('what is Portage\u2019s, of a recipe, or a flag', (t) => assert.equal(found(t, LINE, known), undefined))
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
    assert.equal(unknownPackageVariable({ root, repos: readRepos(root), package: CANDIDATE, known: new Set() }), undefined)
  })
})
