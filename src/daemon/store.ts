/**
 * Keeps the folder of own archives and the table of builds at one: no file without a row, no row without a file, and no more bytes than allowed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readdirSync, rmSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Build, Known } from './known.ts'

export interface StoreInput {
  readonly archives: string
  readonly known: Known
  readonly maxBytes: number
  readonly log: (line: string) => void
}

/** Drops the row of each build whose archive somebody has removed or changed, and gives these builds back. */
export function dropSpoiled({ known, log }: Pick<StoreInput, 'known' | 'log'>): readonly Build[] {
  const spoiled = known.builds().filter((build) => !isWhole(build))
  for (const build of spoiled) drop(build, 'its file is not what it was', { known, log })
  return spoiled
}

/** Removes files without a row. To be called at start-up alone: later one may be that of a build which is just held against its copy. */
export function dropStrays({ archives, known }: Pick<StoreInput, 'archives' | 'known'>): void {
  const rows = new Set(known.builds().map(({ path }) => basename(path)))
  for (const name of readdirSync(archives)) if (!rows.has(name)) rmSync(join(archives, name), { recursive: true, force: true })
}

/** To be called at start-up and after each new build. Gives back what is no longer held, the longest unused first. */
export function tidyStore({ known, maxBytes, log }: Omit<StoreInput, 'archives'>): readonly Build[] {
  const gone = [...dropSpoiled({ known, log })]
  const whole = known.builds().filter(isWhole)
  let bytes = whole.reduce((sum, { archive }) => sum + archive.size, 0)
  for (const build of whole.toSorted((a, b) => a.used - b.used)) {
    if (bytes <= maxBytes) break
    drop(build, 'cache_size is reached', { known, log })
    gone.push(build)
    bytes -= build.archive.size
  }
  return gone
}

function isWhole({ path, archive }: Build): boolean {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat?.isFile() === true && stat.size === archive.size
}

function drop({ cpv, archive, path }: Build, why: string, { known, log }: Pick<StoreInput, 'known' | 'log'>): void {
  log(`${cpv}: archive ${archive.sha256.slice(0, 12)} is dropped: ${why}`)
  known.dropBuild(archive.sha256)
  rmSync(path, { force: true })
}
