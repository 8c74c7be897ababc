/**
 * Takes away what stands in, before a merge and after a build that came to none, and tells everybody whose stand-in it was.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { StandinError, systemCode } from '../base/errors.ts'
import { counted } from '../base/units.ts'
import { findOwner } from '../portage/lock.ts'
import type { Entry } from '../standin/journal.ts'
import { isSamePackage } from '../standin/live.ts'
import { purge } from '../standin/purge.ts'
import type { Course } from './course.ts'
import type { Steps } from './step.ts'
import { cpvOfMoment, type Moment, type MomentValues } from './moment.ts'
import type { Realm } from './realm.ts'
import { terminalFor } from './say.ts'
import { metBy, standingFor, standingOf } from './standing.ts'
import type { Talk } from './talk.ts'
import { cameToNoMerge } from './withheld.ts'

interface Taking {
  readonly standing: readonly Entry[]
  readonly beforeMerge: boolean
  /** For whom: what is merged, or what is over. */
  readonly cpv: string
  readonly say: (text: string, tone: 'good' | 'warn' | 'bad') => void
  /** What is said of it in the end; `span` is how much in which time. */
  readonly done: (span: string) => string
  /** Builds that go on, some of them without their stand-in from now on. */
  readonly others: readonly Course[]
}

export function wayOf(realm: Realm, { tell, tellAt, remember }: Talk): Pick<Steps, 'inTheWay' | 'takeBack' | 'makeWay'> {
  const bereave = (id: number, { others, cpv }: Taking): void => {
    for (const other of others.filter(({ note }) => note.standing === id)) {
      remember(other, { standing: null })
      tell(other, `stand-in purged: ${cpv} is merged now, and it would be in the way`, 'warn')
    }
  }
  /** False where something of it is still there. */
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
    if (taken > 0) taking.say(taking.done(span), 'good')
    return taken === taking.standing.length
  }
  const sayTo = ({ values }: Moment): Taking['say'] => {
    const owner = findOwner({ tmpdir: values.PORTAGE_TMPDIR, category: values.CATEGORY, pf: values.PF, procRoot: '/proc' })
    const terminal = owner === undefined ? null : terminalFor('/proc', owner.pid)
    return (text, tone) => tellAt({ terminal }, `${cpvOfMoment(values)}: ${text}`, tone)
  }

  const met = (values: MomentValues): ReturnType<typeof metBy> => {
    try {
      return metBy(realm.site, values)
    } catch (error) {
      if (!(error instanceof StandinError) && systemCode(error) === undefined) throw error
      realm.log(`${cpvOfMoment(values)}: what it brings could not be held against what stands in: ${String(error)}`)
      return []
    }
  }

  const takeOwn = (course: Course, why: 'failed' | 'settled'): void => {
    const standing = standingFor(realm.site, course.note.began.values)
    const say: Taking['say'] = (text, tone) => tell(course, text, tone)
    if (standing.length > 0 && why === 'failed' && realm.settings.on_failure === 'keep')
      return say('the build failed; its stand-in stays (on_failure = keep)', 'warn')
    if (!take({ standing, beforeMerge: false, cpv: course.cpv, say, done: overWith, others: [] })) return
    if (course.note.standing !== null) remember(course, { standing: null })
  }
  return {
    inTheWay({ values }, courses) {
      const builds = new Set(met(values).map(({ entry }) => entry.builddir))
      const isOne = ({ cpv, note }: Course): boolean =>
        isSamePackage(cpv, cpvOfMoment(values)) || builds.has(note.began.values.PORTAGE_BUILDDIR)
      return courses.filter(isOne)
    },
    takeBack(course, why) {
      takeOwn(course, why)
      if (why === 'failed') cameToNoMerge(realm, course)
    },
    makeWay(asked, courses, course) {
      const standing = standingOf(realm.site, asked.values)
      const others = met(asked.values)
      if (standing.length === 0 && others.length === 0 && course === undefined) return
      const say: Taking['say'] = course === undefined ? sayTo(asked) : (text, tone) => tell(course, text, tone)
      const taking = { beforeMerge: true, cpv: cpvOfMoment(asked.values), say, others: courses }
      const next = course === undefined ? 'the package is merged now' : 'your own build is merged now'
      const isClear = take({ ...taking, standing, done: (span) => `stand-in purged (${span}), ${next}` })
      for (const { entry, path } of others) {
        const done = (span: string): string => `stand-in of ${entry.cpv} purged (${span}): this merge brings /${path} too`
        take({ ...taking, standing: [entry], done })
      }
      if (isClear && course !== undefined && course.note.standing !== null) remember(course, { standing: null })
    },
  }
}

const overWith = (span: string): string => `stand-in purged (${span}), the build is over`
