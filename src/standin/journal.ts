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
import type { SQLInputValue } from 'node:sqlite'
import type { HostError } from '../base/errors.ts'
import { databaseError } from '../base/room.ts'
import type { Temporary } from './home.ts'
import { BRIEF_MS, BUSY_MS, openDatabase } from './journal-file.ts'
import { lateWrites } from './journal-late.ts'
import { entryOf, keptOf, temporaryPath } from './journal-rows.ts'
import {
  FORGET_SETTLED,
  HAND_OVER,
  HEIR,
  insertEntry,
  insertPaths,
  insertTemporaries,
  inTransaction,
  readPaths,
  readTemporaries,
  SETTLED,
} from './journal-sql.ts'

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
  /** Of a file, after the last change of ours; '' where that is not known: then the bytes decide. */
  readonly ctimeNs: string
  /** When the inode came to be, which tells it from a later one of its number: 0 where the filesystem does not know, '' in a row of an earlier standin. */
  readonly birthNs: string
  /** Of a `.py` file or link: whether a `__pycache__` lay beside it before; true of all else, and where it is not known. */
  readonly hadCache: boolean
  /** Of a link; '' for all else, and in a row of an earlier standin. */
  readonly target: string
}

/** The ctime that a path (by its place among those written ahead) has now. */
export interface Changed {
  readonly ordinal: number
  readonly ctimeNs: string
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

/**
 * Every call is durable when it returns. Errors: HostError BAD_STATE for what should not be there, DISK_FULL or IO. But whatever taking away writes
 * (markPurging, markPurged, keepOnly, handOver, keep, forgetKept) never fails where it cannot be written: see journal-late.ts.
 */
export interface Journal {
  /** Names the temporary folders of a new entry, each in its home: state planned. Undefined when a stand-in of this build is not settled yet. */
  plan(entry: NewEntry, boot: string, temporaries: readonly Temporary[]): number | undefined
  /** planned -> placing, with every path, parents first. False when the entry is not `planned` any more. */
  writeAhead(id: number, paths: readonly JournalPath[]): boolean
  /** placing -> placed. False when the entry is not `placing` any more. */
  markPlaced(id: number, at: number, changed?: readonly Changed[]): boolean
  /** Anything but purged -> purging. False when it is settled. */
  markPurging(id: number): boolean
  /** -> purged; gives why it is not on disk yet. Its temporary folders are remembered: a placing of another process may still be at work in them. */
  markPurged(id: number, at: number): HostError | undefined
  /** Forgets all other paths of an entry that could not be taken away whole. */
  keepOnly(id: number, paths: readonly string[]): void
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
  temporaries(id: number): Temporary[]
  /** Temporary folders of settled entries, which start-up looks after. */
  strayTemporaries(): string[]
  forgetStrayTemporaries(): void
  kept(): KeptFile[]
  /** Takes a kept file off the list, once the user has seen to it: see journal-kept.ts. */
  forgetKept(keptAs: string): void
  /** Idempotent. */
  close(): void
}

/**
 * Opens or creates the journal at `path`, also where somebody else has locked it; `briefly`, to take something away, also where the disk is full. Errors:
 * HostError BAD_STATE; a damaged file is moved aside, and the message names it.
 */
export function openJournal(path: string, { briefly = false }: { readonly briefly?: boolean } = {}): Journal {
  const database = openDatabase(path, briefly)
  const run = (sql: string, ...values: SQLInputValue[]): number => attempt(path, () => Number(database.prepare(sql).run(...values).changes))
  const rows = <T>(of: (row: Record<string, unknown>) => T, sql: string, ...values: SQLInputValue[]): T[] =>
    attempt(path, () =>
      database
        .prepare(sql)
        .all(...values)
        .map(of),
    )
  const atomically = <T>(work: () => T): T => attempt(path, () => inTransaction(database, work))

  const wait = (ms = briefly ? BRIEF_MS : BUSY_MS): void => attempt(path, () => database.exec(`PRAGMA busy_timeout = ${ms}`))
  const late = lateWrites(run, wait)

  return {
    plan: (entry, boot, temporaries) => {
      late.catchUp()
      return atomically(() => {
        const id = insertEntry(database, entry, boot)
        if (id === undefined) return undefined
        insertTemporaries(database, id, temporaries)
        return id
      })
    },
    writeAhead: (id, paths) =>
      atomically(() => {
        if (run("UPDATE entry SET state = 'placing' WHERE id = ? AND state = 'planned'", id) === 0) return false
        insertPaths(database, id, paths)
        return true
      }),
    markPlaced: (id, at, changed = []) =>
      atomically(() => {
        if (run("UPDATE entry SET state = 'placed', placedAt = ? WHERE id = ? AND state = 'placing'", at, id) === 0) return false
        const set = database.prepare('UPDATE path SET ctimeNs = ? WHERE entry = ? AND ordinal = ?')
        for (const { ordinal, ctimeNs } of changed) set.run(ctimeNs, id, ordinal)
        return true
      }),
    markPurging: (id) => {
      if (late.isSettled(id)) return false
      const { changes } = late.write({ sql: "UPDATE entry SET state = 'purging' WHERE id = ? AND state <> 'purged'", values: [id] })
      return changes === undefined || changes > 0
    },
    markPurged: (id, at) => {
      const sql = "UPDATE entry SET state = 'purged', settledAt = ? WHERE id = ? AND state <> 'purged'"
      return late.write({ sql, values: [at, id], settles: id }).postponed
    },
    keepOnly: (id, paths) => {
      const sql = 'DELETE FROM path WHERE entry = ? AND path NOT IN (SELECT value FROM json_each(?))'
      late.write({ sql, values: [id, JSON.stringify(paths)], keeps: { id, paths: new Set(paths) } })
    },
    tidy: () =>
      atomically(() => {
        run(`DELETE FROM path WHERE entry IN (${SETTLED})`)
        run(FORGET_SETTLED, SETTLED_KEPT)
      }),
    handOver: (id, folder) => {
      const heir = rows((row) => Number(row['entry']), HEIR, id, folder, folder)[0]
      if (heir === undefined) return false
      const { changes } = late.write({ sql: HAND_OVER, values: [heir, heir, id, folder, heir] })
      return changes === undefined || changes > 0
    },
    keep: ({ entry, cpv, path: from, keptAs, why, at }) => {
      const sql = 'INSERT OR REPLACE INTO kept (keptAs, entry, cpv, path, why, at) VALUES (?, ?, ?, ?, ?, ?)'
      late.write({ sql, values: [keptAs, entry, cpv, from, why, at] })
    },
    find: (id) => {
      const [found] = rows(entryOf, 'SELECT * FROM entry WHERE id = ?', id)
      return found !== undefined && late.isSettled(id) ? { ...found, state: 'purged' } : found
    },
    unsettled: () => {
      late.catchUp()
      return rows(entryOf, "SELECT * FROM entry WHERE state <> 'purged' ORDER BY id").filter(({ id }) => !late.isSettled(id))
    },
    history: (limit) => rows(entryOf, 'SELECT * FROM entry ORDER BY id DESC LIMIT ?', limit),
    paths: (id) => attempt(path, () => readPaths(database, id)).filter((placed) => late.isKept(id, placed.path)),
    temporaries: (id) => attempt(path, () => readTemporaries(database, id)),
    strayTemporaries: () => rows(temporaryPath, `SELECT path FROM temporary WHERE entry IN (${SETTLED}) ORDER BY path`),
    forgetStrayTemporaries: () => void run(`DELETE FROM temporary WHERE entry IN (${SETTLED})`),
    kept: () => rows(keptOf, 'SELECT * FROM kept ORDER BY at, keptAs'),
    forgetKept: (keptAs) => void late.write({ sql: 'DELETE FROM kept WHERE keptAs = ?', values: [keptAs] }),
    close: () => {
      if (!database.isOpen) return
      late.catchUp()
      database.close()
    },
  }
}

/** Settled entries that are remembered. */
export const SETTLED_KEPT = 500

function attempt<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw databaseError(`journal ${path}`, path, error)
  }
}
