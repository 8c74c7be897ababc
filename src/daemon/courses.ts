/**
 * Follows every build that a hook speaks of and settles each one, whatever end it takes: merged, failed, killed, or the warden's own.
 *
 * Steps of one build run one after the other; builds run beside each other. Nothing here throws at a hook.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { findOwner, isAlive, isSameOwner, type Owner } from '../portage/lock.ts'
import { type Course, courseOf, dropNote, type Note, readNotes, saveNote } from './course.ts'
import { forgetDoor, forgetOtherDoors, isLeft, makeDoor } from './door.ts'
import { buildKey, cpvOfMoment, isToldAlike, type Moment } from './moment.ts'
import { typedBy } from './say.ts'
import type { Steps } from './step.ts'
import { seenAtEnd, seenAtMerge } from './unlike.ts'

export interface CoursesOptions {
  /** Folders of doors and of notes, both root's alone, below /run. */
  readonly doors: string
  readonly notes: string
  readonly procRoot: string
  readonly steps: Steps
  readonly log: (line: string) => void
}

export interface Courses {
  /** Lines that were read at once. */
  heard(batch: readonly Moment[]): void
  /** One line that came by the control socket; resolves with the word for the hook when its step is done. */
  moment(moment: Moment): Promise<string>
  all(): readonly Course[]
  /** Takes up the builds that an earlier warden followed. */
  recover(): Promise<void>
  /** Settles the builds whose emerge is gone. To be called now and then. */
  settle(): void
  /** Waits for what is being done; follows nothing new. */
  close(): Promise<void>
}

export function openCourses(options: CoursesOptions): Courses {
  const { steps, log } = options
  const table = new Map<string, Course>()
  const beginning = new Map<string, Promise<void>>()
  const [leaving, searching] = [new WeakSet<Course>(), new WeakSet<Course>()]
  /** Builds that are over while their emerge still runs: Portage cleans once more after them. */
  const ended = new Map<string, Owner>()
  let closing = false

  const change = (course: Course, changes: Partial<Note>): void => {
    course.note = { ...course.note, ...changes }
    saveNote(options.notes, course.key, course.note)
  }

  /** What goes wrong with one build ends neither the others nor the daemon. */
  const alone = async (course: Course, step: () => Promise<void> | void): Promise<void> => {
    try {
      await step()
    } catch (error) {
      log(`${course.cpv}: ${String(error)}`)
    }
  }

  const then = (course: Course, step: () => Promise<void> | void): Promise<void> =>
    (course.work = course.work.then(() => alone(course, step)))

  const seek = (course: Course): void => {
    searching.add(course)
    course.seeking = then(course, () => steps.standIn(course)).finally(() => searching.delete(course))
  }

  /** Builds whose stand-in is in the way of what `moment` speaks of. */
  const othersOf = (moment: Moment, self?: Course): Course[] => steps.inTheWay(moment, [...table.values()]).filter((one) => one !== self)

  const over = (course: Course): void => {
    if (table.get(course.key) === course) table.delete(course.key)
    course.over = true
    if (course.note.owner !== null) ended.set(course.key, course.note.owner)
    void alone(course, () => course.door.remove())
    void alone(course, () => dropNote(options.notes, course.key)) // first: the next warden would finish once more what is noted
    void then(course, () => steps.dropKept(course))
  }

  const open = async (key: string, value: Note): Promise<Course> => {
    saveNote(options.notes, key, value)
    const course = courseOf(key, value, await makeDoor(options.doors, key))
    table.set(key, course)
    return course
  }

  const begin = async (began: Moment): Promise<void> => {
    const { values } = began
    const key = buildKey(values.PORTAGE_BUILDDIR)
    const before = table.get(key)
    // Portage cleans again after a finished merge: that is an end, not a beginning.
    if (before !== undefined && before.note.stage !== 'following' && isOwned(before)) return
    const owner = findOwner({ tmpdir: values.PORTAGE_TMPDIR, category: values.CATEGORY, pf: values.PF, procRoot: options.procRoot })
    if (before !== undefined && goesOn(before, began, owner)) {
      change(before, { began })
      return steps.begin(before)
    }
    if (before !== undefined) await leave(before)
    const last = ended.get(key)
    ended.delete(key)
    if (before === undefined && isSameOwner(last, owner)) return
    if (owner === undefined) return log(`${cpvOfMoment(values)}: no emerge holds the lock of its build folder: it is not followed`)
    // The warden slept while the merge began.
    if (isLeft(options.doors, key)) return log(`${cpvOfMoment(values)}: its merge did not wait for the daemon: it is not followed`)
    const wanted = await steps.wanted(began, owner)
    if (!wanted.install && !wanted.publish) return
    const course = await open(key, {
      standin: 'course-1',
      began,
      stage: 'following',
      ...typedBy(options.procRoot, owner),
      wanted,
      standing: null,
      stoodIn: null,
      package: null,
      buildTime: '',
      standinsLive: steps.anyLive(),
      unkept: null,
    })
    steps.begin(course)
    if (wanted.install && !othersOf(began, course).some(({ note }) => note.stage === 'merging')) seek(course)
  }

  /** Portage may have said so, and have asked for the way before, while no warden was there to hear it. */
  const isBuilt = (course: Course): boolean => course.note.stage === 'built' || steps.isMerged(course)

  const isOwned = ({ note: { owner } }: Course): boolean => owner !== null && isAlive(options.procRoot, owner)

  /** Portage cleans behind pkg_pretend too, maybe hours before the package's turn: what has come by then stays, and what has not is sought again. */
  const goesOn = (course: Course, { values }: Moment, owner: Owner | undefined): boolean =>
    isSameOwner(course.note.owner, owner) &&
    isToldAlike(course.note.began.values, values) &&
    (course.note.standing !== null || searching.has(course))

  /** It came to no merge: it has failed, was interrupted, or its emerge was killed. */
  const leave = async (course: Course): Promise<void> => {
    if (leaving.has(course)) return course.work
    leaving.add(course)
    course.enough.abort()
    await then(course, () => steps.takeBack(course, 'failed'))
    over(course)
  }

  const makeWay = async (course: Course, moment: Moment): Promise<void> => {
    course.door.answer('taken', moment.nonce)
    course.enough.abort()
    const others = await halt(othersOf(moment, course))
    await then(course, async () => {
      if (course.over) return // a note that is written now would never go
      steps.makeWay(moment, others, course)
      await steps.keep(course, moment.values)
      change(course, { stage: 'merging', ...seenAtMerge(course.note, moment.values, options.procRoot) })
    })
    course.door.answer('done', moment.nonce)
  }

  const clearWay = async (moment: Moment): Promise<string> => {
    steps.makeWay(moment, await halt(othersOf(moment)))
    return moment.values.MERGE_TYPE === 'binary' ? 'done' : 'unknown'
  }

  const built = async (course: Course, seen: Partial<Note> = {}): Promise<void> => {
    void alone(course, () => change(course, { ...seen, stage: 'built' }))
    course.enough.abort()
    await then(course, async () => {
      // Without a merge (`emerge -B`) nobody has asked for the way.
      steps.takeBack(course, 'settled')
      await steps.publish(course)
    })
    // What was cut off is done by the next warden.
    if (!closing) over(course)
  }

  const act = async (moment: Moment): Promise<string> => {
    const key = buildKey(moment.values.PORTAGE_BUILDDIR)
    if (moment.moment === 'fetch') {
      const earlier = beginning.get(key) ?? Promise.resolve()
      const begun = earlier.then(() => begin(moment)).finally(() => table.has(key) || forgetDoor(options.doors, key))
      beginning.set(key, begun)
      await begun.finally(() => beginning.get(key) === begun && beginning.delete(key))
      return 'done'
    }
    await beginning.get(key)
    const course = moment.values.MERGE_TYPE === 'binary' ? undefined : table.get(key)
    if (course === undefined) {
      if (moment.moment === 'purge') return clearWay(moment)
      if (moment.moment === 'publish' || moment.moment === 'abandon') forgetDoor(options.doors, key)
      return 'unknown'
    }
    if (moment.moment === 'install') await Promise.race([course.work, course.unheard.promise])
    else if (moment.moment === 'purge') await makeWay(course, moment)
    else if (moment.moment === 'publish') void built(course, seenAtEnd(course.note, moment.values, options.procRoot))
    else if (course.note.stage !== 'built') void leave(course)
    return course.note.standing === null ? 'done' : 'usable'
  }

  const safely = (moment: Moment): Promise<string> =>
    act(moment).catch((error: unknown) => {
      log(`${cpvOfMoment(moment.values)}: ${moment.moment}: ${String(error)}`)
      return 'failed'
    })

  return {
    heard(batch) {
      for (const [at, moment] of batch.entries()) {
        const builddir = moment.values.PORTAGE_BUILDDIR
        const laterToo = batch.slice(at + 1).some((later) => later.moment !== 'install' && later.values.PORTAGE_BUILDDIR === builddir)
        // A warden that slept through a whole build must not begin it now.
        if (moment.moment !== 'fetch' || !laterToo) void safely(moment)
      }
    },
    moment: safely,
    all: () => [...table.values()],
    async recover() {
      const notes = readNotes(options.notes, log)
      forgetOtherDoors(options.doors, new Set(notes.keys()))
      for (const [key, value] of notes) {
        const course = await open(key, value)
        if (isBuilt(course)) void built(course)
        else if (!isOwned(course)) await leave(course)
        else if (value.stage === 'following' && value.standing === null && !course.door.isLeft()) {
          if (value.wanted.install) seek(course)
        }
      }
    },
    settle() {
      for (const course of table.values())
        void alone(course, () => {
          if (course.note.stage === 'built' || isOwned(course)) return
          void (isBuilt(course) ? built(course) : leave(course))
        })
      for (const [key, owner] of ended) if (!isAlive(options.procRoot, owner)) ended.delete(key)
    },
    async close() {
      closing = true
      await Promise.allSettled(beginning.values())
      for (const course of table.values()) course.enough.abort()
      await Promise.allSettled([...table.values()].map((course) => course.work))
    },
  }
}

/** What would still be placed now would be in the way of the merge. */
async function halt(courses: readonly Course[]): Promise<readonly Course[]> {
  for (const { enough } of courses) enough.abort('a merge began that the copy would have been in the way of')
  await Promise.all(courses.map(({ seeking }) => seeking))
  return courses
}
