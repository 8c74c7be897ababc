/**
 * Finds what a person has put below /etc/portage that reaches into the build of one package beyond its settings.
 *
 * Names as Portage looks for them: `eapply_user` (patches), `__source_env_files` of ebuild.sh (3.0.83), and as
 * savedconfig.eclass looks for a configuration.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { splitRevision } from './version.ts'

export interface UserFilesInput {
  readonly root: string
  readonly category: string
  readonly name: string
  /** With the revision where there is one. */
  readonly version: string
  /** A sub-slot does not count. */
  readonly slot: string
  /** CTARGET and CHOST, where the build takes a configuration that was saved (USE=savedconfig). */
  readonly savedConfigOf?: readonly string[] | undefined
}

/** Paths as the person knows them; undefined where there is none. */
export interface UserFiles {
  readonly patches: string | undefined
  /** What is built is configured by it, and it is installed too. */
  readonly savedConfig: string | undefined
  /** Sourced in each phase of this package. */
  readonly environment: string | undefined
}

export function userFilesOf({ root, category, name, version, slot: full, savedConfigOf }: UserFilesInput): UserFiles {
  const slot = full.split('/')[0] ?? full
  const { base, revision } = splitRevision(version)
  const p = `${name}-${base}`
  const first = (folder: string, names: readonly string[]): string | undefined =>
    names.map((one) => join('/etc/portage', folder, one)).find((path) => existsSync(join(root, path)))
  return {
    patches: first(
      join('patches', category),
      [`${name}-${version}`, `${p}-${revision}`, p, name].flatMap((one) => [one, `${one}:${slot}`]),
    ),
    savedConfig:
      savedConfigOf &&
      first(
        'savedconfig',
        [...savedConfigOf.filter(Boolean), ''].flatMap((host) => [`${name}-${version}`, p, name].map((one) => join(host, category, one))),
      ),
    environment: first(join('env', category), [name, `${name}:${slot}`, p, `${name}-${version}`]),
  }
}
