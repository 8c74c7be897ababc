/**
 * Says which licences of a copy the user has not accepted: Portage lets a build through when ACCEPT_LICENSE accepts the licences of that very build,
 * and a copy that was built with other USE flags may have others.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { StrangerError } from '../base/errors.ts'
import { isActive, parseSpec, type Spec, type Use } from '../portage/spec.ts'

const MOST_CLAUSES = 1000

export interface LicenceQuestion {
  /** LICENSE of the ebuild, with its conditions. */
  readonly accepted: string
  /** Flags that the user's own build has; undefined where they are not known: then a licence counts only where it has no condition. */
  readonly use: ReadonlySet<string> | undefined
  /** LICENSE of the archive. */
  readonly offered: string
  /** Flags that the archive was built with. */
  readonly offeredUse: ReadonlySet<string>
}

/** Each in words. Errors: StrangerError for a LICENSE that is none. */
export function strangeLicences({ accepted, use, offered, offeredUse }: LicenceQuestion): string[] {
  const own = use === undefined ? unconditional(parseSpec(accepted)) : clauses(parseSpec(accepted), use)
  const theirs = clauses(parseSpec(offered), offeredUse)
  if (theirs.length === 0 && own.length > 0) return ['licence, of which the copy says nothing']
  return theirs.filter((clause) => !own.some((known) => known.every((name) => clause.includes(name)))).map((clause) => clause.join(' or '))
}

/** Lists of which one licence each must be accepted. To accept one of few is to accept one of more. */
function clauses(parts: readonly Spec[], use: Use): string[][] {
  return parts.flatMap((part) => {
    if (part.kind === 'word') return [[part.text]]
    if (!isActive(part, use)) return []
    if (part.kind === 'all' || part.kind === 'use') return clauses(part.parts, use)
    return anyOf(part.parts, use)
  })
}

/** `|| ( A ( B C ) )` is (A or B) and (A or C). */
function anyOf(parts: readonly Spec[], use: Use): string[][] {
  return parts.reduce<string[][]>(
    (sum, part) => {
      const own = clauses([part], use)
      const all = own.length === 0 ? sum : sum.flatMap((clause) => own.map((more) => [...clause, ...more]))
      if (all.length > MOST_CLAUSES) throw new StrangerError('TOO_LARGE', `a choice of more than ${MOST_CLAUSES} licences`)
      return all
    },
    [[]],
  )
}

/** A choice of which some hangs on a condition is none that can be relied on. */
function unconditional(parts: readonly Spec[]): string[][] {
  return parts.flatMap((part) => {
    if (part.kind === 'word') return [[part.text]]
    if (part.kind === 'use') return []
    if (part.kind === 'all') return unconditional(part.parts)
    return part.parts.some(isConditional) ? [] : anyOf(part.parts, new Set())
  })
}

function isConditional(part: Spec): boolean {
  return part.kind === 'use' || (part.kind !== 'word' && part.parts.some(isConditional))
}
