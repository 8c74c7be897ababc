/**
 * The ebuild repository of a host is the one of the checkout, with the versions of the upstream sources that are there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { cpSync, globSync, renameSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { paths } from '../ground/paths.ts'
import { readVersions } from '../ground/sources.ts'

/** Copies it to `target`. An ebuild `NAME-upstream.ebuild` gets the version of NAME's tarball. */
export function copyRepository(target: string): void {
  cpSync(paths.repository, target, { recursive: true })
  const versions = readVersions()
  for (const path of globSync('*/*/*-upstream.ebuild', { cwd: target })) {
    const name = basename(dirname(path))
    const version = versions[name]
    if (version === undefined) throw new Error(`no upstream source of ${name}: add it to ground/sources.ts`)
    renameSync(join(target, path), join(target, dirname(path), `${name}-${version}.ebuild`))
  }
}
