/**
 * Holds the copy that stood in against the user's own build: says so when they agree, loudly when they do not, and keeps both sides then.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { differingPaths } from '../package/content.ts'
import type { Manifest } from '../package/manifest.ts'
import { compareContents } from '../trust/compare.ts'
import { open } from '../trust/envelope.ts'
import type { Offer } from '../swarm/wire.ts'
import { joined } from './attestations.ts'
import { type Build, type Dispute, type Known, MAX_PATHS } from './known.ts'
import type { Published } from './publish.ts'

/** What stood in, as it was kept when it was placed. */
export interface StoodIn {
  readonly offer: Offer
  readonly manifest: Manifest
}

export interface AuditInput {
  readonly stoodIn: StoodIn
  readonly own: Published
  readonly standinsLive: boolean
  readonly known: Known
  /** Whether the policy names this key. */
  readonly counts: (keyid: string) => boolean
  /** Folder of disputes; each gets one of its own below it. */
  readonly disputes: string
}

export interface Audited {
  readonly verdict: 'agree' | 'agree-stable' | 'differ' | 'not-comparable'
  readonly line: string
  /** The own build as it is to be offered now. */
  readonly build: Build
}

/** Most files that a line on a terminal names. */
const NAMED = 5

export function audit(input: AuditInput): Audited {
  const { stoodIn, own } = input
  const { offer } = stoodIn
  const live = offer.attestations.some((envelope) => open(envelope).statement.predicate.standinsLive)
  const compared = compareContents({
    standIn: { ...offer, standinsLive: live },
    own: { ...own.build.offer, standinsLive: input.standinsLive },
  })
  const { verdict } = compared
  const attestations = joined(own.build.offer.attestations, offer.attestations, input.counts)
  const withWitnesses = verdict === 'agree' ? { ...own.build.offer, attestations } : own.build.offer
  const build = { ...own.build, audit: verdict, offer: withWitnesses }
  switch (compared.verdict) {
    case 'agree':
      return { verdict, build, line: `your own build agrees with the copy that stood in, byte for byte` }
    case 'agree-stable':
      return { verdict, build, line: `your own build agrees with the copy that stood in (only dates in the files differ)` }
    case 'not-comparable':
      return {
        verdict,
        build,
        line: `your own build can't be compared with the copy that stood in: another ${compared.because.join(', ')}`,
      }
    case 'differ':
      break
  }
  const paths = filesFirst(differingPaths(stoodIn.manifest.records, own.records), stoodIn, own)
  const kept = keepBoth(input, paths)
  const more = paths.length > NAMED ? ` and ${paths.length - NAMED} more` : ''
  const next = compared.accuses ? '' : '; stand-ins were live during a build, so a clean rebuild has the last word'
  return {
    verdict,
    build,
    line: `YOUR OWN BUILD DIFFERS from the copy that stood in: ${paths
      .slice(0, NAMED)
      .map((path) => `/${path}`)
      .join(' ')}${more}. Both are described in ${kept}${next}`,
  }
}

/** A folder differs as soon as something in it is new; what people want to see is the file. */
function filesFirst(paths: readonly string[], stoodIn: StoodIn, own: Published): string[] {
  const folders = new Set([...stoodIn.manifest.records, ...own.records].filter(({ type }) => type === 'dir').map(({ path }) => path))
  return paths.toSorted((a, b) => Number(folders.has(a)) - Number(folders.has(b)))
}

function keepBoth({ stoodIn, own, known, disputes, counts }: AuditInput, paths: readonly string[]): string {
  const { recipe, linkage, content } = own.build.offer
  const kept = join(disputes, `${recipe.slice(0, 16)}-${content.slice(0, 16)}`)
  mkdirSync(kept, { recursive: true, mode: 0o700 })
  writeFileSync(join(kept, 'stood-in.json'), JSON.stringify(stoodIn), { mode: 0o600 })
  writeFileSync(join(kept, 'own.json'), JSON.stringify({ offer: own.build.offer, records: own.records }), { mode: 0o600 })
  copyFileSync(own.build.path, join(kept, 'own.gpkg.tar'))
  const row: Dispute = {
    cpv: own.build.cpv,
    recipe,
    linkage,
    contents: [stoodIn.offer.content, content],
    paths: paths.slice(0, MAX_PATHS),
    kept,
    attestations: joined(own.build.offer.attestations, stoodIn.offer.attestations, counts),
  }
  known.saveDispute(row)
  return kept
}
