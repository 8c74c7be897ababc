/**
 * Writes down from what a build is made when it begins, so that nothing which changes until it is merged can be taken for that.
 *
 * It is worked out beside the emerge, which waits for none of it; what is not known from then is never made up later.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { hostname } from 'node:os'
import { StandinError } from '../base/errors.ts'
import { plainLine } from '../portage/terminal.ts'
import { isInstalled } from './beside.ts'
import { type NamedHost, noteOfCalled } from './called.ts'
import type { Begun, Course, Note } from './course.ts'
import { askedAt } from './moment.ts'
import type { Realm } from './realm.ts'
import type { Talk } from './talk.ts'
import { type Wish, wishOf } from './wish.ts'

export interface Beginnings {
  /** To be called once for each time that Portage says that the build begins: the last one counts. `course.begun` resolves when it is written down. */
  begin(course: Course): void
  /** What is to be built, as it was worked out then, or as it is now where nothing is known of then. Errors: as `wishOf`. */
  wishOf(course: Course): Wish
}

/** The line may have waited for a daemon that slept, while Portage read the ebuild already. */
const LATE_SECONDS = 10

/** As a maker sees it. */
const thisHost = (): NamedHost => ({ root: '/', hostname: hostname() })

export function beginningsOf(
  { wishTools, clock, log }: Pick<Realm, 'wishTools' | 'clock' | 'log'>,
  change: Talk['change'],
  named: () => NamedHost = thisHost,
): Beginnings {
  const wishes = new WeakMap<Course, Wish>()
  const wishNow = (course: Course): Wish => wishOf(course.note.began.values, wishTools)

  const begunOf = async (course: Course): Promise<Begun> => {
    const late = clock().getTime() / 1000 - askedAt(course.note.began)
    if (late > LATE_SECONDS) return { why: `the daemon heard of it only ${Math.round(late)} seconds after it had begun` }
    try {
      const wish = wishNow(course)
      wishes.set(course, wish)
      const recipe = await wish.recipe
      return recipe.known ? { id: recipe.id } : { why: plainLine(recipe.why).slice(0, 2000) }
    } catch (error) {
      if (error instanceof StandinError) return { why: plainLine(error.message).slice(0, 2000) }
      throw error
    }
  }

  /** What is installed now may be gone when it is merged; what is not may have come by then. */
  const seenOf = async (course: Course): Promise<Pick<Note, 'recipe' | 'replaces' | 'names'>> => {
    const names = course.note.wanted.publish ? { names: noteOfCalled(named()) } : {}
    const replaces = isInstalled(wishTools.root, course.cpv) ? { replaces: true } : {}
    return { recipe: await begunOf(course), ...names, ...replaces }
  }

  return {
    begin(course) {
      const { began } = course.note
      course.begun = seenOf(course)
        .then((seen) => {
          // A note of a build that is over would never go, and one that has begun again is worked out again.
          if (!course.over && course.note.began === began) change(course, seen)
        })
        .catch((error: unknown) => log(`${course.cpv}: ${String(error)}`))
    },
    wishOf: (course) => wishes.get(course) ?? wishNow(course),
  }
}
