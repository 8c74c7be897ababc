/**
 * Takes bytecode of a stand-in away that nobody owns, and the `__pycache__` that came with it; whatever may be somebody else's stays.
 *
 * Imports no package: the hook that purges without the warden carries this file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type Cache, cachesOf, type Compiled, compiledIn, isSource } from './bytecode.ts'
import type { JournalPath } from './journal.ts'
import { removedEmpty } from './live.ts'
import type { Owners } from './owned.ts'

export interface Sweep {
  /** The root with a slash. */
  readonly base: string
  readonly paths: readonly JournalPath[]
  /** Whether somebody else has put something in its place: beside that nothing is ours. */
  readonly isTaken: (placed: JournalPath) => boolean
  /** Gets all names that `owners` will be asked for, before they are. */
  readonly asked: string[]
  readonly owners: Pick<Owners, 'isFree'>
  readonly unlink: (path: string) => void
  /** Whether a step, which it does, resists. */
  readonly resists: (path: string, step: () => void) => boolean
}

/** Gives back the sources of what is still there: they alone tell what it is. */
export function sweepBytecode({ base, paths, isTaken, asked, owners, unlink, resists }: Sweep): string[] {
  const made = new Set(paths.filter(({ kind }) => kind === 'dir').map(({ path }) => path))
  const compiled: Compiled[] = []
  const folders: Cache[] = []
  const needed: JournalPath[] = []
  const caches = cachesOf(paths.filter((placed) => isSource(placed) && !isTaken(placed)))
  for (const cache of caches) {
    const isHard = resists(cache.folder, () => {
      const found = compiledIn(cache, base)
      if (found === undefined) return
      compiled.push(...found)
      if (cache.isNew && !made.has(cache.folder)) folders.push(cache)
    })
    if (isHard) needed.push(...cache.sources)
  }
  asked.push(...folders.map(({ folder }) => folder), ...compiled.flatMap(({ path, source }) => [path, source.path]))
  for (const { path, source } of compiled)
    if (resists(path, () => owners.isFree(path) && owners.isFree(source.path) && unlink(path))) needed.push(source)
  for (const { folder, sources } of folders)
    if (resists(folder, () => owners.isFree(folder) && removedEmpty(base + folder))) needed.push(...sources)
  return needed.map(({ path }) => path)
}
