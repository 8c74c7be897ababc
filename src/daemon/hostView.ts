/**
 * Gathers, at one moment, all that the rules of a plan may know of this host.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Manifest } from '../package/manifest.ts'
import { type InstalledCache, type InstalledPackage, readInstalled } from '../portage/vdb.ts'
import type { FileFacts } from '../standin/elf.ts'
import type { HostView } from '../standin/host.ts'
import { surveyDisk } from '../standin/survey-host.ts'
import type { Wish, WishedRecipe } from './wish.ts'

export interface HostViewInput {
  readonly root: string
  readonly procRoot: string
  readonly wish: Wish
  readonly recipe: WishedRecipe
  readonly manifest: Manifest
  readonly facts: ReadonlyMap<string, FileFacts>
  readonly installedCache: InstalledCache
  /** Version of this host's glibc, undefined where the libc is another one. */
  readonly glibc: string | undefined
  readonly liveBytes: number
  /** What live stand-ins provide, by multilib category. */
  readonly liveProvides: readonly ReadonlyMap<string, ReadonlySet<string>>[]
}

export function hostViewOf(input: HostViewInput): HostView {
  const { wish, recipe } = input
  const installed = readInstalled(input.root, input.installedCache)
  const disk = surveyDisk(input.root, input.manifest, input.facts)
  return {
    chost: wish.family.chost,
    installedSlots: installed.filter((one) => isSame(one, wish)).map(({ slot }) => slot),
    provides: merged([...installed.map(({ provides }) => provides), ...input.liveProvides]),
    glibc: input.glibc,
    cpuFlags: cpuFlags(input.procRoot),
    march: recipe.known ? marchOf(recipe.recipe.flags.CFLAGS) : undefined,
    vital: new Map(),
    queue: { tools: new Set(), dependencies: new Set() },
    blockers: [],
    unmet: [],
    // emerge builds this very ebuild, and it would not if ACCEPT_LICENSE forbade it.
    licenceAccepted: true,
    userChanges: !recipe.known && recipe.changed ? [recipe.why] : [],
    filesystems: disk.filesystems,
    liveBytes: input.liveBytes,
    exists: disk.exists,
  }
}

export function marchOf(flags: readonly string[]): string | undefined {
  return flags.findLast((flag) => flag.startsWith('-march='))?.slice('-march='.length)
}

function isSame(installed: InstalledPackage, { family }: Wish): boolean {
  return installed.category === family.category && installed.name === family.name
}

function merged(all: readonly ReadonlyMap<string, ReadonlySet<string>>[]): Map<string, Set<string>> {
  const union = new Map<string, Set<string>>()
  for (const one of all) {
    for (const [category, sonames] of one) {
      const known = union.get(category) ?? new Set()
      for (const soname of sonames) known.add(soname)
      union.set(category, known)
    }
  }
  return union
}

function cpuFlags(procRoot: string): ReadonlySet<string> {
  const text = readFileSync(join(procRoot, 'cpuinfo'), 'utf8')
  return new Set(/^flags\s*:(.*)$/m.exec(text)?.[1]?.trim().split(/\s+/))
}
