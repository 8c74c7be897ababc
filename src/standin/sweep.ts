/**
 * Takes bytecode of a stand-in away that nobody owns, and the `__pycache__` that came with it; whatever may be somebody else's stays.
 *
 * Imports no package: the hook that purges without the warden carries this file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { cachesOf, type Compiled, compiledIn, isSource } from './bytecode.ts'
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
  /** Does one step, which may resist. */
  readonly attempt: (path: string, step: () => void) => void
}

export function sweepBytecode({ base, paths, isTaken, asked, owners, unlink, attempt }: Sweep): void {
  const made = new Set(paths.filter(({ kind }) => kind === 'dir').map(({ path }) => path))
  const compiled: Compiled[] = []
  const folders: string[] = []
  for (const cache of cachesOf(paths.filter((placed) => isSource(placed) && !isTaken(placed))))
    attempt(cache.folder, () => {
      const found = compiledIn(cache, base)
      if (found === undefined) return
      compiled.push(...found)
      if (cache.isNew && !made.has(cache.folder)) folders.push(cache.folder)
    })
  asked.push(...folders)
  for (const { path, source } of compiled) asked.push(path, source.path)
  for (const { path, source } of compiled) attempt(path, () => owners.isFree(path) && owners.isFree(source.path) && unlink(path))
  for (const folder of folders) attempt(folder, () => owners.isFree(folder) && removedEmpty(base + folder))
}
