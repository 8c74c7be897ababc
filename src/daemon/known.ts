/**
 * What this host knows beyond its journal: what it built, what became of each request, which builds disagree. Every row is checked when read.
 *
 * Commit point: the end of each statement (WAL, synchronous FULL). Lost or damaged, it costs knowledge, never a file: the journal is elsewhere.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { DatabaseSync } from 'node:sqlite'
import * as v from 'valibot'
import { HostError } from '../base/errors.ts'
import { databaseError } from '../base/room.ts'
import { check, checkJson, count, hex64, plainText } from '../base/schema.ts'
import { columns } from '../trust/wire.ts'
import { type CourseReport, course } from './controlWire.ts'
import { type Dispute, dispute } from './dispute.ts'
import { MAX_PASSED_ON, ownOffer } from './peerWire.ts'

const MAX_ROW_BYTES = 4 * 1024 * 1024

/** Who said that it may be given to others: the host's settings, which are asked again at each start, or somebody on emerge's command line. */
export const granted = v.picklist(['settings', 'typed'])

export const build = v.strictObject({
  cpv: plainText(300),
  /** SHA-256 and size of the archive in the store. */
  archive: v.strictObject({ sha256: hex64, size: v.number() }),
  path: plainText(4095),
  offer: ownOffer,
  audit: v.picklist(['none', 'agree', 'agree-stable', 'differ', 'not-comparable']),
  granted: v.optional(granted, 'settings'),
  /** When it was made or last asked for, in milliseconds since 1970: the longest unused goes first. */
  used: v.optional(count(), 0),
  /** How wide the window was that it was built in. */
  columns: v.exactOptional(columns),
})

/** An archive of somebody else's that `seed` lets this host give on. */
export const passedOn = v.strictObject({ archive: hex64, cpv: plainText(300), slot: plainText(80), repository: plainText(80), granted })

/** What this host has said of a recipe, also when the archive of it is long gone. */
const signed = v.strictObject({ content: hex64, stable: hex64, columns: v.exactOptional(columns) })

export type BuiltHere = Pick<Build['offer'], 'recipe' | 'linkage' | 'content' | 'stable'>
export type Signed = v.InferOutput<typeof signed>
export type Granted = v.InferOutput<typeof granted>
export type Build = v.InferOutput<typeof build>
export type PassedOn = v.InferOutput<typeof passedOn>

export interface Known {
  /** It is signed from now on. */
  saveBuild(row: Build): void
  /** What was signed last of its recipe and linkage. */
  signed(of: Pick<Build['offer'], 'recipe' | 'linkage'>): Signed | undefined
  /** An own build of its recipe and linkage has given the same, whether or not it was signed. */
  saveBuilt(of: BuiltHere): void
  /** Whether an own build has given the same, or stably the same, the last time that it was signed or written down. */
  hasBuilt(of: BuiltHere): boolean
  builds(): Build[]
  /** Where the disk is full it is only logged, and the row is still there. */
  dropBuild(archive: string): void
  /** Notes that somebody wanted it. */
  useBuild(archive: string, at: number): void
  savePassedOn(row: PassedOn): void
  passedOn(): PassedOn[]
  dropPassedOn(archive: string): void
  /** Where the disk is full it is only logged: whoever is about to be told must be told all the same. */
  saveCourse(row: CourseReport): void
  courses(): CourseReport[]
  /** A new dispute, or one that has come up again: the newest from now on. */
  saveDispute(row: Dispute): void
  /** What has become of one that is known. */
  changeDispute(row: Dispute): void
  /** Whether a clean rebuild may still end a dispute about this package. Asked while a merge waits, so no row is read whole. */
  awaitsRebuild(cpv: string): boolean
  /** Oldest first; of one recipe, where it is given. */
  disputes(recipe?: string): Dispute[]
  close(): void
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS builds (archive TEXT PRIMARY KEY, row TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS signed (recipe TEXT, linkage TEXT, content TEXT NOT NULL, stable TEXT NOT NULL, PRIMARY KEY (recipe, linkage)) STRICT;
  CREATE TABLE IF NOT EXISTS signed_in (recipe TEXT, linkage TEXT, columns INTEGER, PRIMARY KEY (recipe, linkage)) STRICT;
  CREATE TABLE IF NOT EXISTS built (recipe TEXT, linkage TEXT, content TEXT NOT NULL, stable TEXT NOT NULL, PRIMARY KEY (recipe, linkage)) STRICT;
  CREATE TABLE IF NOT EXISTS courses (cpv TEXT PRIMARY KEY, at TEXT NOT NULL, row TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS disputes (recipe TEXT, linkage TEXT, a TEXT, b TEXT, row TEXT NOT NULL, PRIMARY KEY (recipe, linkage, a, b)) STRICT;
  CREATE TABLE IF NOT EXISTS passed_on (archive TEXT PRIMARY KEY, row TEXT NOT NULL) STRICT;
`

/** What is given was signed: so a file that is older than the table loses nothing. */
const SIGNED_BEFORE = `INSERT OR IGNORE INTO signed SELECT row ->> '$.offer.recipe', row ->> '$.offer.linkage', row ->> '$.offer.content', row ->> '$.offer.stable'
  FROM builds WHERE json_valid(row) ORDER BY rowid`

/** Most recipes whose content is remembered, 7 MB; the one that was signed the longest ago goes first, and could be signed otherwise then. */
const MAX_SIGNED = 20_000
const forget = (table: 'signed' | 'signed_in' | 'built'): string =>
  `DELETE FROM ${table} WHERE rowid NOT IN (SELECT rowid FROM ${table} ORDER BY rowid DESC LIMIT ${MAX_SIGNED})`
const SIGNED = `SELECT content, stable, columns FROM signed LEFT JOIN signed_in USING (recipe, linkage) WHERE recipe = ? AND linkage = ?`
const BUILT = `SELECT 1 FROM (SELECT * FROM signed UNION ALL SELECT * FROM built) WHERE recipe = ? AND linkage = ? AND (content = ? OR stable = ?)`

/** Most courses that are remembered; the oldest goes first. */
const MAX_COURSES = 500

/** Most disputes that are over and remembered. */
const MAX_OVER = 200

/** One that is open or accuses is never forgotten: its recipe goes on being refused. */
const WAITS = `row ->> '$.state' IN ('open', 'accuses')`
const FORGET_OVER = `DELETE FROM disputes WHERE NOT ${WAITS} AND rowid NOT IN
  (SELECT rowid FROM disputes WHERE NOT ${WAITS} ORDER BY rowid DESC LIMIT ?)`

/** Errors: HostError DISK_FULL or IO, naming the file, when it can't be opened or is not a database. */
export function openKnown(path: string, log: (line: string) => void = () => undefined): Known {
  let db: DatabaseSync
  try {
    db = opened(path)
  } catch (error) {
    const failed = databaseError(`could not open ${path}`, path, error)
    if (failed.code === 'DISK_FULL') throw failed
    throw new HostError('IO', `${failed.message} (move it away to start with an empty one)`, { cause: error })
  }
  const rows = <S extends v.GenericSchema>(schema: S, sql: string, ...values: string[]): v.InferOutput<S>[] =>
    db
      .prepare(sql)
      .all(...values)
      .map((found) => checkJson(schema, String(found['row']), path, MAX_ROW_BYTES))
  const unlessFull = (about: string, write: () => unknown): void => {
    try {
      write()
    } catch (error) {
      const failed = databaseError(`${about}: ${path}`, path, error)
      if (failed.code !== 'DISK_FULL') throw failed
      log(failed.message)
    }
  }
  return {
    saveBuild(row) {
      try {
        const { recipe, linkage, content, stable } = row.offer
        db.prepare('INSERT OR REPLACE INTO signed_in VALUES (?, ?, ?)').run(recipe, linkage, row.columns ?? null)
        db.prepare(forget('signed_in')).run()
        // First, or somebody might be given what nobody remembers.
        db.prepare('INSERT OR REPLACE INTO signed VALUES (?, ?, ?, ?)').run(recipe, linkage, content, stable)
        db.prepare(forget('signed')).run()
        db.prepare('INSERT OR REPLACE INTO builds VALUES (?, ?)').run(row.archive.sha256, JSON.stringify(row))
      } catch (error) {
        throw databaseError(`${row.cpv}: ${path}`, path, error)
      }
    },
    signed({ recipe, linkage }) {
      const found = db.prepare(SIGNED).get(recipe, linkage)
      if (found === undefined) return undefined
      return check(signed, Object.fromEntries(Object.entries(found).filter(([, value]) => value !== null)), path)
    },
    saveBuilt({ recipe, linkage, content, stable }) {
      unlessFull(recipe.slice(0, 12), () => {
        db.prepare('INSERT OR REPLACE INTO built VALUES (?, ?, ?, ?)').run(recipe, linkage, content, stable)
        db.prepare(forget('built')).run()
      })
    },
    hasBuilt: ({ recipe, linkage, content, stable }) => db.prepare(BUILT).get(recipe, linkage, content, stable) !== undefined,
    builds: () => rows(build, 'SELECT row FROM builds ORDER BY rowid'),
    dropBuild(archive) {
      unlessFull(archive.slice(0, 12), () => db.prepare('DELETE FROM builds WHERE archive = ?').run(archive))
    },
    useBuild(archive, at) {
      db.prepare("UPDATE builds SET row = json_set(row, '$.used', ?) WHERE archive = ?").run(at, archive)
    },
    savePassedOn(row) {
      db.prepare('INSERT OR REPLACE INTO passed_on VALUES (?, ?)').run(row.archive, JSON.stringify(check(passedOn, row, 'passed on')))
      db.prepare('DELETE FROM passed_on WHERE rowid NOT IN (SELECT rowid FROM passed_on ORDER BY rowid DESC LIMIT ?)').run(MAX_PASSED_ON)
    },
    dropPassedOn(archive) {
      db.prepare('DELETE FROM passed_on WHERE archive = ?').run(archive)
    },
    passedOn: () => rows(passedOn, 'SELECT row FROM passed_on ORDER BY rowid'),
    saveCourse(row) {
      check(course, row, 'course')
      unlessFull(row.cpv, () => {
        db.prepare('INSERT OR REPLACE INTO courses VALUES (?, ?, ?)').run(row.cpv, row.at, JSON.stringify(row))
        db.prepare('DELETE FROM courses WHERE cpv NOT IN (SELECT cpv FROM courses ORDER BY at DESC LIMIT ?)').run(MAX_COURSES)
      })
    },
    courses: () => rows(course, 'SELECT row FROM courses ORDER BY at'),
    saveDispute(row) {
      check(dispute, row, 'dispute')
      const sql = 'INSERT OR REPLACE INTO disputes VALUES (?, ?, ?, ?, ?)'
      db.prepare(sql).run(row.recipe, row.linkage, row.contents[0], row.contents[1], JSON.stringify(row))
    },
    changeDispute(row) {
      const sql = 'UPDATE disputes SET row = ? WHERE recipe = ? AND linkage = ? AND a = ? AND b = ?'
      db.prepare(sql).run(JSON.stringify(check(dispute, row, 'dispute')), row.recipe, row.linkage, row.contents[0], row.contents[1])
      db.prepare(FORGET_OVER).run(MAX_OVER)
    },
    awaitsRebuild(cpv) {
      const sql = `SELECT 1 FROM disputes WHERE ${WAITS} AND row ->> '$.cpv' = ? LIMIT 1`
      return db.prepare(sql).get(cpv) !== undefined
    },
    disputes(recipe) {
      if (recipe === undefined) return rows(dispute, 'SELECT row FROM disputes ORDER BY rowid')
      return rows(dispute, 'SELECT row FROM disputes WHERE recipe = ? ORDER BY rowid', recipe)
    },
    close() {
      db.close()
    },
  }
}

function opened(path: string): DatabaseSync {
  const db = new DatabaseSync(path)
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000')
    db.exec(SCHEMA)
    db.exec(SIGNED_BEFORE)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}
