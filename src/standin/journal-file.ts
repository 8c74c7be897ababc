/**
 * The journal's file is ours, whole and of a version that this code knows, or it is not used and not lost either.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { closeSync, existsSync, openSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { HostError, hostError, systemCode } from '../base/errors.ts'
import { syncFolder } from '../base/durable.ts'
import { databaseError, isFull } from '../base/room.ts'

/** `stdi`, in the header of the file: another program's database is never written to. */
const APPLICATION = 0x73746469
const VERSION = 1

/** How long one process waits for the other's transaction; each takes milliseconds, but whoever is in one may hang. */
export const BUSY_MS = 5000

/** Where something is taken away: a merge waits for it, and what can't be written now can be later. */
export const BRIEF_MS = 500

const SCHEMA = `
  CREATE TABLE entry (
    id INTEGER PRIMARY KEY AUTOINCREMENT, eroot TEXT NOT NULL, cpv TEXT NOT NULL, builddir TEXT NOT NULL,
    ownerPid INTEGER NOT NULL, ownerStart TEXT NOT NULL, lockPath TEXT NOT NULL, archive TEXT NOT NULL, content TEXT NOT NULL,
    recipe TEXT NOT NULL, level INTEGER NOT NULL, at INTEGER NOT NULL, boot TEXT NOT NULL, state TEXT NOT NULL,
    placedAt INTEGER, settledAt INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX unsettled ON entry (eroot, cpv, builddir) WHERE state <> 'purged';
  CREATE TABLE path (
    entry INTEGER NOT NULL, ordinal INTEGER NOT NULL, kind TEXT NOT NULL, path TEXT NOT NULL, sha256 TEXT NOT NULL,
    size INTEGER NOT NULL, mode INTEGER NOT NULL, inode TEXT NOT NULL, dev TEXT NOT NULL, mtimeNs TEXT NOT NULL,
    ctimeNs TEXT NOT NULL DEFAULT '', birthNs TEXT NOT NULL DEFAULT '', hadCache INTEGER NOT NULL DEFAULT 1,
    target TEXT NOT NULL DEFAULT '', PRIMARY KEY (entry, ordinal)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE temporary (
    entry INTEGER NOT NULL, path TEXT NOT NULL, dev TEXT NOT NULL DEFAULT '', isMount INTEGER NOT NULL DEFAULT 0,
    inode TEXT NOT NULL DEFAULT '', birthNs TEXT NOT NULL DEFAULT '', PRIMARY KEY (entry, path)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE kept (
    keptAs TEXT PRIMARY KEY, entry INTEGER NOT NULL, cpv TEXT NOT NULL, path TEXT NOT NULL, why TEXT NOT NULL, at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`

/**
 * Opens or creates; `briefly`: for a moment, and then also where the disk is full, keeping every other process out meanwhile. What is there is opened
 * though somebody else has locked it.
 * Errors: HostError BAD_STATE (damaged: moved aside; or of a newer standin: left alone), DISK_FULL, IO.
 */
export function openDatabase(path: string, briefly: boolean): DatabaseSync {
  try {
    createPrivate(path)
    return briefly ? openWithoutRoom(path) : openChecked(path, 'NORMAL', BUSY_MS)
  } catch (error) {
    if (!isDamage(error)) throw databaseError(`could not open the journal ${path}`, path, error)
    const aside = moveAside(path)
    throw new HostError(
      'BAD_STATE',
      `the journal ${path} is damaged and was kept as ${aside}; files of stand-ins may be left on disk, ` +
        `"sqlite3 ${aside} .recover" shows their names; start the daemon again to go on with a new journal`,
      { cause: error },
    )
  }
}

/** SQLite gives the file the mode of the umask, and the files beside it the mode of the file. */
function createPrivate(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600))
}

/** SQLite wants room for what it shares with other processes, but not where it keeps all others out: https://www.sqlite.org/wal.html#noshm */
function openWithoutRoom(path: string): DatabaseSync {
  try {
    return openChecked(path, 'NORMAL', BRIEF_MS)
  } catch (error) {
    if (isDamage(error) || error instanceof HostError || !existsSync(path) || !isFull(dirname(path))) throw error
    return openChecked(path, 'EXCLUSIVE', BRIEF_MS)
  }
}

/** Reads only, unless there is nothing to read: a reader goes on beside whoever has locked it. */
function openChecked(path: string, locking: 'NORMAL' | 'EXCLUSIVE', timeout: number): DatabaseSync {
  const database = new DatabaseSync(path, { timeout })
  try {
    database.exec(`PRAGMA locking_mode = ${locking}`)
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF')
    if (isEmpty(database)) {
      database.exec('BEGIN IMMEDIATE')
      if (isEmpty(database)) create(database)
      database.exec('COMMIT')
    }
    database.exec('BEGIN')
    verify(database, path)
    database.exec('COMMIT')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function isEmpty(database: DatabaseSync): boolean {
  return numberOf(database, 'PRAGMA application_id') === 0 && numberOf(database, 'PRAGMA page_count') <= 1
}

function create(database: DatabaseSync): void {
  database.exec(`${SCHEMA} PRAGMA application_id = ${APPLICATION}; PRAGMA user_version = ${VERSION}`)
}

function verify(database: DatabaseSync, path: string): void {
  if (numberOf(database, 'PRAGMA application_id') !== APPLICATION)
    throw new HostError('BAD_STATE', `${path} is a database of another program; move it away`)
  const version = numberOf(database, 'PRAGMA user_version')
  if (version !== VERSION) throw new HostError('BAD_STATE', `${path} was made by another version of standin (${version}); install that one`)
  const verdict = Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {})[0]
  const tables = numberOf(
    database,
    "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('entry', 'path', 'temporary', 'kept')",
  )
  if (verdict !== 'ok' || tables !== 4)
    throw Object.assign(new Error(`quick_check: ${String(verdict)}, ${tables} tables`), { errcode: SQLITE_CORRUPT })
}

function numberOf(database: DatabaseSync, question: string): number {
  return Number(Object.values(database.prepare(question).get() ?? {})[0])
}

// https://www.sqlite.org/rescode.html; the low byte is the primary code.
const SQLITE_CORRUPT = 11
const SQLITE_NOTADB = 26

function isDamage(error: unknown): boolean {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return false
  return [SQLITE_CORRUPT, SQLITE_NOTADB].includes(error.errcode & 0xff)
}

/** The write-ahead log goes along, as it may hold the newest entries. */
function moveAside(path: string): string {
  let number = 1
  while (existsSync(`${path}.damaged-${number}`)) number += 1
  const aside = `${path}.damaged-${number}`
  for (const suffix of ['-wal', '-shm', '']) {
    try {
      renameSync(path + suffix, aside + suffix)
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw hostError(`could not move ${path + suffix} aside`, error)
    }
  }
  syncFolder(dirname(path))
  return aside
}
