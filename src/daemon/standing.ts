/**
 * Says which stand-ins must go before a build is merged: more than its own course has placed, for an earlier one may have been allowed to keep its.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { isAlive } from '../portage/lock.ts'
import { splitCpv } from '../portage/version.ts'
import type { Entry } from '../standin/journal.ts'
import type { Site } from '../standin/site.ts'
import type { Course } from './course.ts'

/** All of this build; before a merge also those of other versions of the package that no emerge answers for any more. */
export function standingFor(site: Site, course: Course, why: 'merge' | 'failed' | 'settled'): Entry[] {
  const { PORTAGE_BUILDDIR, CATEGORY, PN } = course.note.began.values
  const isForgotten = (entry: Entry): boolean => {
    const of = splitCpv(entry.cpv)
    if (why !== 'merge' || of?.category !== CATEGORY || of.name !== PN) return false
    return !isAlive('/proc', { pid: entry.ownerPid, startTime: entry.ownerStart, bootId: site.boot })
  }
  return site.journal.unsettled().filter((entry) => entry.builddir === PORTAGE_BUILDDIR || isForgotten(entry))
}

/** The stand-in that an earlier build of the same was allowed to keep. */
export function keptFor(site: Site, course: Course): Entry | undefined {
  return standingFor(site, course, 'settled').find(({ state }) => state === 'placed')
}
