/**
 * What a stand-in that is taken away has to write is written in its order, but where the disk is full, or somebody else has locked the journal, by a
 * later call; taking away waits for no room, and for a lock once and not long.
 *
 * Until then this process goes by it as if it were written. Another one that looks into the journal sees the entry as it was; that its marker is gone
 * says that it was taken away, and start-up settles it by that: see live.ts.
 *
 * Imports no package: the hook that purges without the warden carries this file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { SQLInputValue } from 'node:sqlite'
import { HostError } from '../base/errors.ts'
import { BRIEF_MS } from './journal-file.ts'

export interface LateWrite {
  readonly sql: string
  readonly values: readonly SQLInputValue[]
  /** The entry that it settles. */
  readonly settles?: number
  /** Of which entry it forgets all other paths. */
  readonly keeps?: { readonly id: number; readonly paths: ReadonlySet<string> }
}

export interface Late {
  /** Writes now and gives the number of changed rows, or why it must wait. */
  write(
    one: LateWrite,
  ): { readonly changes: number; readonly postponed?: never } | { readonly changes?: never; readonly postponed: HostError }
  /** Writes what waits, as far as there is room now, and nobody else is at it. */
  catchUp(): void
  isSettled(id: number): boolean
  isKept(id: number, path: string): boolean
}

/** `run` waits no longer for a lock than the last `wait` has said, in milliseconds; undefined: as long as otherwise. */
export function lateWrites(run: (sql: string, ...values: SQLInputValue[]) => number, wait: (ms: number | undefined) => void): Late {
  const waiting: LateWrite[] = []
  const work = (ms: number): { changes: number } | { postponed: HostError } => {
    let changes = 0
    wait(ms)
    try {
      for (let [one] = waiting; one !== undefined; [one] = waiting) {
        changes = run(one.sql, ...one.values)
        waiting.shift()
      }
      return { changes }
    } catch (error) {
      if (!(error instanceof HostError)) throw error
      return { postponed: error }
    } finally {
      wait(undefined)
    }
  }
  return {
    write: (one) => {
      // Who has waited for the lock already does not for each row.
      const ms = waiting.length === 0 ? BRIEF_MS : 0
      waiting.push(one)
      return work(ms)
    },
    catchUp: () => {
      if (waiting.length > 0) work(0)
    },
    isSettled: (id) => waiting.some(({ settles }) => settles === id),
    isKept: (id, path) => waiting.every(({ keeps }) => keeps?.id !== id || keeps.paths.has(path)),
  }
}
