/**
 * What the daemon wrote down last, for when it does not answer; reading it changes nothing, not even a journal that is damaged.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { HostError, StandinError } from '../base/errors.ts'
import { databaseError } from '../base/room.ts'
import type { CourseReport, DisputeReport, KeptReport, LiveStandin } from '../daemon/controlWire.ts'
import { type Known, openKnown } from '../daemon/known.ts'
import type { Folders } from '../daemon/realm.ts'
import { buildsOf, coursesOf, disputesOf } from '../daemon/respond.ts'
import { entryOf, keptOf } from '../standin/journal-rows.ts'
import type { Entry } from '../standin/journal.ts'
import type { ListedBuild } from './documents.ts'

export interface JournalView {
  readonly live: readonly LiveStandin[]
  readonly kept: readonly KeptReport[]
}

export interface KnownView {
  readonly builds: readonly ListedBuild[]
  readonly courses: readonly CourseReport[]
  readonly disputes: readonly DisputeReport[]
}

export function journalPath(folders: Folders): string {
  return join(folders.state, 'journal.sqlite')
}

/** Nothing where there is no journal yet. Errors: HostError BAD_STATE, UNREADABLE; a system error when this user may not look. */
export function readJournal(path: string): JournalView {
  return look(path, { live: [], kept: [] }, (database) => {
    const entries = database.prepare("SELECT * FROM entry WHERE state <> 'purged' ORDER BY id").all().map(entryOf)
    const kept = database.prepare('SELECT * FROM kept ORDER BY at, keptAs').all().map(keptOf)
    return { live: entries.map((entry) => liveOf(entry, database)), kept: kept.map(({ path: was, keptAs }) => ({ path: was, keptAs })) }
  })
}

/** CPVs of what stands in at one of `names`, absolute paths. Errors as for `readJournal`. */
export function standingAt(path: string, names: readonly string[]): string[] {
  const wanted = `SELECT DISTINCT entry.* FROM entry JOIN path ON path.entry = entry.id WHERE state <> 'purged' AND path.path = ?`
  return look(path, [], (database) => {
    const found = names.flatMap((name) => database.prepare(wanted).all(name.replace(/^\/+/, '')).map(entryOf))
    return [...new Set(found.map(({ cpv }) => cpv))]
  })
}

function look<T>(path: string, nothing: T, read: (database: DatabaseSync) => T): T {
  if (!isThere(path)) return nothing
  try {
    const database = new DatabaseSync(path, { readOnly: true, timeout: 5000 })
    try {
      checkWhole(database)
      return read(database)
    } finally {
      database.close()
    }
  } catch (error) {
    if (error instanceof StandinError) throw error
    const failed = databaseError(`the journal ${path} does not read`, path, error)
    if (failed.code === 'DISK_FULL') throw failed
    const reason = error instanceof Error ? error.message : String(error)
    throw new HostError(
      'BAD_STATE',
      `the journal ${path} does not read (${reason}): start the daemon, which keeps it aside and begins another`,
      {
        cause: error,
      },
    )
  }
}

/** Nothing where nothing is known yet. Errors: HostError IO, StrangerError SCHEMA, naming the file. */
export function readKnown(folders: Folders): KnownView {
  const path = join(folders.state, 'known.sqlite')
  if (!isThere(path)) return { builds: [], courses: [], disputes: [] }
  const known: Known = openKnown(path)
  try {
    return {
      builds: buildsOf(known, new Set()).map((one) => ({ ...one, shared: null })),
      courses: coursesOf(known),
      disputes: disputesOf(known),
    }
  } finally {
    known.close()
  }
}

/** Not `existsSync`, which takes what this user may not see for missing. */
function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}

function checkWhole(database: DatabaseSync): void {
  const verdict = Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {})[0]
  if (verdict !== 'ok') throw new Error(`quick_check: ${String(verdict)}`)
}

function liveOf(entry: Entry, database: DatabaseSync): LiveStandin {
  const sums = database.prepare("SELECT count(*) AS files, coalesce(sum(size), 0) AS bytes FROM path WHERE entry = ? AND kind <> 'dir'")
  const { files, bytes } = sums.get(entry.id) ?? {}
  return {
    id: String(entry.id),
    cpv: entry.cpv,
    // The journal does not know them.
    repository: '',
    slot: '',
    state: entry.state,
    level: entry.level,
    files: Number(files),
    bytes: Number(bytes),
    since: new Date(entry.at).toISOString(),
  }
}
