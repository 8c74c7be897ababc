/**
 * Takes away what stands in, before a merge and after a build that came to none, and tells everybody whose stand-in it was.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { StandinError } from '../base/errors.ts'
import { counted } from '../base/units.ts'
import { findOwner } from '../portage/lock.ts'
import type { Entry } from '../standin/journal.ts'
import { purge } from '../standin/purge.ts'
import type { Course } from './course.ts'
import type { Steps } from './step.ts'
import { cpvOfMoment } from './moment.ts'
import type { Realm } from './realm.ts'
import { terminalFor } from './say.ts'
import { standingFor, standingOf } from './standing.ts'
import type { Talk } from './talk.ts'

interface Taking {
  readonly standing: readonly Entry[]
  readonly beforeMerge: boolean
  /** For whom: what is merged, or what is over. */
  readonly cpv: string
  readonly next: string
  readonly say: (text: string, tone: 'good' | 'warn' | 'bad') => void
  /** Builds that go on, some of them without their stand-in from now on. */
  readonly others: readonly Course[]
}

export function wayOf(realm: Realm, { tell, tellAt, change }: Talk): Pick<Steps, 'makeWay' | 'clearWay'> {
  const bereave = (id: number, { others, cpv }: Taking): void => {
    for (const other of others.filter(({ note }) => note.standing === id)) {
      change(other, { standing: null })
      tell(other, `stand-in purged: another emerge merges ${cpv} now`, 'warn')
    }
  }
  const take = (taking: Taking): boolean => {
    const began = performance.now()
    let names = 0
    let taken = 0
    for (const { id } of taking.standing) {
      try {
        names += purge({ ...realm.site, id, beforeMerge: taking.beforeMerge, say: (line) => taking.say(line, 'warn') }).removed
        taken += 1
        bereave(id, taking)
      } catch (error) {
        if (!(error instanceof StandinError)) throw error
        taking.say(`${error.message} (\`standin purge --all\` tries again)`, 'bad')
      }
    }
    const span = `${counted(names, 'name')} in ${Math.round(performance.now() - began)} ms`
    if (taken > 0) taking.say(`stand-in purged (${span}), ${taking.next}`, 'good')
    return taken === taking.standing.length
  }

  return {
    makeWay(course, why, others) {
      const { values } = course.note.began
      const beforeMerge = why === 'merge'
      const standing = beforeMerge ? standingOf(realm.site, values) : standingFor(realm.site, values)
      const say: Taking['say'] = (text, tone) => tell(course, text, tone)
      if (standing.length > 0 && why === 'failed' && realm.settings.on_failure === 'keep')
        return say('the build failed; its stand-in stays (on_failure = keep)', 'warn')
      const next = beforeMerge ? 'your own build is merged now' : 'the build is over'
      if (standing.length > 0 && !take({ standing, beforeMerge, cpv: course.cpv, next, say, others })) return
      if (course.note.standing !== null) change(course, { standing: null })
    },
    clearWay({ values }, others) {
      const standing = standingOf(realm.site, values)
      if (standing.length === 0) return
      const cpv = cpvOfMoment(values)
      const owner = findOwner({ tmpdir: values.PORTAGE_TMPDIR, category: values.CATEGORY, pf: values.PF, procRoot: '/proc' })
      const terminal = owner === undefined ? null : terminalFor('/proc', owner.pid)
      const say: Taking['say'] = (text, tone) => tellAt({ terminal }, `${cpv}: ${text}`, tone)
      take({ standing, beforeMerge: true, cpv, next: 'the package is merged now', say, others })
    },
  }
}
