/**
 * What this host knows beyond its journal: what it built, what became of each request, which builds disagree. Every row is checked when read.
 *
 * Commit point: the end of each statement (WAL, synchronous FULL). Lost or damaged, it costs knowledge, never a file: the journal is elsewhere.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { DatabaseSync } from 'node:sqlite'
import * as v from 'valibot'
import { hostError } from '../base/errors.ts'
import { check, checkJson, hex64, plainText } from '../base/schema.ts'
import { envelope } from '../trust/wire.ts'
import { type CourseReport, course } from './controlWire.ts'
import { ownOffer } from './peerWire.ts'

const MAX_ROW_BYTES = 4 * 1024 * 1024

export const build = v.strictObject({
  cpv: plainText(300),
  /** SHA-256 and size of the archive in the store. */
  archive: v.strictObject({ sha256: hex64, size: v.number() }),
  path: plainText(4095),
  offer: ownOffer,
  audit: v.picklist(['none', 'agree', 'agree-stable', 'differ', 'not-comparable']),
})

/** So that a row stays well below the bound for reading one. */
export const MAX_PATHS = 400

export const dispute = v.strictObject({
  cpv: plainText(300),
  recipe: hex64,
  linkage: hex64,
  contents: v.tuple([hex64, hex64]),
  /** Paths that differ, at most some hundreds of them. */
  paths: v.pipe(v.array(v.pipe(v.string(), v.maxLength(4095))), v.maxLength(MAX_PATHS)),
  /** Folder that keeps both sides. */
  kept: plainText(4095),
  attestations: v.pipe(v.array(envelope), v.maxLength(64)),
})

export type Build = v.InferOutput<typeof build>
export type Dispute = v.InferOutput<typeof dispute>

export interface Known {
  saveBuild(row: Build): void
  builds(): Build[]
  dropBuild(archive: string): void
  saveCourse(row: CourseReport): void
  courses(): CourseReport[]
  saveDispute(row: Dispute): void
  disputes(): Dispute[]
  close(): void
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS builds (archive TEXT PRIMARY KEY, row TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS courses (cpv TEXT PRIMARY KEY, at TEXT NOT NULL, row TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS disputes (recipe TEXT, linkage TEXT, a TEXT, b TEXT, row TEXT NOT NULL, PRIMARY KEY (recipe, linkage, a, b)) STRICT;
`

/** Most courses that are remembered; the oldest goes first. */
const MAX_COURSES = 500

/** Errors: HostError IO, naming the file, when it can't be opened or is not a database. */
export function openKnown(path: string): Known {
  let db: DatabaseSync
  try {
    db = new DatabaseSync(path)
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000')
    db.exec(SCHEMA)
  } catch (error) {
    throw hostError(`could not open ${path} (move it away to start with an empty one)`, error)
  }
  const rows = <S extends v.GenericSchema>(schema: S, sql: string): v.InferOutput<S>[] =>
    db
      .prepare(sql)
      .all()
      .map((found) => checkJson(schema, String(found['row']), path, MAX_ROW_BYTES))
  return {
    saveBuild(row) {
      db.prepare('INSERT OR REPLACE INTO builds VALUES (?, ?)').run(row.archive.sha256, JSON.stringify(row))
    },
    builds: () => rows(build, 'SELECT row FROM builds ORDER BY rowid'),
    dropBuild(archive) {
      db.prepare('DELETE FROM builds WHERE archive = ?').run(archive)
    },
    saveCourse(row) {
      check(course, row, 'course')
      db.prepare('INSERT OR REPLACE INTO courses VALUES (?, ?, ?)').run(row.cpv, row.at, JSON.stringify(row))
      db.prepare('DELETE FROM courses WHERE cpv NOT IN (SELECT cpv FROM courses ORDER BY at DESC LIMIT ?)').run(MAX_COURSES)
    },
    courses: () => rows(course, 'SELECT row FROM courses ORDER BY at'),
    saveDispute(row) {
      check(dispute, row, 'dispute')
      const sql = 'INSERT OR REPLACE INTO disputes VALUES (?, ?, ?, ?, ?)'
      db.prepare(sql).run(row.recipe, row.linkage, row.contents[0], row.contents[1], JSON.stringify(row))
    },
    disputes: () => rows(dispute, 'SELECT row FROM disputes ORDER BY rowid'),
    close() {
      db.close()
    },
  }
}
