/**
 * What the journal asks and tells its database, row by row; the order of things is journal.ts's.
 *
 * Imports no package: the hook that purges without the warden carries this file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { DatabaseSync } from 'node:sqlite'
import { pathOf } from './journal-rows.ts'
import type { JournalPath, NewEntry } from './journal.ts'

export const HEIR: string = `SELECT entry FROM path JOIN entry ON entry.id = path.entry
  WHERE entry.id <> ? AND entry.state <> 'purged' AND substr(path.path, 1, length(?) + 1) = ? || '/' LIMIT 1`

/** Before all of the heir's paths, as parents come first; of several folders the innermost is given first. */
export const HAND_OVER: string = `UPDATE path SET entry = ?, ordinal = (SELECT min(ordinal) FROM path WHERE entry = ?) - 1
  WHERE entry = ? AND path = ? AND kind = 'dir' AND EXISTS (SELECT 1 FROM entry WHERE id = ? AND state <> 'purged')`

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
  const select = database.prepare(
    `SELECT kind, path, sha256, size, mode, inode, dev, mtimeNs, ${hasTimes(database) ? 'ctimeNs' : "''"} FROM path JOIN entry ON id = entry
     WHERE entry = ? AND state <> 'purged' ORDER BY ordinal`,
  )
  select.setReturnArrays(true)
  return select.all(id).map((row) => pathOf(row))
}

export function insertPaths(database: DatabaseSync, id: number, paths: readonly JournalPath[]): void {
  addTimes(database)
  const insert = database.prepare(
    'INSERT INTO path (entry, ordinal, kind, path, sha256, size, mode, inode, dev, mtimeNs, ctimeNs) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  )
  for (const [ordinal, { kind, path, sha256, size, mode, inode, dev, mtimeNs, ctimeNs }] of paths.entries())
    insert.run(id, ordinal, kind, path, sha256, size, mode, inode, dev, mtimeNs, ctimeNs)
}

function hasTimes(database: DatabaseSync): boolean {
  return database.prepare("SELECT 1 FROM pragma_table_info('path') WHERE name = 'ctimeNs'").get() !== undefined
}

/** A journal that an earlier standin made has no ctimes: it is read as it is, as a purge must not need room, and gets them with the next placing. */
function addTimes(database: DatabaseSync): void {
  if (!hasTimes(database)) database.exec("ALTER TABLE path ADD COLUMN ctimeNs TEXT NOT NULL DEFAULT ''")
}
