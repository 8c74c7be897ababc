/**
 * The write-ahead journal of stand-ins: what it says is on disk when a call returns, and nothing of a stand-in is ever visible before it.
 *
 * SQLite, WAL, synchronous FULL. An entry goes planned -> placing -> placed -> purging -> purged; each arrow is one transaction, and
 * each is taken only from the state before it, so that two processes (the warden, and a hook without it) cannot both go on.
 *
 *   planned   temporary folders are named; nothing else may exist yet
 *   placing   every path is named with its inode, prepared inside of the temporary folders; any of them may be visible
 *   placed    all of them are visible
 *   purging   some of them may be gone
 *   purged    settled: none of them is left
 *
 * Imports no package: the hook that purges without the warden carries this file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { hostError } from '../base/errors.ts'
import { openDatabase } from './journal-file.ts'
import { entryOf, keptOf, pathOf, temporaryOf } from './journal-rows.ts'

export type State = 'planned' | 'placing' | 'placed' | 'purging' | 'purged'

export interface NewEntry {
  readonly eroot: string
  readonly cpv: string
  /** PORTAGE_BUILDDIR. */
  readonly builddir: string
  /** The emerge that the stand-in is for, and its start time (field 22 of /proc/PID/stat), which tells a reused pid. */
  readonly ownerPid: number
  readonly ownerStart: string
  /** Portage's lock of the build folder. */
  readonly lockPath: string
  /** SHA-256 of the archive. */
  readonly archive: string
  /** Exact content id. */
  readonly content: string
  /** Recipe id of the offer. */
  readonly recipe: string
  readonly level: number
  /** Milliseconds since 1970; for display only, as clocks jump. */
  readonly at: number
}

export interface Entry extends NewEntry {
  readonly id: number
  readonly state: State
  /** Boot in which it was placed: device numbers mean nothing in another one. */
  readonly boot: string
  readonly placedAt: number | undefined
  readonly settledAt: number | undefined
}

/** One name that a stand-in has made. Numbers that may pass 2^53 are decimal text. */
export interface JournalPath {
  readonly kind: 'dir' | 'file' | 'link'
  /** Relative to the root. */
  readonly path: string
  /** Of the staged file; '' for folders and links. */
  readonly sha256: string
  readonly size: number
  readonly mode: number
  readonly inode: string
  readonly dev: string
  readonly mtimeNs: string
}

/** Something of the user's that a purge found in the place of ours and put aside. */
export interface KeptFile {
  readonly entry: number
  readonly cpv: string
  readonly path: string
  readonly keptAs: string
  readonly why: string
  readonly at: number
}

/** Every call is durable when it returns. Errors: HostError BAD_STATE for what should not be there, DISK_FULL or IO. */
export interface Journal {
  /** Names the temporary folders (absolute) of a new entry: state planned. Undefined when a stand-in of this build is not settled yet. */
  plan(entry: NewEntry, boot: string, temporaries: readonly string[]): number | undefined
  /** planned -> placing, with every path, parents first. False when the entry is not `planned` any more. */
  writeAhead(id: number, paths: readonly JournalPath[]): boolean
  /** placing -> placed. False when the entry is not `placing` any more. */
  markPlaced(id: number, at: number): boolean
  /** Anything but purged -> purging. False when it is settled. */
  markPurging(id: number): boolean
  /** -> purged. Its temporary folders are remembered, as a placing of another process may still be at work in them. */
  markPurged(id: number, at: number): void
  /** Forgets the paths of settled entries, and all but the last of these: 60 ms for 20,000 paths, so call it when nobody waits. Start-up does. */
  tidy(): void
  /** Gives a folder of entry `id` to an entry that is not settled and has something in it. False when there is none. */
  handOver(id: number, folder: string): boolean
  /** Writes down, before the move, where something of the user's goes. */
  keep(kept: KeptFile): void
  find(id: number): Entry | undefined
  /** Entries that are not settled, oldest first. */
  unsettled(): Entry[]
  /** The last `limit` entries of any state, newest first. */
  history(limit: number): Entry[]
  paths(id: number): JournalPath[]
  temporaries(id: number): string[]
  /** Temporary folders of settled entries, which start-up looks after. */
  strayTemporaries(): string[]
  forgetStrayTemporaries(): void
  kept(): KeptFile[]
  /** Takes a kept file off the list, once the user has seen to it: see journal-kept.ts. */
  forgetKept(keptAs: string): void
  /** Idempotent. */
  close(): void
}

/** Opens or creates the journal at `path`. Errors: HostError BAD_STATE; a damaged file is moved aside, and the message names it. */
export function openJournal(path: string): Journal {
  const database = openDatabase(path)
  const run = (sql: string, ...values: SQLInputValue[]): number => attempt(path, () => Number(database.prepare(sql).run(...values).changes))
  const rows = <T>(of: (row: Record<string, unknown>) => T, sql: string, ...values: SQLInputValue[]): T[] =>
    attempt(path, () =>
      database
        .prepare(sql)
        .all(...values)
        .map(of),
    )
  const atomically = <T>(work: () => T): T => attempt(path, () => inTransaction(database, work))

  return {
    plan: (entry, boot, temporaries) =>
      atomically(() => {
        const id = insertEntry(database, entry, boot)
        if (id === undefined) return undefined
        const insert = database.prepare('INSERT INTO temporary (entry, path) VALUES (?, ?)')
        for (const folder of temporaries) insert.run(id, folder)
        return id
      }),
    writeAhead: (id, paths) =>
      atomically(() => {
        if (run("UPDATE entry SET state = 'placing' WHERE id = ? AND state = 'planned'", id) === 0) return false
        insertPaths(database, id, paths)
        return true
      }),
    markPlaced: (id, at) => run("UPDATE entry SET state = 'placed', placedAt = ? WHERE id = ? AND state = 'placing'", at, id) > 0,
    markPurging: (id) => run("UPDATE entry SET state = 'purging' WHERE id = ? AND state <> 'purged'", id) > 0,
    markPurged: (id, at) => void run("UPDATE entry SET state = 'purged', settledAt = ? WHERE id = ? AND state <> 'purged'", at, id),
    tidy: () =>
      atomically(() => {
        run(`DELETE FROM path WHERE entry IN (${SETTLED})`)
        run(FORGET_SETTLED, SETTLED_KEPT)
      }),
    handOver: (id, folder) =>
      atomically(() => {
        const heir = rows((row) => Number(row['entry']), HEIR, id, folder, folder)[0]
        if (heir === undefined) return false
        return run(HAND_OVER, heir, heir, id, folder) > 0
      }),
    keep: ({ entry, cpv, path: from, keptAs, why, at }) => {
      run('INSERT OR REPLACE INTO kept (keptAs, entry, cpv, path, why, at) VALUES (?, ?, ?, ?, ?, ?)', keptAs, entry, cpv, from, why, at)
    },
    find: (id) => rows(entryOf, 'SELECT * FROM entry WHERE id = ?', id)[0],
    unsettled: () => rows(entryOf, "SELECT * FROM entry WHERE state <> 'purged' ORDER BY id"),
    history: (limit) => rows(entryOf, 'SELECT * FROM entry ORDER BY id DESC LIMIT ?', limit),
    paths: (id) => attempt(path, () => readPaths(database, id)),
    temporaries: (id) => rows(temporaryOf, 'SELECT path FROM temporary WHERE entry = ? ORDER BY path', id),
    strayTemporaries: () => rows(temporaryOf, `SELECT path FROM temporary WHERE entry IN (${SETTLED}) ORDER BY path`),
    forgetStrayTemporaries: () => void run(`DELETE FROM temporary WHERE entry IN (${SETTLED})`),
    kept: () => rows(keptOf, 'SELECT * FROM kept ORDER BY at, keptAs'),
    forgetKept: (keptAs) => void run('DELETE FROM kept WHERE keptAs = ?', keptAs),
    close: () => {
      if (database.isOpen) database.close()
    },
  }
}

const HEIR = `SELECT entry FROM path JOIN entry ON entry.id = path.entry
  WHERE entry.id <> ? AND entry.state <> 'purged' AND substr(path.path, 1, length(?) + 1) = ? || '/' LIMIT 1`

/** Before all of the heir's paths, as parents come first; of several folders the innermost is given first. */
const HAND_OVER = `UPDATE path SET entry = ?, ordinal = (SELECT min(ordinal) FROM path WHERE entry = ?) - 1
  WHERE entry = ? AND path = ? AND kind = 'dir'`

/** Settled entries that are remembered. */
export const SETTLED_KEPT = 500

/** One whose temporary folders start-up has still to look after stays; so does the number of the last one, which is never used again. */
const FORGET_SETTLED = `DELETE FROM entry WHERE state = 'purged' AND id NOT IN (SELECT entry FROM temporary)
  AND id NOT IN (SELECT id FROM entry WHERE state = 'purged' ORDER BY id DESC LIMIT ?)`

const SETTLED = "SELECT id FROM entry WHERE state = 'purged'"

function attempt<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw hostError(`journal ${path}`, error)
  }
}

function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

function insertEntry(database: DatabaseSync, entry: NewEntry, boot: string): number | undefined {
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
function readPaths(database: DatabaseSync, id: number): JournalPath[] {
  const select = database.prepare(
    "SELECT kind, path, sha256, size, mode, inode, dev, mtimeNs FROM path JOIN entry ON id = entry WHERE entry = ? AND state <> 'purged' ORDER BY ordinal",
  )
  select.setReturnArrays(true)
  return select.all(id).map((row) => pathOf(row))
}

function insertPaths(database: DatabaseSync, id: number, paths: readonly JournalPath[]): void {
  const insert = database.prepare(
    'INSERT INTO path (entry, ordinal, kind, path, sha256, size, mode, inode, dev, mtimeNs) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  )
  for (const [ordinal, { kind, path, sha256, size, mode, inode, dev, mtimeNs }] of paths.entries())
    insert.run(id, ordinal, kind, path, sha256, size, mode, inode, dev, mtimeNs)
}
