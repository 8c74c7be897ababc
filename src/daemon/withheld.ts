/**
 * Whatever keeps a build from being compared, or from being given to others, is said in one line to whoever waits for that and written down for
 * `standin why`, and is neither for anybody else.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { parseFeatures } from '../portage/features.ts'
import { plainLine } from '../portage/terminal.ts'
import { INCOMPARABLE } from './audit.ts'
import type { CourseReport } from './controlWire.ts'
import type { Course } from './course.ts'
import { askedAt, cpvOfMoment, type Moment } from './moment.ts'
import type { Realm } from './realm.ts'
import type { Talk } from './talk.ts'

/** What the own build says of the copy, and what became of it for others: one word each in the row of a build. */
export type Rule = 'own-build' | 'publish'

type Book = Pick<Realm, 'known' | 'clock'>

/** Says `why` of the build, for each thing that was to be made of it: a comparison that has not been made yet, the end of a dispute, a publication. */
export function withheld(book: Book, course: Course, tell: Talk['tell'], why: string): void {
  const { known } = book
  const { wanted, stoodIn } = course.note
  const isCompared = known.courses().some(({ cpv, verdicts }) => cpv === course.cpv && verdicts.some(({ rule }) => rule === 'own-build'))
  if (stoodIn !== null && !isCompared) {
    tell(course, `${INCOMPARABLE}${wanted.publish ? ', and is not published' : ''}: ${why}`, 'warn')
    saveWord(book, course, 'own-build', false, `${INCOMPARABLE}: ${why}`)
    if (wanted.publish) saveWord(book, course, 'publish', false, notPublished(why))
  } else if (wanted.publish) keptHome(book, course, tell, why)
  else if (known.awaitsRebuild(course.cpv)) tell(course, `this build says nothing of the dispute about it: ${why}`, 'warn')
}

/** Says `why` a build is not given to others, where that was wanted. */
export function keptHome(book: Book, course: Course, tell: Talk['tell'], why: string): void {
  if (!course.note.wanted.publish) return
  tell(course, notPublished(why), 'warn')
  saveWord(book, course, 'publish', false, notPublished(why))
}

/** Of a build that failed, was interrupted or killed: what `standin why` has from an earlier one is not about it. */
export function cameToNoMerge(book: Book, course: Course): void {
  if (course.note.wanted.publish) saveWord(book, course, 'publish', false, notPublished('the build came to no merge'))
}

/** Of a build that is not followed, since `why` says what keeps anybody from knowing what is switched on for it. */
export function neverAsked({ known, clock }: Book, { values }: Moment, why: string): void {
  const { PORTAGE_REPO_NAME: repository, SLOT: slot, STANDIN_FEATURES: set } = values
  const text = plainLine(why).slice(0, 1900)
  const verdicts = parseFeatures(set).features.has('publish') ? [{ rule: 'publish', passed: false, text: notPublished(text) }] : []
  const cpv = cpvOfMoment(values)
  known.saveCourse({ cpv, repository, slot, at: clock().toISOString(), placed: false, outcome: `no stand-in: ${text}`, verdicts })
}

/** For `standin why`, in the place of what the same rule has said of this build before. */
export function saveWord({ known, clock }: Book, course: Course, rule: Rule, passed: boolean, text: string): void {
  const found = known.courses().find((row) => row.cpv === course.cpv && isOf(course, row))
  const row = found ?? newRow(course, clock())
  const word = { rule, passed, text: plainLine(text).slice(0, 2000) }
  known.saveCourse({ ...row, verdicts: [...row.verdicts.filter((one) => one.rule !== rule), word] })
}

function notPublished(why: string): string {
  return `not published: ${why}`
}

/** Where no copy was looked for, what is there is about an earlier build. */
function isOf({ note: { began, wanted, stoodIn } }: Course, { at }: CourseReport): boolean {
  return stoodIn !== null || (wanted.install && Date.parse(at) >= Math.floor(askedAt(began)) * 1000)
}

function newRow({ cpv, note }: Course, at: Date): CourseReport {
  const { PORTAGE_REPO_NAME: repository, SLOT: slot } = note.began.values
  const placed = note.stoodIn !== null
  return {
    cpv,
    repository,
    slot,
    at: at.toISOString(),
    placed,
    outcome: placed ? 'placed' : `no stand-in: ${whyUnsought(note)}`,
    verdicts: [],
  }
}

function whyUnsought({ wanted, began: { values } }: Course['note']): string {
  if (values.MERGE_TYPE !== 'source') return 'it was built to be packed, not to be merged'
  return wanted.install ? 'none was looked for' : 'install is not in STANDIN_FEATURES'
}
