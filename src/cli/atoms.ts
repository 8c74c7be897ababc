/**
 * Which packages are meant by atoms; a short name that fits two packages is refused, as emerge does.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { UserError } from '../base/errors.ts'
import { type Atom, matches, parseAtom } from '../portage/atom.ts'
import { splitCpv } from '../portage/version.ts'

export interface Named {
  readonly cpv: string
  /** Empty where it is not known; an atom that asks for one does not match then. */
  readonly slot: string
  readonly repository: string
}

/**
 * Those of `all` that some atom means, in their order; all of them without atoms.
 * Errors: UserError BAD_ATOM; AMBIGUOUS, naming the candidates; NOT_FOUND when one atom means nothing in `where`.
 */
export function meant<T extends Named>(atoms: readonly string[], all: readonly T[], where: string): T[] {
  if (atoms.length === 0) return [...all]
  const parsed = atoms.map(parseAtom)
  const found = new Set(parsed.flatMap((atom) => matchesOf(atom, all, where)))
  return all.filter((one) => found.has(one))
}

function matchesOf<T extends Named>(atom: Atom, all: readonly T[], where: string): T[] {
  const candidates = all.flatMap((one) => candidateOf(one) ?? [])
  const names = new Set(candidates.filter(({ name }) => name === atom.name).map(({ category, name }) => `${category}/${name}`))
  if (atom.category === undefined && names.size > 1)
    throw new UserError(
      'AMBIGUOUS',
      `the short name ${JSON.stringify(atom.text)} is ambiguous, say one of: ${[...names].toSorted().join(' ')}`,
    )
  const found = candidates.filter((candidate) => matches(atom, candidate)).map(({ one }) => one)
  if (found.length === 0) throw new UserError('NOT_FOUND', `${where} matches ${JSON.stringify(atom.text)}`)
  return found
}

function candidateOf<T extends Named>(
  one: T,
): { category: string; name: string; version: string; slot: string; repository: string; one: T } | undefined {
  const parts = splitCpv(one.cpv)
  return parts === undefined ? undefined : { ...parts, slot: one.slot, repository: one.repository, one }
}
