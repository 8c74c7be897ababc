/**
 * What is done for a build at each moment of it, as those who follow builds ask for it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Owner } from '../portage/lock.ts'
import type { Course, Wanted } from './course.ts'
import type { Moment } from './moment.ts'

/** Each is done when it returns, or when its promise resolves; none rejects. */
export interface Steps {
  /** Whether this host's own settings and this build's agree that there is something to do. */
  wanted(moment: Moment, owner: Owner): Promise<Wanted>
  /** Whether any stand-in is live on this machine. */
  anyLive(): boolean
  /** Works out beside the emerge from what the build is made, and notes that: see `course.begun`. */
  begin(course: Course): void
  /** Seeks, stages, plans, places, tells. Ends early once `course.enough` is aborted. */
  standIn(course: Course): Promise<void>
  /** Of `courses` those whose stand-in is in the way of the merge that asks: of the same package, or with a name that the merge brings. */
  inTheWay(asked: Moment, courses: readonly Course[]): Course[]
  /** Purges what stands in for a build that is over. */
  takeBack(course: Course, why: 'failed' | 'settled'): void
  /**
   * Purges, before a merge, whatever stands in its way. Tells, also those of `others` that lose theirs. `course` is the build that is merged; without
   * it the merge is not followed: of a binary package, or of a build that was never told of.
   */
  makeWay(asked: Moment, others: readonly Course[], course?: Course): void
  /** Keeps what was built until it is published; `values` are those of the hook that asks for the way. */
  keep(course: Course, values: Moment['values']): Promise<void>
  /** Whether the host has this very build installed. */
  isMerged(course: Course): boolean
  publish(course: Course): Promise<void>
  /** Forgets what was kept for publishing. */
  dropKept(course: Course): void
}
