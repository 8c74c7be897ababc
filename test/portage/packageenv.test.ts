/**
 * STANDIN_FEATURES is found in the files that package.env names, however they are written, and nowhere else.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { packageSettings } from '../../src/portage/packageenv.ts'
import { rootWith } from './tree.ts'

test('each file that package.env names, once, with what it sets last', (t) => {
  const root = rootWith(t, {
    'etc/portage/package.env/10-own': '# a/never none\na/b quiet use # a comment\nc/d use  sub/single missing\n',
    'etc/portage/package.env/20-off': 'e/f off\n',
    'etc/portage/env/none': 'STANDIN_FEATURES="install"\n',
    'etc/portage/env/quiet': '# STANDIN_FEATURES="seed"\nMAKEOPTS="-j1"\n',
    'etc/portage/env/use': 'STANDIN_FEATURES="seed"\nSTANDIN_FEATURES="install\n publish"\n',
    'etc/portage/env/sub/single': "export STANDIN_FEATURES='frob'\n",
    'etc/portage/env/off': 'STANDIN_FEATURES=\n',
  })
  assert.deepEqual(
    packageSettings(root).map(({ path, features, warnings }) => [path, [...features], warnings.length]),
    [
      ['/etc/portage/env/use', ['install', 'publish'], 0],
      ['/etc/portage/env/sub/single', [], 1],
      ['/etc/portage/env/off', [], 0],
    ],
  )
})

test('a host without package.env has none', (t) => {
  assert.deepEqual(packageSettings(rootWith(t, { 'etc/portage/env/use': 'STANDIN_FEATURES="install"\n' })), [])
})
