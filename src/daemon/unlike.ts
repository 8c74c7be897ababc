/**
 * Says why a build that is to be merged is not what was told of it when it began: then its recipe says nothing of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { findOwner, isSameOwner } from '../portage/lock.ts'
import type { Note } from './course.ts'
import type { MomentValues } from './moment.ts'
import { whyOfHooks } from './wish.ts'

/** What the hook of the merge says against it, for the note. */
export function seenAtMerge({ owner }: Pick<Note, 'owner'>, asked: MomentValues, procRoot: string): Pick<Note, 'unlike'> {
  if (asked.PHASE_HOOKS !== '') return { unlike: whyOfHooks(asked.PHASE_HOOKS) }
  const { PORTAGE_TMPDIR: tmpdir, CATEGORY: category, PF: pf } = asked
  const now = findOwner({ tmpdir, category, pf, procRoot })
  if (now === undefined || isSameOwner(now, owner)) return {}
  return { unlike: 'one command began to build it and another went on, and what was done to its work folder in between is not known' }
}
