/**
 * Says in one way in which locale a build runs: what sorts, what is a letter and how numbers and dates are written show in what is built.
 *
 * Source: POSIX.1-2017, Base Definitions, 8.2: LC_ALL goes before each category, and LANG stands for those that are not set.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

export const LOCALE_CATEGORIES = ['LC_COLLATE', 'LC_CTYPE', 'LC_MESSAGES', 'LC_MONETARY', 'LC_NUMERIC', 'LC_TIME'] as const

type Category = (typeof LOCALE_CATEGORIES)[number]

/** Values of the environment; what is empty is not set. */
export type LocaleVariables = Readonly<Partial<Record<Category | 'LANG' | 'LANGUAGE' | 'LC_ALL', string>>>

/** Each category by itself, empty for that of POSIX; LANGUAGE where messages are not those of POSIX. */
export function localeOf(values: LocaleVariables): Readonly<Record<Category | 'LANGUAGE', string>> {
  const of = (name: Category): string => plain(values.LC_ALL || values[name] || values.LANG || '')
  const [LC_COLLATE, LC_CTYPE, LC_MESSAGES] = [of('LC_COLLATE'), of('LC_CTYPE'), of('LC_MESSAGES')]
  const [LC_MONETARY, LC_NUMERIC, LC_TIME] = [of('LC_MONETARY'), of('LC_NUMERIC'), of('LC_TIME')]
  const LANGUAGE = LC_MESSAGES === '' ? '' : (values.LANGUAGE ?? '')
  return { LC_COLLATE, LC_CTYPE, LC_MESSAGES, LC_MONETARY, LC_NUMERIC, LC_TIME, LANGUAGE }
}

/** `en_US.UTF-8` and `en_US.utf8` are one locale of glibc. */
function plain(name: string): string {
  if (name === 'C' || name === 'POSIX') return ''
  return name.replace(/\.([A-Za-z0-9-]+)/, (_, codeset: string) => `.${codeset.toLowerCase().replaceAll('-', '')}`)
}
