/**
 * Says why a build is not what was told of it when it began: then its recipe says nothing of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { findOwner, isSameOwner } from '../portage/lock.ts'
import type { Note } from './course.ts'
import type { MomentValues } from './moment.ts'
import { ownPackageOf } from './ownPackage.ts'
import { whyOtherWidth } from './width.ts'
import { type WishedRecipe, whyOfHooks } from './wish.ts'

/** What the hook of the merge says against it, for the note. */
export function seenAtMerge({ owner, began }: Begun, asked: MomentValues, procRoot: string): Pick<Note, 'unlike'> {
  if (asked.PHASE_HOOKS !== '') return { unlike: whyOfHooks(asked.PHASE_HOOKS) }
  const { PORTAGE_TMPDIR: tmpdir, CATEGORY: category, PF: pf } = asked
  const now = findOwner({ tmpdir, category, pf, procRoot }, owner)
  if (now !== undefined && !isSameOwner(now, owner))
    return { unlike: 'one command began to build it and another went on, and what was done to its work folder in between is not known' }
  const width = whyOtherWidth(began.values, asked)
  return width === undefined ? {} : { unlike: width }
}

/** What the hook of a build that is over says of it, for the note: without a merge (`emerge -B`) nobody has asked before. */
export function seenAtEnd(of: Ending, asked: MomentValues, procRoot: string): Pick<Note, 'package' | 'unlike'> {
  const unlike = of.stage === 'following' ? seenAtMerge(of, asked, procRoot) : {}
  return { package: ownPackageOf(asked, of.began.values) ?? of.package, ...unlike }
}

type Begun = Pick<Note, 'owner'> & { readonly began: { readonly values: MomentValues } }
type Ending = Begun & Pick<Note, 'package' | 'stage'>

/** The recipe as it is `now`, if it is what the note says from the beginning of the build and nothing was seen at the merge; or why it says nothing of it. */
export function asItBegan({ recipe: begun, unlike }: Pick<Note, 'recipe' | 'unlike'>, now: WishedRecipe): Said {
  if (begun === undefined) return unknown('the daemon was started again before it knew what this build is made of')
  if ('why' in begun) return unknown(begun.why)
  if (!now.known) return now
  if (now.id !== begun.id) return unknown('its ebuild, an eclass, the compiler or a file of yours changed while it was built')
  return unlike === undefined ? now : unknown(unlike)
}

type Said = (WishedRecipe & { readonly known: true }) | { readonly known: false; readonly why: string }

function unknown(why: string): Said {
  return { known: false, why }
}
