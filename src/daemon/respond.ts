/**
 * Answers what the command line and the hooks ask of the warden.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { StandinError } from '../base/errors.ts'
import { counted } from '../base/units.ts'
import { readText } from '../portage/bounded.ts'
import { plainLine } from '../portage/terminal.ts'
import type { Entry } from '../standin/journal.ts'
import { purge } from '../standin/purge.ts'
import type { Responder } from './control.ts'
import type { Answer, CourseReport, DisputeReport, LiveStandin, OwnBuild } from './controlWire.ts'
import { saveNote } from './course.ts'
import type { Courses } from './courses.ts'
import { describe, isOver } from './dispute.ts'
import type { Known } from './known.ts'
import { parseMoment } from './moment.ts'
import type { PeerLife } from './peerLife.ts'
import type { Transfer } from './peerWire.ts'
import type { Realm } from './realm.ts'

export interface RespondInput {
  readonly version: string
  readonly pid: number
  readonly realm: Realm
  readonly courses: Courses
  readonly life: PeerLife
}

/** How often a watcher is sent the state anew. */
const WATCH_MS = 500

/** Disputes that are shown, the newest of all and of one package. */
const MOST_SHOWN = 500
const MOST_NAMED = 5

export function responder(input: RespondInput): Responder {
  return async (asked, send, signal) => {
    switch (asked.t) {
      case 'moment': {
        const moment = parseMoment(asked.line)
        if (moment.moment === 'install') send({ t: 'word', word: 'taken' })
        return send({ t: 'word', word: await input.courses.moment(moment) })
      }
      case 'status':
        return send(await status(input))
      case 'watch':
        while (!signal.aborted) {
          send(await status(input))
          await pause(WATCH_MS, signal)
        }
        return undefined
      case 'list':
        input.life.forgetGone()
        return send({ t: 'list', live: live(input), builds: buildsOf(input.realm.known, input.life.shared) })
      case 'why':
        return send({ t: 'why', courses: coursesOf(input.realm.known) })
      case 'purge':
        return send(await purgeAsked(input, asked.ids))
    }
  }
}

async function status(input: RespondInput): Promise<Answer> {
  const { realm, life } = input
  const peer = life.pid()
  const answers = peer !== undefined && (await life.pulse.answers())
  const transfers = answers ? await transfersOf(realm) : []
  const { features, unknown } = await realm.features.general()
  return {
    t: 'status',
    version: input.version,
    features: unknown === undefined ? [...features] : null,
    ...(unknown !== undefined && { whyUnknown: plainLine(unknown).slice(0, 2000) }),
    warden: { pid: input.pid, megabytes: residentMegabytes(input.pid) },
    peer: peer === undefined ? null : { pid: peer, megabytes: residentMegabytes(peer), answers },
    live: live(input),
    kept: realm.site.journal.kept().map(({ path, keptAs }) => ({ path, keptAs })),
    transfers: [...transfers],
    disputes: disputesOf(realm.known),
  }
}

async function transfersOf({ peer }: Realm): Promise<readonly Transfer[]> {
  try {
    return await peer.transfers()
  } catch (error) {
    if (!(error instanceof StandinError)) throw error
    return []
  }
}

/** Also for the command line, where no daemon answers. */
export function disputesOf(known: Pick<Known, 'disputes'>): DisputeReport[] {
  return known
    .disputes()
    .slice(-MOST_SHOWN)
    .map((one) => ({
      cpv: one.cpv,
      recipe: one.recipe,
      differing: one.paths.length,
      kept: one.kept,
      state: one.state,
      files: one.files,
      text: describe(one),
    }))
}

/** What became of each package, with how the disputes about it stand now. Also for the command line, where no daemon answers. */
export function coursesOf(known: Pick<Known, 'courses' | 'disputes'>): CourseReport[] {
  const byCpv = Map.groupBy(known.disputes(), ({ cpv }) => cpv)
  return known.courses().map((course) => {
    const about = (byCpv.get(course.cpv) ?? []).slice(-MOST_NAMED)
    const verdicts = about.map((one) => ({ rule: 'dispute', passed: isOver(one), text: describe(one) }))
    return { ...course, verdicts: [...course.verdicts, ...verdicts] }
  })
}

function live({ realm }: RespondInput): LiveStandin[] {
  return realm.site.journal.unsettled().map((entry) => liveOf(entry, realm))
}

function liveOf(entry: Entry, realm: Realm): LiveStandin {
  const paths = realm.site.journal.paths(entry.id)
  const family = realm.stood.load(entry.id)?.offer
  return {
    id: String(entry.id),
    cpv: entry.cpv,
    repository: family?.family.repository ?? '',
    slot: family?.slot ?? '',
    state: entry.state,
    level: entry.level,
    files: paths.filter(({ kind }) => kind !== 'dir').length,
    bytes: paths.reduce((sum, { size }) => sum + size, 0),
    since: new Date(entry.at).toISOString(),
  }
}

/** Also for the command line, where no daemon answers. */
export function buildsOf(known: Pick<Known, 'builds' | 'disputes'>, sharing: ReadonlySet<string>): OwnBuild[] {
  const varying = new Set(known.disputes().flatMap(({ state, recipe }) => (state === 'irreproducible' ? [recipe] : [])))
  return known.builds().map(({ cpv, offer, archive, audit }) => ({
    cpv,
    repository: offer.family.repository,
    slot: offer.slot,
    recipe: offer.recipe,
    content: offer.content,
    archive: archive.sha256,
    size: archive.size,
    shared: sharing.has(archive.sha256),
    audit: audit === 'differ' && varying.has(offer.recipe) ? 'irreproducible' : audit,
  }))
}

/** A course whose stand-in the user takes away goes on without one; a search that is under way for it ends. */
async function purgeAsked({ realm, courses }: RespondInput, ids: readonly string[]): Promise<Answer> {
  const lines: string[] = []
  let failed = 0
  for (const entry of realm.site.journal.unsettled().filter(({ id }) => ids.includes(String(id)))) {
    const course = courses.all().find(({ note }) => note.standing === entry.id)
    course?.enough.abort()
    await course?.work
    try {
      const purged = purge({ ...realm.site, id: entry.id, say: (line) => lines.push(line) })
      lines.push(`${entry.cpv}: purged (${counted(purged.removed, 'name')})`)
      if (course === undefined) continue
      course.note = { ...course.note, standing: null }
      saveNote(realm.folders.notes, course.key, course.note)
    } catch (error) {
      if (!(error instanceof StandinError)) throw error
      failed += 1
      lines.push(`${entry.cpv}: ${error.message}`)
    }
  }
  return { t: 'purged', lines, failed }
}

function residentMegabytes(pid: number): number {
  // The peer may end between two looks at it.
  const text = readText(`/proc/${pid}/status`, 65_536) ?? ''
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1]
  return Math.round(Number(kilobytes ?? 0) / 1000)
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  signal.addEventListener('abort', () => resolve(), { once: true })
  await promise
  clearTimeout(timer)
}
