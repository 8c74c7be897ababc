/**
 * In which locale a build runs is said in one way, however it was set.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LOCALE_CATEGORIES, localeOf, type LocaleVariables } from '../../src/package/locale.ts'

const all = (name: string, LANGUAGE = ''): Record<string, string> => ({
  ...Object.fromEntries(LOCALE_CATEGORIES.map((category) => [category, name])),
  LANGUAGE,
})

const CASES: readonly [string, LocaleVariables, Record<string, string>][] = [
  ['nothing', {}, all('')],
  ['empty', { LANG: '', LC_ALL: '', LC_TIME: '' }, all('')],
  ['C and POSIX', { LANG: 'POSIX', LC_TIME: 'C' }, all('')],
  ['LANG', { LANG: 'de_DE.UTF-8' }, all('de_DE.utf8')],
  ['LC_ALL before LANG and a category', { LC_ALL: 'fr_FR.utf8', LANG: 'de_DE', LC_TIME: 'C' }, all('fr_FR.utf8')],
  ['LC_ALL=C', { LC_ALL: 'C', LANG: 'de_DE.UTF-8', LANGUAGE: 'de' }, all('')],
  ['a category before LANG', { LANG: 'en_US.UTF-8', LC_COLLATE: 'C' }, { ...all('en_US.utf8'), LC_COLLATE: '' }],
  ['a modifier', { LANG: 'de_DE.ISO8859-15@euro' }, all('de_DE.iso885915@euro')],
  ['LANGUAGE with messages', { LANG: 'de_DE.UTF-8', LANGUAGE: 'de:en' }, all('de_DE.utf8', 'de:en')],
  ['LANGUAGE without', { LANGUAGE: 'de:en' }, all('')],
]

for (const [what, given, expected] of CASES) test(what, () => assert.deepEqual(localeOf(given), expected))
