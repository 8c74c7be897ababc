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

/** To be called at start-up and after each new build. Gives back what is no longer held, the longest unused first. */
export function tidyStore({ archives, known, maxBytes, log }: StoreInput): readonly Build[] {
  const gone: Build[] = []
  const drop = (build: Build, why: string): void => {
    log(`${build.cpv}: archive ${build.archive.sha256.slice(0, 12)} is dropped: ${why}`)
    known.dropBuild(build.archive.sha256)
    rmSync(build.path, { force: true })
    gone.push(build)
  }
  const builds = known.builds()
  const rows = new Set(builds.map(({ path }) => basename(path)))
  for (const name of readdirSync(archives)) if (!rows.has(name)) rmSync(join(archives, name), { recursive: true, force: true })
  const whole = builds.filter((build) => {
    const stat = statSync(build.path, { throwIfNoEntry: false })
    if (stat?.isFile() === true && stat.size === build.archive.size) return true
    drop(build, 'its file is not what it was')
    return false
  })
  let bytes = whole.reduce((sum, { archive }) => sum + archive.size, 0)
  for (const build of whole.toSorted((a, b) => a.used - b.used)) {
    if (bytes <= maxBytes) break
    drop(build, 'cache_size is reached')
    bytes -= build.archive.size
  }
  return gone
}
