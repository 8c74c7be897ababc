/**
 * One build that is being followed, from the first hook to the end, and the note of it that outlives the warden (not the machine).
 *
 * The note lies below /run, one file a build: a reboot ends every build, so it may end every note too. The commit point is its rename.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { hostError, StandinError, systemCode } from '../base/errors.ts'
import { checkJson, count, hex64, plainText } from '../base/schema.ts'
import { FEATURES } from '../portage/features.ts'
import { notedAsCalled } from './called.ts'
import { callers } from './caller.ts'
import type { Door } from './door.ts'
import { cpvOfMoment, moment } from './moment.ts'
import { ownPackage } from './ownPackage.ts'

/** `following` until the merge asks for the way, `merging` from then on, `built` when Portage has said so, `failed` when it has said that. */
export const STAGES = ['following', 'merging', 'built', 'failed'] as const

/** What is to be done for the build: the tokens that counted when it began, and those of them that only emerge's command line says. */
export const wanted = v.strictObject({
  install: v.boolean(),
  publish: v.boolean(),
  seed: v.boolean(),
  typed: v.array(v.picklist(FEATURES)),
})

export type Wanted = v.InferOutput<typeof wanted>

/** The id of the recipe of a build, or why it has none. */
const begun = v.union([v.strictObject({ id: hex64 }), v.strictObject({ why: plainText(2000) })])

export type Begun = v.InferOutput<typeof begun>

const owner = v.strictObject({ pid: v.number(), startTime: plainText(40), bootId: plainText(100) })

const tty = v.strictObject({ path: plainText(200), device: plainText(40), since: plainText(40), leader: v.nullable(owner) })

const terminal = v.strictObject({
  /** The one that emerge writes to, then those that this one is in: the next is told what the first is no more there for. */
  ttys: v.pipe(v.array(tty), v.maxLength(8)),
  /** No colours there. */
  plain: v.boolean(),
})

export type Terminal = v.InferOutput<typeof terminal>

export const note = v.strictObject({
  standin: v.literal('course-1'),
  began: moment,
  stage: v.picklist(STAGES),
  /** As it was when the build began; absent until that is worked out. */
  recipe: v.exactOptional(begun),
  /** Where the person who typed emerge reads. */
  terminal: v.nullable(terminal),
  owner: v.nullable(owner),
  /** Who typed that emerge. */
  callers: v.optional(callers, null),
  /** What this host and its people were called when the build began; absent until that is noted, and where it is not to be published. */
  names: v.exactOptional(notedAsCalled),
  wanted,
  /** Id in the journal of the stand-in that is placed now, and of the one that was, for the comparison with the own build. */
  standing: v.nullable(count()),
  stoodIn: v.nullable(count()),
  /** The binary package that Portage has made of it. */
  package: v.nullable(ownPackage),
  /** What Portage writes down as BUILD_TIME, once the merge has begun: the installed package that says the same is this build. */
  buildTime: plainText(40),
  /** Whether a stand-in of another package was live on this machine since the build began: configure may have found what it should not have. */
  standinsLive: v.boolean(),
  /** Whether its own stand-in has put commands where PATH leads: the build itself may have found them. */
  besideItself: v.exactOptional(v.boolean()),
  /** Whether a version of the package was installed when this build of it began or was about to be merged; absent where nobody has looked by then. */
  replaces: v.exactOptional(v.boolean()),
  /** Why nothing was kept of the image when it was to be merged. */
  unkept: v.optional(v.nullable(plainText(2000)), null),
  /** Why it is not what its recipe says, as was seen when the merge began. */
  unlike: v.exactOptional(plainText(300)),
})

export type Note = v.InferOutput<typeof note>

export interface Course {
  readonly key: string
  readonly cpv: string
  note: Note
  readonly door: Door
  /** Ends the search for a copy. */
  readonly enough: AbortController
  /** What is being done for this build: each step waits for the one before. */
  work: Promise<void>
  /** The part of it that may place something: over soon after `enough`. */
  seeking: Promise<void>
  /** Settles when nobody has offered a copy for so long that nobody need wait for one, though the search goes on. */
  readonly unheard: PromiseWithResolvers<void>
  /** Resolves when it is noted from what it is built. Nothing that an emerge waits for waits for it. */
  begun: Promise<void>
  /** Whether its note is gone for good. */
  over: boolean
}

export function courseOf(key: string, value: Note, door: Door): Course {
  const [enough, done] = [new AbortController(), Promise.resolve()]
  const [cpv, unheard] = [cpvOfMoment(value.began.values), Promise.withResolvers<void>()]
  return { key, cpv, note: value, door, enough, work: done, seeking: done, unheard, begun: done, over: false }
}

/** Errors: HostError DISK_FULL or IO; the note before is still there then. */
export function saveNote(folder: string, key: string, value: Note): void {
  const path = join(folder, key)
  try {
    writeFileSync(`${path}.tmp`, JSON.stringify(value), { mode: 0o600 })
    renameSync(`${path}.tmp`, path)
  } catch (error) {
    dropHalf(`${path}.tmp`)
    throw hostError(`could not write ${path}`, error)
  }
}

/** Where even that is refused the next start-up does it. */
function dropHalf(half: string): void {
  try {
    rmSync(half, { force: true })
  } catch (error) {
    if (systemCode(error) === undefined) throw error
  }
}

export function dropNote(folder: string, key: string): void {
  rmSync(join(folder, key), { force: true })
}

/** Notes by key. One that does not read is dropped with a log line: its stand-in, if any, is in the journal. */
export function readNotes(folder: string, log: (line: string) => void): Map<string, Note> {
  const notes = new Map<string, Note>()
  for (const key of readdirSync(folder)) {
    const path = join(folder, key)
    if (key.endsWith('.tmp')) {
      rmSync(path, { force: true })
      continue
    }
    try {
      notes.set(key, checkJson(note, readFileSync(path), path, 1024 * 1024))
    } catch (error) {
      if (!(error instanceof StandinError)) throw error
      log(error.message)
      rmSync(path, { force: true })
    }
  }
  return notes
}
