/**
 * Takes a staged copy to the live filesystem, or says which rule stopped it; every byte that is placed, and all that rules read of it,
 * hangs on ids that were attested.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { StrangerError } from '../base/errors.ts'
import { exactId } from '../package/content.ts'
import { linkageOf } from '../package/linkage.ts'
import type { Manifest } from '../package/manifest.ts'
import { signedMetadata } from '../package/signed.ts'
import { readInstalled } from '../portage/vdb.ts'
import type { FileFacts } from '../standin/elf.ts'
import type { Policy } from '../standin/host.ts'
import type { NewEntry } from '../standin/journal.ts'
import { place } from '../standin/place.ts'
import { planStandin } from '../standin/plan.ts'
import type { Site } from '../standin/site.ts'
import { openStaging, readManifest } from '../standin/staging.ts'
import { surveyStaged } from '../standin/survey.ts'
import type { Offer } from '../swarm/wire.ts'
import { checkMetadata } from './claims.ts'
import type { Verdict } from './controlWire.ts'
import { type HostMemory, hostViewOf } from './hostView.ts'
import { falseRequires, notBoundHere } from './linkages.ts'
import type { LiveStandin } from './live.ts'
import type { Wish, WishedRecipe } from './wish.ts'

export interface StandInput {
  readonly site: Site
  readonly procRoot: string
  readonly wish: Wish
  readonly offer: Offer
  readonly mergeType: string
  /** Folder in which the peer has staged it. */
  readonly staging: string
  readonly entry: NewEntry
  readonly policy: Policy
  readonly memory: HostMemory
  readonly glibc: string | undefined
  readonly liveBytes: number
  readonly live: readonly LiveStandin[]
  readonly shouldStop: () => boolean
  readonly say: (line: string) => void
  /** Keeps, under the id in the journal, what the own build will be held against; called before anything is visible. */
  readonly keep: (id: number, manifest: Manifest) => void
}

export type Stood =
  | {
      readonly kind: 'placed'
      readonly id: number
      readonly files: number
      readonly bytes: number
      readonly verdicts: readonly Verdict[]
    }
  | { readonly kind: 'refused'; readonly reason: string; readonly verdicts: readonly Verdict[] }

/** Errors: StrangerError for what is staged wrongly, HostError; nothing is left on the live filesystem then. */
export async function stand(input: StandInput): Promise<Stood> {
  const staging = openStaging(input.staging)
  try {
    const staged = readManifest(staging)
    // The peer may be taken over: what it staged must be what somebody signed, whatever it says of itself.
    if (exactId(staged.records) !== input.offer.content)
      throw new StrangerError('BAD_HASH', 'what was staged is not the content that was offered')
    checkMetadata(input.offer, staged)
    const manifest = { ...staged, metadata: signedMetadata(staged.metadata) }
    const facts = surveyStaged(staging, manifest)
    const recipe = await input.wish.recipe
    const host = hostViewOf({ ...input, root: input.site.root, ownerPid: input.entry.ownerPid, recipe, manifest, facts })
    const { cpv, family, slot } = input.wish
    const wish = { mergeType: input.mergeType, root: '/', cpv, slot: slot.split('/')[0] ?? slot, builddir: input.entry.builddir }
    const plan = planStandin({ manifest, family, wish, host, policy: input.policy, facts, cpuOptions: undefined })
    const linkage = linkageVerdict(input, recipe, manifest, facts)
    const verdicts = [...linkage, ...plan.verdicts].map(({ rule, passed, text }) => ({ rule, passed, text: text.slice(0, 2000) }))
    if (plan.kind === 'refuse') return { kind: 'refused', reason: plan.reasons[0]?.text ?? 'no rule lets it through', verdicts }
    for (const { passed, text } of linkage) if (!passed) return { kind: 'refused', reason: text, verdicts }
    const placed = await place({ ...input.site, ...input, plan, staging, ahead: (id) => input.keep(id, manifest) })
    if (placed.kind === 'placed') return { ...placed, verdicts }
    if (placed.kind === 'stopped') return { kind: 'refused', reason: 'the build was over first', verdicts }
    return { kind: 'refused', reason: placed.text, verdicts: [...verdicts, { rule: placed.rule, passed: false, text: placed.text }] }
  } finally {
    staging.close()
  }
}

/**
 * A copy of the very recipe that is built here is taken before all others, because the own build will be held against it. So it must be one that the
 * own build can be held against: of no linkage but that which a build has here, now.
 */
function linkageVerdict(
  { wish, offer, site, memory }: StandInput,
  recipe: WishedRecipe,
  { metadata, records }: Manifest,
  facts: ReadonlyMap<string, FileFacts>,
): Verdict[] {
  if (!recipe.known || recipe.id !== offer.recipe) return []
  const linkage = linkageOf(metadata)
  const depends = `${wish.metadata['RDEPEND'] ?? ''} ${wish.metadata['DEPEND'] ?? ''}`
  const installed = readInstalled(site.root, memory.installed)
  const why = falseRequires(linkage, records, facts) ?? notBoundHere({ linkage, depends, use: new Set(recipe.recipe.use), installed })
  return [{ rule: 'linkage', passed: why === undefined, text: why ?? 'the own build will be bound as it is' }]
}
