/**
 * Takes bytecode of a stand-in away that nobody owns, and the `__pycache__` that came with it; whatever may be somebody else's stays.
 *
 * Imports no package: the hook that purges without the warden carries this file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type Cache, cachesOf, type Compiled, compiledIn, type Follow, isSource } from './bytecode.ts'
import type { JournalPath } from './journal.ts'
import { leadOf } from './leads.ts'
import { removedEmpty } from './live.ts'
import type { Owners } from './owned.ts'
import { isResistance } from './resistance.ts'

export interface Sweep {
  /** The root with a slash. */
  readonly base: string
  readonly all: readonly JournalPath[]
  /** Of these what is in sight. */
  readonly there: readonly JournalPath[]
  /** Whether somebody else has put something in its place: beside that nothing is ours. */
  readonly isTaken: (placed: JournalPath) => boolean
  /** Gets all names that `owners` will be asked for, before they are. */
  readonly asked: string[]
  readonly owners: Pick<Owners, 'isFree'>
  readonly unlink: (path: string) => void
  /** Whether a step, which it does, resists. */
  readonly resists: (path: string, step: () => void) => boolean
}

/** Gives back the sources of what is still there, or out of sight, with what they lead to: they alone tell what it is. */
export function sweepBytecode({ base, all, there, isTaken, asked, owners, unlink, resists }: Sweep): string[] {
  const made = new Set(there.filter(({ kind }) => kind === 'dir').map(({ path }) => path))
  const compiled: Compiled[] = []
  const folders: Cache[] = []
  const placed = new Map(all.some(isSource) ? all.map((one) => [one.path, one]) : [])
  const lead: Follow = (source) => leadOf(source, placed, base)
  const passedBy = (source: JournalPath): readonly JournalPath[] => {
    try {
      return lead(source)?.passed ?? []
    } catch (error) {
      if (!isResistance(error)) throw error
      // What it leads to can't be told now, so nothing is forgotten.
      return all
    }
  }
  const withLeads = (sources: readonly JournalPath[]): JournalPath[] => sources.flatMap((source) => [source, ...passedBy(source)])
  const seen = new Set(there.filter(isSource).map(({ path }) => path))
  const needed = withLeads(all.filter((one) => isSource(one) && !seen.has(one.path)))
  const caches = cachesOf(there.filter((one) => isSource(one) && !isTaken(one)))
  for (const cache of caches) {
    const isHard = resists(cache.folder, () => {
      const found = compiledIn(cache, base, lead)
      if (found === undefined) return
      compiled.push(...found)
      if (cache.isNew && !made.has(cache.folder)) folders.push(cache)
    })
    if (isHard) needed.push(...withLeads(cache.sources))
  }
  asked.push(...folders.map(({ folder }) => folder), ...compiled.flatMap(({ path, source }) => [path, source.path]))
  for (const { path, source } of compiled)
    if (resists(path, () => owners.isFree(path) && owners.isFree(source.path) && unlink(path))) needed.push(...withLeads([source]))
  for (const { folder, sources } of folders)
    if (resists(folder, () => owners.isFree(folder) && removedEmpty(base + folder))) needed.push(...withLeads(sources))
  return needed.map(({ path }) => path)
}
