/**
 * Orders versions, and takes `cat/pkg-1.2-r3` apart, exactly as the Package Manager Specification says.
 *
 * Sources: PMS 8, 3.1 (names), 3.2 (version syntax), 3.3 (version comparison, algorithms 3.1 to 3.7).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
export interface Cpv {
  readonly category: string
  readonly name: string
  /** With the revision where there is one (PVR). */
  readonly version: string
}

const CATEGORY = '[A-Za-z0-9_][A-Za-z0-9+_.-]*'
const VERSION = '\\d+(?:\\.\\d+)*[a-z]?(?:_(?:alpha|beta|pre|rc|p)\\d*)*(?:-r\\d+)?'
const PARTS = /^(\d+)((?:\.\d+)*)([a-z]?)((?:_(?:alpha|beta|pre|rc|p)\d*)*)(?:-r(\d+))?$/
const CPV = new RegExp(`^(?:(${CATEGORY})/)?([A-Za-z0-9_][A-Za-z0-9+_-]*?)-(${VERSION})$`)
const ENDS_IN_VERSION = new RegExp(`-${VERSION}$`)
const NAME = /^[A-Za-z0-9_][A-Za-z0-9+_-]*$/
const WHOLE_CATEGORY = new RegExp(`^${CATEGORY}$`)

// No name or version that exists comes near; bounds what the expressions above may spend on one word.
const MAX_LENGTH = 300

/** PMS 3.2 order of suffixes; a version without one stands between `_rc` and `_p`. */
const SUFFIX_ORDER: Record<string, number> = { alpha: -4, beta: -3, pre: -2, rc: -1, p: 1 }

export function isVersion(text: string): boolean {
  return text.length <= MAX_LENGTH && PARTS.test(text)
}

export function isCategory(text: string): boolean {
  return text.length <= MAX_LENGTH && WHOLE_CATEGORY.test(text)
}

/** PMS 3.1.2: a name must not end in a hyphen followed by what may be a version. */
export function isPackageName(text: string): boolean {
  return text.length <= MAX_LENGTH && NAME.test(text) && !ENDS_IN_VERSION.test(text)
}

/** Category, name and version of a CPV, or undefined when it is none. */
export function splitCpv(cpv: string): Cpv | undefined {
  const parts = splitPf(cpv)
  return parts?.category === undefined ? undefined : { category: parts.category, name: parts.name, version: parts.version }
}

/** As `splitCpv`, for `pkg-1.2-r3` with or without a category. */
export function splitPf(text: string): { category: string | undefined; name: string; version: string } | undefined {
  const match = text.length <= MAX_LENGTH ? CPV.exec(text) : null
  const [, category, name = '', version = ''] = match ?? []
  return match === null || !isPackageName(name) ? undefined : { category, name, version }
}

/** `1.2` and `r3` of `1.2-r3`; `r0` where none is written. */
export function splitRevision(version: string): { readonly base: string; readonly revision: string } {
  const at = version.search(/-r\d+$/)
  return at < 0 ? { base: version, revision: 'r0' } : { base: version.slice(0, at), revision: version.slice(at + 1) }
}

/** Negative, zero or positive as `a` is older than, as good as, or newer than `b`. Throws RangeError for what is no version. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)]
  return (
    compareNumbers(left.first, right.first) ||
    compareComponents(left.components, right.components) ||
    compareText(left.letter, right.letter) ||
    compareSuffixes(left.suffixes, right.suffixes) ||
    compareNumbers(left.revision, right.revision)
  )
}

interface Suffix {
  readonly order: number
  readonly number: string
}

interface Parts {
  readonly first: string
  readonly components: readonly string[]
  readonly letter: string
  readonly suffixes: readonly Suffix[]
  readonly revision: string
}

function partsOf(version: string): Parts {
  const match = version.length <= MAX_LENGTH ? PARTS.exec(version) : null
  if (match === null) throw new RangeError(`${version.slice(0, 80)} is no version`)
  const [, first = '', components = '', letter = '', suffixes = '', revision = ''] = match
  return { first, components: components.split('.').slice(1), letter, suffixes: suffixes.split('_').slice(1).map(suffixOf), revision }
}

function suffixOf(text: string): Suffix {
  const [, name = '', number = ''] = /^([a-z]+)(\d*)$/.exec(text) ?? []
  return { order: SUFFIX_ORDER[name] ?? 0, number }
}

function compareComponents(a: readonly string[], b: readonly string[]): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const order = compareComponent(a[at] ?? '', b[at] ?? '')
    if (order !== 0) return order
  }
  return Math.sign(a.length - b.length)
}

// Algorithm 3.3: with a leading zero in either, both are decimal fractions, so that 1.02 is older than 1.1.
function compareComponent(a: string, b: string): number {
  if (!a.startsWith('0') && !b.startsWith('0')) return compareNumbers(a, b)
  return compareText(a.replace(/0+$/, ''), b.replace(/0+$/, ''))
}

function compareSuffixes(a: readonly Suffix[], b: readonly Suffix[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const [left, right] = [a[at], b[at]]
    const order = Math.sign((left?.order ?? 0) - (right?.order ?? 0)) || compareNumbers(left?.number ?? '', right?.number ?? '')
    if (order !== 0) return order
  }
  return 0
}

/** Whole numbers of any length, empty for zero: dates as versions with a time behind them pass 2^53. */
function compareNumbers(a: string, b: string): number {
  const [left, right] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')]
  return Math.sign(left.length - right.length) || compareText(left, right)
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
