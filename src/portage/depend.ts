/**
 * Says what a dependency string asks for: what of it is not there, what it blocks, which packages it names.
 *
 * Sources: PMS 8, 8.2 and 8.3 (operators, blocks, slots, slot operators, 2-style and 4-style USE dependencies); Portage's `match_from_list`.
 * USE dependencies are read and then left aside: a package with another flag set counts as there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { StrangerError, UserError } from '../base/errors.ts'
import { type Atom, type Candidate, matches, parseAtom } from './atom.ts'
import { type Group, isActive, parseSpec, type Spec, type Use, wordsIn } from './spec.ts'

export interface Blocker {
  /** As it is written, `!!<cat/pkg-2`. */
  readonly text: string
  /** What must not be there. */
  readonly atom: Atom
  /** `!!`: not even for the time of the merge. */
  readonly strong: boolean
}

const MAX_WORDS_LENGTH = 200

/**
 * Each clause of `text` that nothing of `installed` meets, in words, first to last; of an any-of group one branch is enough.
 * Errors: StrangerError SCHEMA for what PMS does not allow, TOO_LARGE.
 */
export function unmetAtoms(text: string, use: ReadonlySet<string>, installed: readonly Candidate[]): string[] {
  const byName = Map.groupBy(installed, ({ category, name }) => `${category}/${name}`)
  const holds = (part: Spec): boolean => {
    if (part.kind === 'word') return holdsDependency(dependencyOf(part), byName)
    const parts = activeParts(part.parts, use)
    return isEnough(part.kind, parts.filter(holds).length, parts.length)
  }
  const clauses = flat(parseSpec(text), use)
  for (const { text: word, rename } of wordsIn(clauses, 'any')) dependencyOf({ text: word, rename })
  // A blocker by itself asks for nothing; blockersOf says it.
  return clauses.filter((clause) => !isBlocker(clause) && !holds(clause)).map((clause) => inWords(clause, use).slice(0, MAX_WORDS_LENGTH))
}

/** What `text` blocks, wherever it stands. Errors: as unmetAtoms. */
export function blockersOf(text: string, use: Use): Blocker[] {
  const found = [...wordsIn(parseSpec(text), use)].map((word) => ({ text: word.text, ...dependencyOf(word) }))
  return found.flatMap(({ text: word, atom, blocks }) => (blocks === 'no' ? [] : [{ text: word, atom, strong: blocks === 'strong' }]))
}

/** `category/name` of all that `text` asks for in any branch, and of nothing that it blocks. Errors: as unmetAtoms. */
export function packagesIn(text: string, use: Use): Set<string> {
  const found = [...wordsIn(parseSpec(text), use)].map(dependencyOf)
  return new Set(found.flatMap(({ atom, blocks }) => (blocks === 'no' ? [`${atom.category}/${atom.name}`] : [])))
}

/**
 * `category/name` of what `text` binds a build to (`:=`, `:0=`): in every case, and in some branch of a group. Errors: as unmetAtoms.
 */
export function boundIn(
  text: string,
  use: ReadonlySet<string>,
): { readonly always: ReadonlySet<string>; readonly maybe: ReadonlySet<string> } {
  const clauses = flat(parseSpec(text), use)
  return {
    always: boundNames(clauses.flatMap((clause) => (clause.kind === 'word' ? [clause] : []))),
    maybe: boundNames(wordsIn(clauses, use)),
  }
}

function boundNames(words: Iterable<Extract<Spec, { kind: 'word' }>>): Set<string> {
  const bound = [...words].filter((word) => BINDS.test(word.text)).map((word) => dependencyOf(word).atom)
  return new Set(bound.map(({ category, name }) => `${category}/${name}`))
}

const BINDS = /^[^![\]]*=(\[.*\])?$/

interface Dependency {
  readonly atom: Atom
  readonly blocks: 'no' | 'weak' | 'strong'
}

/** `!!>=cat/pkg-1:0/2=::repo[flag,-other(+)]`. */
function dependencyOf({ text, rename }: { readonly text: string; readonly rename?: string | undefined }): Dependency {
  if (rename !== undefined) throw new StrangerError('SCHEMA', `an arrow behind ${shown(text)} where packages are named`)
  const [blocks = ''] = /^!{0,2}/.exec(text) ?? []
  return { atom: atomOf(text.slice(blocks.length), text), blocks: blocks === '' ? 'no' : blocks === '!' ? 'weak' : 'strong' }
}

function atomOf(text: string, whole: string): Atom {
  try {
    const atom = parseAtom(text)
    if (atom.category !== undefined) return atom
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    throw notOne(whole, error)
  }
  throw notOne(whole)
}

function notOne(text: string, cause?: Error): StrangerError {
  return new StrangerError('SCHEMA', `${shown(text)} is no dependency as PMS has it`, cause === undefined ? {} : { cause })
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, MAX_WORDS_LENGTH))
}

function isBlocker(part: Spec): boolean {
  return part.kind === 'word' && part.text.startsWith('!')
}

function holdsDependency({ atom, blocks }: Dependency, installed: ReadonlyMap<string, readonly Candidate[]>): boolean {
  const there = installed.get(`${atom.category}/${atom.name}`)?.some((candidate) => matches(atom, candidate)) === true
  return there === (blocks === 'no')
}

/** `met` of `all` parts. PMS 8.2.3, EAPI 7 and later: of nothing, nothing can be met, so an any-of group without parts is not. */
function isEnough(kind: Group['kind'], met: number, all: number): boolean {
  if (kind === 'any') return met > 0
  if (kind === 'one') return met === 1
  return kind === 'most' ? met <= 1 : met === all
}

/** The clauses that must all hold: groups of one kind with what they stand in are opened, others stay whole. */
function flat(parts: readonly Spec[], use: Use): Spec[] {
  return parts.flatMap((part) => {
    if (part.kind === 'all' || part.kind === 'use') return isActive(part, use) ? flat(part.parts, use) : []
    return [part]
  })
}

/**
 * The parts of a group that are part of it: a group that does not count, or that all-of nothing is left of, is as if it were not written, as
 * Portage takes it, and meets no any-of group.
 */
function activeParts(parts: readonly Spec[], use: Use): Spec[] {
  return parts.filter((part) => {
    if (part.kind === 'word') return true
    return isActive(part, use) && (!['all', 'use'].includes(part.kind) || activeParts(part.parts, use).length > 0)
  })
}

const BETWEEN: Readonly<Record<Group['kind'], string>> = { all: ' and ', use: ' and ', any: ' or ', one: ' or else ', most: ' or at most ' }

function inWords(part: Spec, use: Use): string {
  if (part.kind === 'word') return part.text
  const parts = activeParts(part.parts, use).map((one) => (one.kind === 'word' ? one.text : `(${inWords(one, use)})`))
  return parts.length === 0 ? 'one of nothing' : parts.join(BETWEEN[part.kind])
}
