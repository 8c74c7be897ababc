/**
 * What the warden does for one build at each moment of it; a step that fails says so in one line and never fails the emerge.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as answered } from 'node:timers/promises'
import { HostError, StandinError, StrangerError } from '../base/errors.ts'
import { size } from '../base/units.ts'
import { readText } from '../portage/bounded.ts'
import { whyNotAsked } from '../portage/hookreach.ts'
import { metadataFromFolder } from '../package/metadata.ts'
import { plainLine } from '../portage/terminal.ts'
import { beginningsOf } from './beginning.ts'
import { isInstalled } from './beside.ts'
import type { CourseReport, Verdict } from './controlWire.ts'
import type { Course } from './course.ts'
import type { Steps } from './step.ts'
import { askedAt } from './moment.ts'
import { finish } from './finish.ts'
import { foresee } from './foresee.ts'
import { providedHere } from './hostView.ts'
import { terminalFor } from './say.ts'
import { type Copy, type Refused, seek } from './seek.ts'
import { stand } from './stand.ts'
import { opener } from './opener.ts'
import { ownPackageOf } from './ownPackage.ts'
import { passOn } from './passOn.ts'
import type { Realm } from './realm.ts'
import { entryOf, standingFor } from './standing.ts'
import { talkOf } from './talk.ts'
import { wayOf } from './way.ts'
import { weigh } from './weigh.ts'
import type { Wish } from './wish.ts'
import { neverAsked, withheld } from './withheld.ts'

const PATIENCE = { findSeconds: 30, hearSeconds: 3, betterSeconds: 0.3, othersSeconds: 2, getSeconds: 600 } as const

const ALONE = 'the merge did not wait for the daemon'

export function stepsOf(realm: Realm): Steps {
  const talk = talkOf(realm)
  const { tell, tellAt, change, remember } = talk
  const beginnings = beginningsOf(realm, change)
  const report = (course: Course, wish: Wish | undefined, outcome: string, verdicts: readonly Verdict[], placed = false): void => {
    const { PORTAGE_REPO_NAME: repository } = course.note.began.values
    const row: CourseReport = {
      cpv: course.cpv,
      repository,
      slot: wish?.slot ?? '',
      at: realm.clock().toISOString(),
      placed,
      outcome: plainLine(outcome).slice(0, 2000),
      verdicts: verdicts.map(({ rule, passed, text }) => ({ rule, passed, text: plainLine(text).slice(0, 2000) })),
    }
    realm.known.saveCourse(row)
  }

  /** Undefined where it stands in now. Errors: HostError. */
  const arrive = async (course: Course, wish: Wish, { weighed, staging, verdicts }: Copy): Promise<Refused | undefined> => {
    const { values } = course.note.began
    const { offer } = weighed
    let kept: number | undefined
    try {
      const stood = await stand({
        site: realm.site,
        procRoot: '/proc',
        wish,
        offer,
        mergeType: values.MERGE_TYPE,
        staging: join(realm.folders.staging, staging),
        entry: entryOf(course, weighed.level, offer, realm.clock()),
        policy: { maxBytes: realm.settings.max_size, maxEntries: 100_000, maxTotalBytes: realm.settings.max_total_size },
        memory: realm.memory,
        glibc: realm.glibc,
        liveBytes: realm.liveBytes(),
        live: realm.live(),
        shouldStop: () => course.enough.signal.aborted || course.door.isLeft(),
        say: (line) => tell(course, line, 'warn'),
        keep(id, manifest) {
          // `hook --disable` looks for stand-ins once more when it is done: either that sees this one in the journal, or this sees that the hook went.
          const unasked = whyNotAsked(realm.site.root)
          if (unasked !== undefined) throw new HostError('BAD_STATE', unasked)
          kept = id
          realm.stood.save(id, { offer, manifest })
          realm.placed(course.key, id)
        },
      })
      if (stood.kind === 'refused') return { ...stood, always: true }
      remember(course, { standing: stood.id, stoodIn: stood.id })
      passOn(realm, course, staging, offer)
      const seconds = (realm.clock().getTime() / 1000 - askedAt(course.note.began)).toFixed(1)
      const level = `level ${weighed.level}, ${weighed.counted}`
      tell(course, `can be used now (${level}; ${size(stood.bytes)} in ${seconds} s), until your own build is merged`, 'good')
      report(course, wish, `placed: ${level}`, [...verdicts, ...stood.verdicts], true)
      return undefined
    } catch (error) {
      if (!(error instanceof StrangerError)) throw error
      const said = { rule: error.code, passed: false, text: error.message.slice(0, 2000) }
      return { reason: error.message, verdicts: [said], always: false, lost: !realm.peer.isStaged(staging) }
    } finally {
      if (kept !== undefined && kept !== course.note.stoodIn) realm.stood.drop(kept)
      realm.peer.discard(staging)
    }
  }

  /** An earlier build was allowed to keep its stand-in, or an earlier warden was killed before it had written down that it placed one. */
  const adopt = (course: Course, wish: Wish): boolean => {
    const placed = standingFor(realm.site, course.note.began.values).find(({ state }) => state === 'placed')
    if (placed === undefined) return false
    remember(course, { standing: placed.id, stoodIn: placed.id })
    realm.placed(course.key, placed.id)
    const own = placed.ownerPid === course.note.owner?.pid && placed.ownerStart === course.note.owner.startTime
    report(course, wish, `placed: by an earlier ${own ? 'daemon' : 'build'}`, [], true)
    const which = own ? 'the stand-in can be used now' : 'the stand-in of the build that failed can still be used'
    tell(course, `${which}, until your own build is merged`, 'good')
    return true
  }

  const standIn = async (course: Course): Promise<void> => {
    let wish: Wish | undefined
    try {
      if (!existsSync(realm.hookFile))
        throw new HostError('BAD_STATE', `${realm.hookFile} is gone: standin was unmerged while its daemon runs`)
      wish = beginnings.wishOf(course)
      if (adopt(course, wish)) return
      const { PORTAGE_BUILDDIR: builddir, MERGE_TYPE: mergeType } = course.note.began.values
      const asked = { root: realm.site.root, wish, mergeType, builddir, ownerPid: course.note.owner?.pid ?? 0 }
      const foreseen = foresee({ ...asked, memory: realm.memory, publicRepos: realm.settings.publish_repos })
      if (foreseen.reason !== undefined) {
        report(course, wish, `no stand-in: ${foreseen.reason}`, foreseen.verdicts)
        return tell(course, `no stand-in: ${foreseen.reason}`, 'warn')
      }
      const made = wish
      const provides = providedHere(realm.site.root, realm.memory, realm.live())
      const wants = wish.recipe.then((recipe) => ({
        slot: made.slot,
        recipe: recipe.known ? recipe.id : undefined,
        environment: recipe.known ? recipe.environment : undefined,
        leastLevel: realm.settings.level,
        maxBytes: realm.settings.max_size,
        provides,
      }))
      const policy = realm.policy()
      const counts = (keyid: string): boolean => policy.keys.has(keyid)
      const signatures = opener({ counts })
      const sought = await seek({
        family: wish.family,
        peer: realm.peer,
        wants,
        weigh: (offer) => weigh(offer, policy, realm.disputed, signatures.opened),
        screen: signatures.screen,
        counts,
        take: (copy) => arrive(course, made, copy),
        signal: course.enough.signal,
        unheard: course.unheard.resolve,
        ...PATIENCE,
        log: realm.log,
      })
      if (sought.found) return
      report(course, wish, `no stand-in: ${sought.reason}`, sought.verdicts)
      if (!course.enough.signal.aborted || sought.verdicts.length > 0) tell(course, `no stand-in: ${sought.reason}`, 'warn')
    } catch (error) {
      if (!(error instanceof StandinError)) throw error
      report(course, wish, `no stand-in: ${error.message}`, [{ rule: error.code, passed: false, text: error.message.slice(0, 2000) }])
      tell(course, `no stand-in: ${error.message}`, 'warn')
    }
  }

  return {
    async wanted(moment, owner) {
      const { features, typed, warnings, unknown } = await realm.features.of(moment, owner)
      if (unknown !== undefined) neverAsked(realm, moment, unknown)
      for (const warning of warnings) tellAt({ terminal: terminalFor('/proc', owner.pid) }, warning, 'warn')
      const install = features.has('install') && moment.values.MERGE_TYPE === 'source'
      return { install, publish: features.has('publish'), seed: features.has('seed'), typed: [...typed] }
    },
    anyLive: () => realm.site.journal.unsettled().length > 0,
    begin: (course) => beginnings.begin(course),
    standIn,
    ...wayOf(realm, talk),
    async keep(course, asked) {
      const { values } = course.note.began
      const leave = (why: string): void => remember(course, { unkept: plainLine(why).slice(0, 2000) })
      const info = join(values.PORTAGE_BUILDDIR, 'build-info')
      try {
        const made = ownPackageOf(asked, values) ?? null
        change(course, {
          package: made,
          buildTime: buildTimeIn(info),
          replaces: course.note.replaces === true || isInstalled(realm.site.root, course.cpv),
        })
        // Portage's own package holds the same, and stays.
        if (!isWorthKeeping(course, realm) || made !== null || asked.D === '') return
        if (course.door.isLeft()) return leave(ALONE)
        realm.captures.take(course.key, asked.D, values.PORTAGE_TMPDIR, metadataFromFolder(info))
        if (!course.door.isLeft()) {
          // Behind this step, so that the merge need not wait for it, and before whatever comes next.
          course.work = course.work
            .then(() => answered()) // the word at the door first
            .then(() => realm.captures.examine(course.key))
            .catch((error: unknown) => realm.log(`${course.cpv}: ${String(error)}`))
          return
        }
        realm.captures.drop(course.key)
        leave(ALONE)
      } catch (error) {
        if (!(error instanceof StandinError)) throw error
        leave(error.message)
      }
    },
    isMerged({ cpv, note: { buildTime, began } }) {
      const installed = buildTimeIn(join(realm.site.root, 'var/db/pkg', cpv))
      // Nobody has asked for the way of that build: what has been built since it began is it.
      return buildTime === '' ? Number(installed) >= Math.floor(askedAt(began)) : installed === buildTime
    },
    async publish(course) {
      if (!isWorthKeeping(course, realm)) return
      try {
        await finish(realm, course, tell)
      } catch (error) {
        if (!(error instanceof StandinError)) throw error
        if (realm.ending.aborted) return
        withheld(realm, course, tell, error.message)
      }
    },
    dropKept(course) {
      realm.captures.drop(course.key)
      const { stoodIn } = course.note
      // A stand-in that may stay (on_failure = keep) is still asked what it provides.
      if (stoodIn !== null && realm.site.journal.unsettled().every(({ id }) => id !== stoodIn)) realm.stood.drop(stoodIn)
      realm.site.journal.tidy()
    },
  }
}

function buildTimeIn(folder: string): string {
  return readText(join(folder, 'BUILD_TIME'), 100)?.trim().slice(0, 40) ?? ''
}

/** With `install` alone the image is kept as well where a copy stood in, or a dispute waits: the own build has the last word. */
function isWorthKeeping({ cpv, note }: Course, { known }: Realm): boolean {
  return note.wanted.publish || note.stoodIn !== null || known.awaitsRebuild(cpv)
}
