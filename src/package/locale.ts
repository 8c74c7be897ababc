/**
 * Says in one way in which locale a build runs: what sorts, what is a letter and how numbers and dates are written show in what is built.
 *
 * Sources: POSIX.1-2017, Base Definitions, 8.2: LC_ALL goes before each category, and LANG stands for those that are not set; setlocale(3) of glibc.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

export const LOCALE_CATEGORIES = ['LC_COLLATE', 'LC_CTYPE', 'LC_MESSAGES', 'LC_MONETARY', 'LC_NUMERIC', 'LC_TIME'] as const

type Category = (typeof LOCALE_CATEGORIES)[number]

/** Values of the environment; what is empty is not set. */
export type LocaleVariables = Readonly<Partial<Record<Category | 'LANG' | 'LANGUAGE' | 'LC_ALL', string>>>

/** Locales that must be there for a build to run in what its environment asks for, as it asks for them, but for C and POSIX. */
export function askedLocales(values: LocaleVariables): string[] {
  const names = LOCALE_CATEGORIES.map((name) => asked(values, name))
  // LANG stands for categories that are not told here, too.
  return [...new Set([...names, values.LC_ALL || values.LANG || ''])].filter((name) => plain(name) !== '')
}

/**
 * Each category by itself, empty for that of POSIX; LANGUAGE where messages are not those of POSIX. `there` are those of `askedLocales` that this host has.
 *
 * Where one is missing, a program that sets all categories at once is left with C, and one that sets each by itself has those that are there.
 */
export function localeOf(values: LocaleVariables, there: ReadonlySet<string>): Readonly<Record<Category | 'LANGUAGE', string>> {
  const rest = askedLocales(values).every((name) => there.has(name)) ? '' : ' alone'
  const of = (name: Category): string => {
    const locale = asked(values, name)
    return plain(locale) === '' || !there.has(locale) ? '' : `${plain(locale)}${rest}`
  }
  const [LC_COLLATE, LC_CTYPE, LC_MONETARY] = [of('LC_COLLATE'), of('LC_CTYPE'), of('LC_MONETARY')]
  const [LC_NUMERIC, LC_TIME, messages] = [of('LC_NUMERIC'), of('LC_TIME'), of('LC_MESSAGES')]
  const LANGUAGE = messages === '' ? '' : (values.LANGUAGE ?? '')
  // Without LANGUAGE nothing is said in another way in C.UTF-8 than in C.
  const LC_MESSAGES = LANGUAGE === '' && plain(asked(values, 'LC_MESSAGES')) === 'C.utf8' ? '' : messages
  return { LC_COLLATE, LC_CTYPE, LC_MESSAGES, LC_MONETARY, LC_NUMERIC, LC_TIME, LANGUAGE }
}

function asked(values: LocaleVariables, name: Category): string {
  return values.LC_ALL || values[name] || values.LANG || ''
}

/** `en_US.UTF-8` and `en_US.utf8` are one locale of glibc. */
function plain(name: string): string {
  if (name === 'C' || name === 'POSIX') return ''
  return name.replace(/\.([A-Za-z0-9-]+)/, (_, codeset: string) => `.${codeset.toLowerCase().replaceAll('-', '')}`)
}
