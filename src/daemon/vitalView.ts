/**
 * Names the packages that this host leans on, beyond those that no host may do without: its @system set, and what Portage itself needs here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { join } from 'node:path'
import { HostError, StandinError } from '../base/errors.ts'
import { readText } from '../portage/bounded.ts'
import { packagesIn } from '../portage/depend.ts'
import { systemPackages } from '../portage/profile.ts'
import type { Repository } from '../portage/repos.ts'
import type { InstalledPackage } from '../portage/vdb.ts'

export interface VitalQuestion {
  readonly root: string
  readonly repos: ReadonlyMap<string, Repository>
  readonly installed: readonly InstalledPackage[]
}

const PORTAGE = 'sys-apps/portage'
const MAX_TEXT_BYTES = 1024 * 1024

/** `category/name` to the reason. Errors: HostError UNREADABLE for a profile, or for dependencies of those packages, that cannot be read. */
export function vitalOf(question: VitalQuestion): ReadonlyMap<string, string> {
  const byName = Map.groupBy(question.installed, ({ category, name }) => `${category}/${name}`)
  const vital = new Map<string, string>()
  const add = (name: string, reason: string): void => void (vital.has(name) || vital.set(name, reason))
  for (const name of systemPackages(question)) add(name, 'it belongs to @system')
  // A virtual names whoever may do the work; of @system are those who do it here.
  for (const name of [...vital.keys()].filter((one) => one.startsWith('virtual/'))) {
    for (const needed of neededBy(byName.get(name))) if (byName.has(needed)) add(needed, `it belongs to @system (${name})`)
  }
  add(PORTAGE, 'it is Portage')
  for (const needed of neededBy(byName.get(PORTAGE))) add(needed, 'Portage needs it')
  return vital
}

function neededBy(packages: readonly InstalledPackage[] = []): ReadonlySet<string> {
  return new Set(packages.flatMap((one) => [...namesIn(join(one.folder, 'RDEPEND'))]))
}

function namesIn(path: string): ReadonlySet<string> {
  try {
    return packagesIn(readText(path, MAX_TEXT_BYTES) ?? '', 'any')
  } catch (error) {
    if (!(error instanceof StandinError)) throw error
    throw new HostError('UNREADABLE', `${path}: ${error.message}`, { cause: error })
  }
}
