/**
 * Finds what a person has put below /usr/local that every build of the host finds before, or beside, what packages bring.
 *
 * Sources: "Directory Options" of the GCC manual, SEARCH_DIR of ld(1), and `install_qa_check` of Portage (misc-functions.sh 3.0.83).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { hostError, systemCode } from '../base/errors.ts'
import { isBuildProgram } from './buildprograms.ts'

const LOCAL = '/usr/local'
const SYSTEM = ['/usr/sbin', '/usr/bin', '/sbin', '/bin']

/** Any file there counts, or such as the linker takes. */
const READ: readonly (readonly [string, RegExp])[] = [
  [`${LOCAL}/lib/install-qa-check.d`, /^[^.]/],
  [`${LOCAL}/include`, /^[^.]/],
  ...['lib', 'lib32', 'lib64'].map((name) => [`${LOCAL}/${name}`, /\.(a|so(\.\d+)*)$/] as const),
]

/** One clause for the user, or undefined where nothing is there that a build would take. Errors: HostError IO. */
export function whyOfLocalFiles(root: string): string | undefined {
  for (const [folder, name] of READ) {
    const found = namesIn(join(root, folder)).find((one) => name.test(one))
    if (found !== undefined) return `${folder}/${found} may change what is built`
  }
  for (const folder of [`${LOCAL}/sbin`, `${LOCAL}/bin`]) {
    const found = namesIn(join(root, folder)).find(
      (one) => isBuildProgram(one) && SYSTEM.some((system) => existsSync(join(root, system, one))),
    )
    if (found !== undefined) return `${folder}/${found} stands before the program of that name that builds run everywhere else`
  }
  return undefined
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted()
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return []
    throw hostError(`could not list ${folder}`, error)
  }
}
