/**
 * In which locale a build runs is said in one way, however it was set, and of one that is not there as the C library takes it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { askedLocales, LOCALE_CATEGORIES, localeOf, type LocaleVariables } from '../../src/package/locale.ts'

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
  ['messages of C.UTF-8', { LANG: 'C.UTF-8' }, { ...all('C.utf8'), LC_MESSAGES: '' }],
  ['messages of C', { LANG: 'C.utf8', LC_MESSAGES: 'C' }, { ...all('C.utf8'), LC_MESSAGES: '' }],
  ['messages of C.UTF-8 with LANGUAGE', { LANG: 'C.UTF-8', LANGUAGE: 'de' }, all('C.utf8', 'de')],
]
for (const [what, given, expected] of CASES) test(what, () => assert.deepEqual(localeOf(given, new Set(askedLocales(given))), expected))

const HERE: ReadonlySet<string> = new Set(['C.UTF-8', 'en_US.UTF-8'])

const MISSING: readonly [string, LocaleVariables, Record<string, string>][] = [
  ['the only one', { LANG: 'de_DE.UTF-8', LANGUAGE: 'de' }, all('')],
  ['LC_ALL', { LANG: 'en_US.UTF-8', LC_ALL: 'de_DE.UTF-8' }, all('')],
  ['beside C', { LANG: 'de_DE.UTF-8', LC_CTYPE: 'C', LC_COLLATE: 'POSIX' }, all('')],
  ['one category', { LANG: 'en_US.UTF-8', LC_COLLATE: 'de_DE.UTF-8' }, { ...all('en_US.utf8 alone'), LC_COLLATE: '' }],
  ['messages', { LANG: 'C.UTF-8', LC_MESSAGES: 'de_DE.UTF-8', LANGUAGE: 'de' }, { ...all('C.utf8 alone'), LC_MESSAGES: '' }],
  [
    'only that of categories that are not told',
    { LANG: 'de_DE.UTF-8', ...Object.fromEntries(LOCALE_CATEGORIES.map((name) => [name, 'en_US.UTF-8'])) },
    all('en_US.utf8 alone'),
  ],
]
for (const [what, given, expected] of MISSING) test(`not there: ${what}`, () => assert.deepEqual(localeOf(given, HERE), expected))

test('what is asked for is named once, and C is not', () => {
  assert.deepEqual(askedLocales({ LANG: 'de_DE.UTF-8', LC_TIME: 'C', LC_CTYPE: 'C.UTF-8' }).toSorted(), ['C.UTF-8', 'de_DE.UTF-8'])
  assert.deepEqual(askedLocales({ LANG: 'de_DE.UTF-8', LC_ALL: 'POSIX' }), [])
})
