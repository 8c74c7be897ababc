/**
 * Asks the rules that need no archive before anybody outside hears of the package: what gets no stand-in anyway is neither looked for nor named.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Manifest, Metadata } from '../package/manifest.ts'
import { whyNotAsked } from '../portage/hookreach.ts'
import type { NewEntry } from '../standin/journal.ts'
import { planStandin } from '../standin/plan.ts'
import { PACKAGE_RULES } from '../standin/rules/package-rules.ts'
import { REQUEST_RULES } from '../standin/rules/request.ts'
import type { Verdict } from './controlWire.ts'
import { type HostMemory, hostViewOf } from './hostView.ts'
import type { Wish } from './wish.ts'

export interface ForeseeInput {
  readonly root: string
  readonly wish: Wish
  readonly mergeType: string
  readonly ownerPid: number
  readonly builddir: NewEntry['builddir']
  readonly memory: HostMemory
  /** `publish_repos`: ebuild repositories whose packages may be named to others. */
  readonly publicRepos: readonly string[]
}

export interface Foreseen {
  /** Why there will be no stand-in, or undefined where one may be looked for. */
  readonly reason: string | undefined
  readonly verdicts: readonly Verdict[]
}

/** Errors: as `hostViewOf`. */
export function foresee(input: ForeseeInput): Foreseen {
  const { wish, root, memory, ownerPid } = input
  const { family, cpv, slot } = wish
  const manifest = emptyManifest(wish)
  const facts = new Map<string, never>()
  const recipe = { known: false, why: '', changed: false } as const
  const host = hostViewOf({
    root,
    procRoot: '/proc',
    wish,
    recipe,
    manifest,
    facts,
    memory,
    ownerPid,
    glibc: undefined,
    liveBytes: 0,
    live: [],
  })
  const asked = { mergeType: input.mergeType, root: '/', cpv, slot: slot.split('/')[0] ?? slot, builddir: input.builddir }
  const policy = { maxBytes: 0, maxEntries: 0, maxTotalBytes: 0 }
  const plan = planStandin({ manifest, family, wish: asked, host, policy, facts, cpuOptions: undefined }, [
    ...REQUEST_RULES,
    ...PACKAGE_RULES,
  ])
  const known = input.publicRepos.includes(family.repository)
  const text = known
    ? 'its ebuild repository may be named to others'
    : `publish_repos does not name its ebuild repository ${family.repository}`
  const unasked = whyNotAsked(root)
  const hook = { rule: 'hook', passed: unasked === undefined, text: unasked ?? 'the merge asks for the way' }
  const verdicts = [hook, { rule: 'public-repository', passed: known, text }, ...plan.verdicts]
  return { reason: verdicts.find(({ passed }) => !passed)?.text, verdicts }
}

/** What the ebuild itself says, without a file and without dependencies, which only an archive has in their final form. */
function emptyManifest({ family, metadata, slot }: Wish): Manifest {
  const said: Metadata = {
    CATEGORY: family.category,
    PF: `${family.name}-${family.version}`,
    CHOST: family.chost,
    SLOT: slot,
    repository: family.repository,
    RESTRICT: metadata['RESTRICT'] ?? '',
  }
  return { standin: 'manifest-1', metadata: said, records: [], contentId: '0'.repeat(64) }
}
