/**
 * What the journal asks and tells its database, row by row; the order of things is journal.ts's.
 *
 * Imports no package: the hook that purges without the warden carries this file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { DatabaseSync } from 'node:sqlite'
import type { Temporary } from './home.ts'
import { pathOf, temporaryOf } from './journal-rows.ts'
import type { JournalPath, NewEntry } from './journal.ts'

export const HEIR: string = `SELECT entry FROM path JOIN entry ON entry.id = path.entry
  WHERE entry.id <> ? AND entry.state <> 'purged' AND substr(path.path, 1, length(?) + 1) = ? || '/' LIMIT 1`

/** Before all of the heir's paths, as parents come first; of several folders the innermost is given first. */
export const HAND_OVER: string = `UPDATE path SET entry = ?, ordinal = (SELECT min(ordinal) FROM path WHERE entry = ?) - 1
  WHERE entry = ? AND path = ? AND kind = 'dir' AND EXISTS (SELECT 1 FROM entry WHERE id = ? AND state <> 'purged')`

/** One whose temporary folders start-up has still to look after stays; so does the number of the last one, which is never used again. */
export const FORGET_SETTLED: string = `DELETE FROM entry WHERE state = 'purged' AND id NOT IN (SELECT entry FROM temporary)
  AND id NOT IN (SELECT id FROM entry WHERE state = 'purged' ORDER BY id DESC LIMIT ?)`

export const SETTLED: string = "SELECT id FROM entry WHERE state = 'purged'"

export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  try {
    database.exec('BEGIN IMMEDIATE')
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

export function insertEntry(database: DatabaseSync, entry: NewEntry, boot: string): number | undefined {
  const { eroot, cpv, builddir, ownerPid, ownerStart, lockPath, archive, content, recipe, level, at } = entry
  const done = database
    .prepare(
      `INSERT INTO entry (eroot, cpv, builddir, ownerPid, ownerStart, lockPath, archive, content, recipe, level, at, boot, state)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'planned') ON CONFLICT DO NOTHING`,
    )
    .run(eroot, cpv, builddir, ownerPid, ownerStart, lockPath, archive, content, recipe, level, at, boot)
  return done.changes === 0 ? undefined : Number(done.lastInsertRowid)
}

/** Rows as arrays: objects take three times as long, and a merge waits for this. */
export function readPaths(database: DatabaseSync, id: number): JournalPath[] {
  const later = [CTIME, BIRTH, HAD_CACHE, TARGET].map((column) => sqlOf(database, column)).join(', ')
  const select = database.prepare(
    `SELECT kind, path, sha256, size, mode, inode, dev, mtimeNs, ${later} FROM path JOIN entry ON id = entry
     WHERE entry = ? AND state <> 'purged' ORDER BY ordinal`,
  )
  select.setReturnArrays(true)
  return select.all(id).map((row) => pathOf(row))
}

export function insertPaths(database: DatabaseSync, id: number, paths: readonly JournalPath[]): void {
  addMissing(database, [CTIME, BIRTH, HAD_CACHE, TARGET])
  const insert = database.prepare(
    `INSERT INTO path (entry, ordinal, kind, path, sha256, size, mode, inode, dev, mtimeNs, ctimeNs, birthNs, hadCache, target)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  for (const [ordinal, { kind, path, sha256, size, mode, inode, dev, mtimeNs, ctimeNs, birthNs, hadCache, target }] of paths.entries())
    insert.run(id, ordinal, kind, path, sha256, size, mode, inode, dev, mtimeNs, ctimeNs, birthNs, hadCache ? 1 : 0, target)
}

export function readTemporaries(database: DatabaseSync, id: number): Temporary[] {
  const later = HOME.map((column) => `${sqlOf(database, column)} AS ${column.name}`).join(', ')
  return database.prepare(`SELECT path, ${later} FROM temporary WHERE entry = ? ORDER BY path`).all(id).map(temporaryOf)
}

export function insertTemporaries(database: DatabaseSync, id: number, temporaries: readonly Temporary[]): void {
  addMissing(database, HOME)
  const insert = database.prepare('INSERT INTO temporary (entry, path, dev, isMount, inode, birthNs) VALUES (?, ?, ?, ?, ?, ?)')
  for (const { path, dev, isMount, inode, birthNs } of temporaries) insert.run(id, path, dev, isMount ? 1 : 0, inode, birthNs)
}

/** A journal that an earlier standin made has no such column: it is read as it is, as a purge must not need room, and gets it with the next placing. */
interface Column {
  readonly table: string
  readonly name: string
  readonly type: string
  readonly missing: string
}

const CTIME: Column = { table: 'path', name: 'ctimeNs', type: 'TEXT', missing: "''" }
const BIRTH: Column = { table: 'path', name: 'birthNs', type: 'TEXT', missing: "''" }
const HAD_CACHE: Column = { table: 'path', name: 'hadCache', type: 'INTEGER', missing: '1' }
const TARGET: Column = { table: 'path', name: 'target', type: 'TEXT', missing: "''" }
const HOME: readonly Column[] = [
  { table: 'temporary', name: 'dev', type: 'TEXT', missing: "''" },
  { table: 'temporary', name: 'isMount', type: 'INTEGER', missing: '0' },
  { table: 'temporary', name: 'inode', type: 'TEXT', missing: "''" },
  { table: 'temporary', name: 'birthNs', type: 'TEXT', missing: "''" },
]

function sqlOf(database: DatabaseSync, column: Column): string {
  return has(database, column) ? column.name : column.missing
}

function has(database: DatabaseSync, { table, name }: Column): boolean {
  return database.prepare('SELECT 1 FROM pragma_table_info(?) WHERE name = ?').get(table, name) !== undefined
}

function addMissing(database: DatabaseSync, columns: readonly Column[]): void {
  for (const column of columns.filter((one) => !has(database, one)))
    database.exec(`ALTER TABLE ${column.table} ADD COLUMN ${column.name} ${column.type} NOT NULL DEFAULT ${column.missing}`)
}
