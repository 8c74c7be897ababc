/**
 * Holds the copy that stood in against the user's own build: says so when they agree, loudly when they do not, and keeps both sides then.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { join } from 'node:path'
import { differingPaths } from '../package/content.ts'
import { linkageOf } from '../package/linkage.ts'
import type { Manifest } from '../package/manifest.ts'
import type { Tone } from '../portage/terminal.ts'
import { areOtherWidths, compareContents, type Compared } from '../trust/compare.ts'
import type { Offer } from '../swarm/wire.ts'
import { joined } from './attestations.ts'
import { describe, type Dispute, explains, MAX_PATHS, MAX_SIGNED, named } from './dispute.ts'
import { boundDisputes, keepSides } from './disputeFiles.ts'
import type { Build, Known } from './known.ts'
import { differingLinkage, isBoundAlike } from './linkages.ts'
import { isAbout, openOrNot } from './opener.ts'
import type { Published } from './publish.ts'

/** What stood in, as it was kept when it was placed. */
export interface StoodIn {
  readonly offer: Offer
  readonly manifest: Manifest
}

export interface AuditInput {
  readonly stoodIn: StoodIn
  readonly own: Published
  /** Whether those of other packages were live while the own build was made, and whether it may have found the one that this is about, or an installed version. */
  readonly standinsLive: boolean
  readonly besideItself: boolean
  readonly known: Known
  /** Whether the policy names this key. */
  readonly counts: (keyid: string) => boolean
  /** Folder of disputes; each gets one of its own below it. */
  readonly disputes: string
  /** Folder of the peer's in which it keeps what it has fetched. */
  readonly fetched: string
}

export interface Audited {
  readonly verdict: Compared['verdict']
  readonly line: string
  readonly tone: Tone
  /** The own build as it is to be offered now, but for the word of this host. */
  readonly build: Build
}

/** Most signatures that are checked, 0.1 ms each; those of named keys stand first. */
const MAX_CHECKED = 256

const AGREES = 'your own build agrees with the copy that stood in'
export const INCOMPARABLE = "your own build can't be compared with the copy that stood in"

const CHANGED_SINCE =
  'this host has built the same as the copy before, so something that no recipe names has changed since (a header, a static library or a tool of another version)'

export async function audit(input: AuditInput): Promise<Audited> {
  const { stoodIn, own, known } = input
  const there = saidOf(stoodIn.offer, input.counts)
  const compared = compare(input, there)
  const { verdict } = compared
  const attestations = joined([], stoodIn.offer.attestations, input.counts)
  const isSaidAlike = stoodIn.offer.metadata === own.build.offer.metadata
  const withWitnesses = verdict === 'agree' && isSaidAlike ? { ...own.build.offer, attestations } : own.build.offer
  const build = { ...own.build, audit: verdict, offer: withWitnesses }
  if (verdict === 'agree' || verdict === 'agree-stable') known.saveBuilt(stoodIn.offer)
  switch (compared.verdict) {
    case 'agree':
      // Of one recipe, so whoever signed the copy says of it what its ebuild does not, or has another Portage.
      if (!isSaidAlike) return { verdict, build, tone: 'warn', line: `${AGREES}, byte for byte, but other metadata were signed for it` }
      return { verdict, build, tone: 'good', line: `${AGREES}, byte for byte` }
    case 'agree-stable':
      return { verdict, build, tone: 'good', line: `${AGREES} (only dates and build ids in the files differ)` }
    case 'not-comparable':
      return {
        verdict,
        build,
        tone: 'warn',
        line: `${INCOMPARABLE}: ${whyNot(input, compared)}`,
      }
    case 'differ':
      break
  }
  const paths = filesFirst(differingPaths(stoodIn.manifest.records, own.records), stoodIn, own)
  const varies = known.disputes(stoodIn.offer.recipe).some((one) => one.linkage === stoodIn.offer.linkage && explains(one, paths))
  if (varies || known.hasBuilt(stoodIn.offer)) {
    const line = `${INCOMPARABLE}: ${varies ? `this package is never built the same twice (${named(paths)})` : whyOtherNow(own, there)}`
    return { verdict: 'not-comparable', build: { ...build, audit: 'not-comparable' }, tone: 'warn', line }
  }
  return { verdict, build, tone: 'bad', line: await dispute(input, there, paths, compared.accuses) }
}

/**
 * What a build was bound to is the host's; which libraries its files need is what came out of it. So two builds that are bound alike are held against
 * each other, or a copy with one library more would escape.
 */
function compare({ stoodIn, own, standinsLive, besideItself }: AuditInput, there: SaidThere): Compared {
  const { offer, manifest } = stoodIn
  const { linkage } = isBoundAlike(linkageOf(manifest.metadata), own.linkage) ? own.build.offer : offer
  return compareContents({
    standIn: { ...offer, linkage, ...there },
    own: { ...own.build.offer, standinsLive: standinsLive || besideItself, columns: widthsOf(own) },
  })
}

interface SaidThere {
  /** Nobody says that it comes of a clean build. */
  readonly standinsLive: boolean
  /** Widths of the windows of those clean builds, the most often named first. Who names none says nothing of it. */
  readonly columns: readonly number[]
}

/** What those say of the copy who count, or all where none does. Anybody can add a signature that is none. */
function saidOf(offer: Offer, counts: AuditInput['counts']): SaidThere {
  const genuine = offer.attestations.slice(0, MAX_CHECKED).flatMap((envelope) => openOrNot(envelope) ?? [])
  const said = genuine.filter((one) => isAbout(one, offer))
  const counting = said.filter(({ keyid }) => counts(keyid))
  const heard = (counting.length > 0 ? counting : said).map(({ statement }) => statement.predicate)
  const clean = heard.filter(({ standinsLive }) => !standinsLive)
  const widths = (clean.length > 0 ? clean : heard).flatMap(({ columns }) => columns ?? [])
  const byWidth = Map.groupBy(widths, (width) => width)
  const columns = [...byWidth].toSorted(([, a], [, b]) => b.length - a.length).map(([width]) => width)
  return { standinsLive: heard.length > 0 && clean.length === 0, columns }
}

function widthsOf({ build: { columns } }: Published): readonly number[] {
  return columns === undefined ? [] : [columns]
}

/** Why a copy is another than what is built here now, though it was the same once. */
function whyOtherNow(own: Published, { columns }: SaidThere): string {
  if (!areOtherWidths(columns, widthsOf(own))) return CHANGED_SINCE
  const windows = `the copy was built in a window of ${columns[0]} columns and this build in one of ${own.build.columns}`
  return `this host has built the same as the copy before, and ${windows}: in one as wide as that it may be the same again`
}

function whyNot({ stoodIn, own }: AuditInput, { because }: Compared & { verdict: 'not-comparable' }): string {
  const parts = because.map((part) =>
    part === 'linkage' ? `another linkage (${differingLinkage(linkageOf(stoodIn.manifest.metadata), own.linkage)})` : `another ${part}`,
  )
  return parts.join(', ')
}

/** The row comes first: from then on nothing of this recipe stands in, whatever happens to the files. */
async function dispute(input: AuditInput, there: SaidThere, paths: readonly string[], accuses: boolean): Promise<string> {
  const { stoodIn, own, known, disputes, fetched, counts, besideItself } = input
  const { columns, offer: built } = own.build
  const { recipe, content, stable } = built
  const { offer } = stoodIn
  const row: Dispute = {
    cpv: own.build.cpv,
    recipe,
    linkage: offer.linkage,
    contents: [offer.content, content],
    stables: [offer.stable, stable],
    paths: paths.slice(0, MAX_PATHS),
    kept: join(disputes, [recipe, offer.content, content].map((id) => id.slice(0, 12)).join('-')),
    files: 'none',
    state: accuses ? 'accuses' : 'open',
    ...(besideItself ? { besideItself } : {}),
    ...(there.standinsLive ? { mayBeChangedThere: true } : {}),
    ...(columns === undefined ? {} : { columns }),
    ...(there.columns.length > 0 ? { theirColumns: [...there.columns] } : {}),
    attestations: joined([], offer.attestations, counts).slice(0, MAX_SIGNED),
  }
  known.saveDispute(row)
  const { files, why } = await keepSides(row.kept, { stoodIn, own, fetched })
  const kept = { ...row, files }
  known.changeDispute(kept)
  boundDisputes({ disputes, known })
  return `YOUR OWN BUILD DIFFERS from the copy that stood in: ${named(paths)}. ${describe(kept)}${why === undefined ? '' : ` (${why})`}`
}

/** A folder differs as soon as something in it is new; what people want to see is the file. */
function filesFirst(paths: readonly string[], stoodIn: StoodIn, own: Published): string[] {
  const folders = new Set([...stoodIn.manifest.records, ...own.records].filter(({ type }) => type === 'dir').map(({ path }) => path))
  return paths.toSorted((a, b) => Number(folders.has(a)) - Number(folders.has(b)))
}
