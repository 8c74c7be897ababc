/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { phaseFeatures } from '../../src/portage/phasefeatures.ts'

const CASES: readonly [string, string, { restrict?: string; properties?: string; allow?: string }, string][] = [
  ['nothing', '', {}, ''],
  ['others as they are', 'splitdebug -fixlafiles', {}, 'splitdebug -fixlafiles'],
  ['tests', 'nostrip test', {}, 'nostrip test'],
  ['tests, said twice', 'test test', {}, 'test'],
  ['tests that the ebuild restricts', 'test', { restrict: 'strip test' }, ''],
  ['tests that are restricted and allowed', 'test', { restrict: 'test', allow: 'all' }, 'test'],
  [
    'tests that are allowed for the network that they ask for',
    'test',
    { restrict: 'test', properties: 'test_network', allow: 'network' },
    'test',
  ],
  [
    'tests that are allowed for what they do not ask for',
    'test',
    { restrict: 'test', properties: 'test_network', allow: 'privileged' },
    '',
  ],
  ['tests that are allowed where none are switched on', '', { restrict: 'test', allow: 'all' }, ''],
  ['the network', '-network-sandbox', {}, '-network-sandbox'],
  ['the network that everybody has', '-network-sandbox', { restrict: 'network-sandbox' }, ''],
  ['root', '-userpriv', {}, '-userpriv'],
  ['root where everybody is', '-userpriv', { restrict: 'userpriv' }, ''],
  ['no sandbox', '-sandbox -usersandbox', {}, '-sandbox'],
  ['none for the user', '-usersandbox', {}, '-sandbox'],
  ['none for root, which builds nothing', '-sandbox', {}, ''],
  ['root in the sandbox', '-userpriv -usersandbox', {}, '-userpriv'],
  ['root without', '-userpriv -usersandbox -sandbox', {}, '-userpriv -sandbox'],
  ['none for the user where everybody is root', '-usersandbox', { restrict: 'userpriv' }, ''],
]
for (const [what, said, { restrict = '', properties = '', allow = '' }, expected] of CASES)
  test(what, () => {
    const build = { FEATURES: said, PORTAGE_RESTRICT: restrict, PORTAGE_PROPERTIES: properties, ALLOW_TEST: allow }
    assert.equal(phaseFeatures(build).join(' '), expected)
  })
