/**
 * `standin purge`: takes stand-ins away through the daemon, or by the journal when it does not answer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { statSync } from 'node:fs'
import { StandinError, UserError } from '../../base/errors.ts'
import type { LiveStandin } from '../../daemon/controlWire.ts'
import { openJournal } from '../../standin/journal.ts'
import { purge as purgeEntry } from '../../standin/purge.ts'
import { bootId } from '../../standin/site.ts'
import { ask } from '../ask.ts'
import { meant } from '../atoms.ts'
import { doorOf } from '../daemonOr.ts'
import type { PurgeDocument } from '../documents.ts'
import { EXIT } from '../exit.ts'
import { journalPath, readJournal } from '../lastKnown.ts'
import type { Output } from '../output.ts'
import { liveLine, packageSpan } from '../standinLines.ts'
import { counted } from '../../base/units.ts'
import type { World } from '../world.ts'

interface Done {
  readonly lines: readonly string[]
  readonly failed: number
}

/** How long nothing is said while somebody waits for the daemon, and how long it may take to say that it is there. */
const SOON_MS = 3000

/** Without atoms: all of them. */
export async function purge(world: World, out: Output, atoms: readonly string[], pretend: boolean): Promise<number> {
  const { live, daemon } = await findLive(world, out)
  const chosen = meant(atoms, live, 'no live stand-in')
  if (pretend) return show(chosen, daemon, out, world)
  if (chosen.length === 0) out.good('no stand-in is live')
  for (const one of chosen) out.step('Purging ', packageSpan(one))
  const done = chosen.length === 0 ? { lines: [], failed: 0 } : await carryOut(world, out, chosen, daemon)
  for (const line of done.lines) (done.failed === 0 ? out.good : out.warn)(line)
  if (done.failed > 0) out.bad(`${done.failed} of ${chosen.length} could not be purged`)
  if (out.json) out.document(documentOf(chosen, daemon, false, done))
  return done.failed > 0 ? EXIT.failure : EXIT.ok
}

/** Without a question to the daemon where nothing is live; one that hangs is not waited for as long as a purge may take. Errors: as `purge`. */
export async function purgeAll(world: World, out: Output): Promise<{ readonly purged: readonly string[]; readonly failed: number }> {
  const live = liveNow(world)
  if (live.length === 0) return { purged: [], failed: 0 }
  for (const one of live) out.step('Purging ', packageSpan(one))
  const said = await unlessAbsent(out, () => ask(doorOf(world, Math.min(SOON_MS, world.patienceMs)), { t: 'list' }, 'list'))
  const { lines, failed } = await carryOut(world, out, live, said !== undefined)
  for (const line of lines) (failed === 0 ? out.good : out.bad)(line)
  return { purged: live.map(({ cpv }) => cpv), failed }
}

export function liveNow({ folders }: World): readonly LiveStandin[] {
  return readJournal(journalPath(folders)).live
}

async function findLive(world: World, out: Output): Promise<{ live: readonly LiveStandin[]; daemon: boolean }> {
  const said = await unlessAbsent(out, () => ask(doorOf(world), { t: 'list' }, 'list'))
  return said === undefined ? { live: readJournal(journalPath(world.folders)).live, daemon: false } : { live: said.live, daemon: true }
}

function show(chosen: readonly LiveStandin[], daemon: boolean, out: Output, world: World): number {
  if (out.json) out.document(documentOf(chosen, daemon, true, { lines: [], failed: 0 }))
  else out.lines(chosen.map((one) => (out.quiet ? [one.cpv] : liveLine(one, world.now()))))
  if (chosen.length === 0) out.good('no stand-in is live')
  return EXIT.ok
}

async function carryOut(world: World, out: Output, chosen: readonly LiveStandin[], daemon: boolean): Promise<Done> {
  const ids = chosen.map(({ id }) => id)
  const door = doorOf(world, world.purgePatienceMs)
  const done = daemon ? await unlessAbsent(out, () => ask(door, { t: 'purge', ids }, 'purged')) : undefined
  return done ?? purgeByJournal(world, ids)
}

/** Undefined, with a warning, when no daemon answers: the journal is made for two at once, so a daemon that comes back is no danger. */
async function unlessAbsent<T>(out: Output, work: () => Promise<T>): Promise<T | undefined> {
  const timer = setTimeout(() => out.warn('waiting for the daemon'), SOON_MS)
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'NO_DAEMON') throw error
    out.warn(`${error.message}; going by the journal instead`)
    return undefined
  } finally {
    clearTimeout(timer)
  }
}

function purgeByJournal(world: World, ids: readonly string[]): Done {
  const path = journalPath(world.folders)
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return { lines: [], failed: 0 }
  const journal = openJournal(path, { briefly: true })
  const lines: string[] = []
  let failed = 0
  try {
    const { folders, root, now } = world
    const site = { journal, root, keepFolder: folders.kept, markers: folders.markers, boot: bootId(), now }
    for (const { id, cpv } of journal.unsettled().filter((entry) => ids.includes(String(entry.id)))) {
      try {
        const { removed } = purgeEntry({ ...site, id, say: (line) => lines.push(line) })
        lines.push(`${cpv}: purged without the daemon (${counted(removed, 'name')})`)
      } catch (error) {
        if (!(error instanceof StandinError)) throw error
        failed += 1
        lines.push(`${cpv}: ${error.message}`)
      }
    }
  } finally {
    journal.close()
  }
  return { lines, failed }
}

function documentOf(chosen: readonly LiveStandin[], daemon: boolean, pretend: boolean, { lines, failed }: Done): PurgeDocument {
  return { standin: 'purge-1', daemon, pretend, standins: chosen.map(({ id, cpv }) => ({ id, cpv })), lines: [...lines], failed }
}
