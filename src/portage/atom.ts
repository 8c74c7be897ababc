/**
 * Reads an atom as Portage takes it on a command line, and says whether a package is meant by it.
 *
 * Sources: PMS 8, 8.3.1 (operators) and 8.3.3 (slots), 8.3.4 (USE); emerge(1), "ebuild"; Portage's `match_from_list`.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { UserError } from '../base/errors.ts'
import { compareVersions, isCategory, isPackageName, isVersion, splitPf, splitRevision } from './version.ts'

const OPERATORS = ['>=', '<=', '=', '~', '>', '<'] as const

/** `=*` is `=cat/pkg-1.2*`: any version that begins so. */
export type Operator = (typeof OPERATORS)[number] | '=*'

export interface Atom {
  readonly text: string
  readonly name: string
  readonly category?: string
  /** Both or neither. */
  readonly operator?: Operator
  readonly version?: string
  /** Of a binary package. No candidate here has one; Portage looks at it only with the operator `=`. */
  readonly buildId?: string
  readonly slot?: string
  readonly subslot?: string
  readonly repository?: string
  /** What stands in the brackets. Which USE a candidate has is not known here, so `matches` does not look at it. */
  readonly use?: string
}

/** What an atom is held against. `slot` may have a subslot, as SLOT has it. */
export interface Candidate {
  readonly category: string
  readonly name: string
  /** With the revision where there is one. */
  readonly version: string
  readonly slot?: string
  readonly repository?: string
}

const SLOT = /^[A-Za-z0-9_][A-Za-z0-9_+.-]*$/
const REPOSITORY = /^[A-Za-z0-9_][A-Za-z0-9_-]*$/
const FLAG = /[A-Za-z0-9][A-Za-z0-9+_@-]*(\([+-]\))?/.source
const USE_DEPENDENCY = new RegExp(`^(-?${FLAG}|!?${FLAG}[?=])$`)
const BUILD_ID = /^(.+?)-([^-]+(?:-r\d+)?)-(0|[1-9]\d*)$/
const MAX_LENGTH = 400

/** Errors: UserError BAD_ATOM, with what is wrong with it. */
export function parseAtom(text: string): Atom {
  const { rest: withoutUse, use } = cutUse(text)
  refuseWhatIsNoAtom(withoutUse)
  const { rest: withoutRepository, repository } = cutRepository(withoutUse)
  const { rest, ...slots } = cutSlot(withoutSlotOperator(withoutRepository), text)
  const operator = OPERATORS.find((one) => rest.startsWith(one))
  const named = operator === undefined ? unversioned(rest, text) : versioned(rest.slice(operator.length), operator, text)
  return { text, ...named, ...slots, ...(repository === undefined ? {} : { repository }), ...(use === undefined ? {} : { use }) }
}

/** Whether `candidate` is meant. A part that the candidate does not know (slot, repository) is not met by an atom that asks for it. */
export function matches(atom: Atom, candidate: Candidate): boolean {
  if (atom.name !== candidate.name || (atom.category !== undefined && atom.category !== candidate.category)) return false
  if (atom.repository !== undefined && atom.repository !== candidate.repository) return false
  const [slot, subslot = slot] = (candidate.slot ?? '').split('/')
  if (atom.slot !== undefined && atom.slot !== slot) return false
  if (atom.subslot !== undefined && atom.subslot !== subslot) return false
  if (atom.operator === '=' && atom.buildId !== undefined) return false
  return atom.operator === undefined || atom.version === undefined || meets(candidate.version, atom.operator, atom.version)
}

function meets(version: string, operator: Operator, wanted: string): boolean {
  if (operator === '=*') return beginsWith(version, wanted)
  const order = operator === '~' ? compareBases(version, wanted) : compareVersions(version, wanted)
  if (order === 0) return operator !== '<' && operator !== '>'
  return order < 0 ? operator.startsWith('<') : operator.startsWith('>')
}

function compareBases(a: string, b: string): number {
  return compareVersions(splitRevision(a).base, splitRevision(b).base)
}

// Leading zeros of the first number do not count, and 1* is not 10: the cut must lie between two parts of the version.
function beginsWith(version: string, wanted: string): boolean {
  const [whole, start] = [withoutZeros(version), withoutZeros(wanted)]
  if (!whole.startsWith(start)) return false
  const next = whole.charAt(start.length)
  return next === '' || '._-'.includes(next) || isDigit(start.at(-1) ?? '') !== isDigit(next)
}

const withoutZeros = (text: string): string => text.replace(/^0+(?=\d)/, '')
const isDigit = (character: string): boolean => character >= '0' && character <= '9'

function refuseWhatIsNoAtom(text: string): void {
  if (text.length > MAX_LENGTH) throw bad(text, 'it is too long')
  if (text.startsWith('@')) throw bad(text, 'it is a set; name a package')
  if (text.startsWith('!')) throw bad(text, 'it is a blocker; name a package')
  if (text.startsWith('/')) throw bad(text, 'it is a path; name a package')
}

function cutUse(text: string): { rest: string; use: string | undefined } {
  const at = text.indexOf('[')
  if (at < 0) return { rest: text, use: undefined }
  const use = text.endsWith(']') ? text.slice(at + 1, -1) : ''
  if (!use.split(',').every((flag) => USE_DEPENDENCY.test(flag))) throw bad(text, 'what it asks of USE is wrong')
  return { rest: text.slice(0, at), use }
}

/** `:=` and `:*` say nothing of which package; of `:0/2=` the slots do. */
function withoutSlotOperator(rest: string): string {
  return rest.replace(/:(?:\*|([^:]*[^:=*])?=)$/, (_, slot: string | undefined) => (slot === undefined ? '' : `:${slot}`))
}

function cutRepository(text: string): { rest: string; repository: string | undefined } {
  const at = text.indexOf('::')
  if (at < 0) return { rest: text, repository: undefined }
  const repository = text.slice(at + 2)
  if (!REPOSITORY.test(repository)) throw bad(text, 'the name of the repository is wrong')
  return { rest: text.slice(0, at), repository }
}

function cutSlot(rest: string, text: string): { rest: string; slot?: string; subslot?: string } {
  const at = rest.indexOf(':')
  if (at < 0) return { rest }
  const [slot, subslot, ...more] = rest.slice(at + 1).split('/')
  if (slot === undefined || !SLOT.test(slot) || more.length > 0) throw bad(text, 'the slot is wrong')
  if (subslot !== undefined && !SLOT.test(subslot)) throw bad(text, 'the subslot is wrong')
  return { rest: rest.slice(0, at), slot, ...(subslot === undefined ? {} : { subslot }) }
}

function unversioned(rest: string, text: string): Pick<Atom, 'name' | 'category'> {
  if (rest.includes('*')) throw bad(text, 'wildcards are not taken here')
  const parts = rest.split('/')
  const [category, name = ''] = parts.length === 1 ? [undefined, parts[0]] : parts
  if (parts.length > 2 || (category !== undefined && !isCategory(category))) throw bad(text, 'the category is wrong')
  if (splitPf(rest) !== undefined) throw bad(text, `a version needs an operator: =${text}`)
  if (!isPackageName(name)) throw bad(text, 'the name of the package is wrong')
  return category === undefined ? { name } : { name, category }
}

function versioned(rest: string, operator: Operator, text: string): Pick<Atom, 'name' | 'category' | 'operator' | 'version' | 'buildId'> {
  const glob = rest.endsWith('*')
  if (glob && operator !== '=') throw bad(text, `${operator} takes no *`)
  const parts = splitPf(glob ? rest.slice(0, -1) : rest) ?? (glob ? undefined : splitBuild(rest))
  if (parts === undefined || !isVersion(parts.version)) throw bad(text, `${operator} wants a name and a version`)
  const { category, ...named } = parts
  return { ...named, ...(category === undefined ? {} : { category }), operator: glob ? '=*' : operator }
}

/** `cat/pkg-1.2-r3-4`: the fourth binary package of that version. */
function splitBuild(rest: string): (Pick<Atom, 'name' | 'category' | 'buildId'> & { readonly version: string }) | undefined {
  const [, full = '', version = '', buildId = ''] = BUILD_ID.exec(rest) ?? []
  const [, category, name = ''] = /^(?:([^/]*)\/)?([^/]+)$/.exec(full) ?? []
  // What Portage takes: here alone a name may end in what could be a version.
  const isName = isPackageName(name) || splitPf(name) !== undefined
  if (!isName || (category !== undefined && !isCategory(category))) return undefined
  return { name, ...(category === undefined ? {} : { category }), version, buildId }
}

function bad(text: string, why: string): UserError {
  return new UserError('BAD_ATOM', `${JSON.stringify(text.slice(0, 200))} is no atom: ${why}`)
}
