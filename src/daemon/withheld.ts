/**
 * Whatever keeps a build from being compared, or from being given to others, is said in one line to whoever waits for that, and to nobody else.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { plainLine } from '../portage/terminal.ts'
import { INCOMPARABLE } from './audit.ts'
import type { Course } from './course.ts'
import type { Realm } from './realm.ts'
import type { Talk } from './talk.ts'

const OWN_BUILD = 'own-build'

/** Says `why` of the build, for each thing that was to be made of it: a comparison that has not been made yet, the end of a dispute, a publication. */
export function withheld({ known }: Pick<Realm, 'known'>, course: Course, tell: Talk['tell'], why: string): void {
  const { wanted, stoodIn } = course.note
  const isCompared = known.courses().some(({ cpv, verdicts }) => cpv === course.cpv && verdicts.some(({ rule }) => rule === OWN_BUILD))
  if (stoodIn !== null && !isCompared) {
    const line = `${INCOMPARABLE}${wanted.publish ? ', and is not published' : ''}: ${why}`
    tell(course, line, 'warn')
    saveOwnWord({ known }, course, false, `${INCOMPARABLE}: ${why}`)
  } else if (wanted.publish) tell(course, `not published: ${why}`, 'warn')
  else if (known.awaitsRebuild(course.cpv)) tell(course, `this build says nothing of the dispute about it: ${why}`, 'warn')
}

/** What the own build says of the copy, for `standin why`. */
export function saveOwnWord({ known }: Pick<Realm, 'known'>, course: Course, passed: boolean, text: string): void {
  const row = known.courses().find(({ cpv }) => cpv === course.cpv)
  if (row === undefined) return
  const word = { rule: OWN_BUILD, passed, text: plainLine(text).slice(0, 2000) }
  known.saveCourse({ ...row, verdicts: [...row.verdicts.filter(({ rule }) => rule !== OWN_BUILD), word] })
}
