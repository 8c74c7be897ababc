/**
 * Tells whether the filesystem on which a stand-in was placed is there: where it is not mounted its names are not gone, they are out of sight.
 *
 * Imports no package: the hook that purges without the warden carries this file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import type { JournalPath, Temporary } from './journal.ts'
import { look } from './look.ts'

/** A new name in `home`, a folder that exists, and what tells its filesystem again. */
export function temporaryIn(home: string): Temporary {
  const dev = look(home)?.dev ?? ''
  return { path: join(home, `.standin-${randomBytes(8).toString('hex')}`), dev, isMount: dev !== look(dirname(home))?.dev }
}

/** Homes (absolute) whose filesystem is not there, or is another one. Device numbers say nothing of another boot. */
export function awayHomes(temporaries: readonly Temporary[], sameBoot: boolean): string[] {
  return temporaries.filter((one) => isAway(one, sameBoot)).map(({ path }) => dirname(path))
}

function isAway({ path, dev, isMount }: Temporary, sameBoot: boolean): boolean {
  const home = dirname(path)
  const now = look(home)?.dev
  if (dev === '' || (now === undefined && !isMount)) return false
  if (sameBoot) return now !== dev
  return isMount && (now === undefined || now === look(dirname(home))?.dev)
}

/** Whether `path` (absolute) lies below one of `homes`. */
export function isBelow(path: string, homes: readonly string[]): boolean {
  return homes.some((home) => path.startsWith(join(home, '/')))
}

/** What is below one of `homes` is `hidden` (paths): it is not gone, and is to stay in the journal. */
export function inSight(
  paths: readonly JournalPath[],
  base: string,
  homes: readonly string[],
): { readonly there: readonly JournalPath[]; readonly hidden: readonly string[] } {
  if (homes.length === 0) return { there: paths, hidden: [] }
  const isHidden = ({ path }: JournalPath): boolean => isBelow(base + path, homes)
  return { there: paths.filter((placed) => !isHidden(placed)), hidden: paths.filter(isHidden).map(({ path }) => path) }
}
