/**
 * Makes of a finished build what can be given to others: archive and ids, and the attestation of what is; nothing of it leaves this host before its row is written.
 *
 * Commit point: the row in the table of builds, which is the caller's. An archive without a row is removed at start-up.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { chmodSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { HostError, hostError } from '../base/errors.ts'
import { checkJson } from '../base/schema.ts'
import { type Linkage, linkageId, linkageOf } from '../package/linkage.ts'
import { MAX_MANIFEST_BYTES } from '../package/manifest.ts'
import type { ImageRecord } from '../package/record.ts'
import { metadataId } from '../package/signed.ts'
import { MAX_ATTESTATIONS } from '../swarm/wire.ts'
import { seal } from '../trust/envelope.ts'
import type { SigningKey } from '../trust/key.ts'
import { statementOf } from '../trust/statement.ts'
import type { Captured } from './captures.ts'
import type { Build, Granted } from './known.ts'
import { make, type MakerProgram, recordList } from './job.ts'
import type { OwnPackage } from './ownPackage.ts'
import type { Traces } from './traces.ts'
import type { Wish, WishedRecipe } from './wish.ts'

export interface PublishInput {
  readonly wish: Wish
  readonly recipe: WishedRecipe & { readonly known: true }
  /** The captured image with what Portage knew of it, or the gpkg that Portage wrote. */
  readonly from: Captured | { readonly gpkg: OwnPackage }
  /** Folder of archives, which the peer may read, and a folder for work in progress on the same filesystem, which it may not. */
  readonly archives: string
  readonly work: string
  readonly maker: MakerProgram
  readonly traces: Traces
  readonly granted: Granted
  /** How wide the window of the build was; absent where that is unknown. */
  readonly columns?: number
  readonly clock: () => Date
  readonly signal: AbortSignal
}

export interface Published {
  /** Its archive lies in the store, nothing is signed, and there is no row for it yet: the caller writes one, or removes it. */
  readonly build: Build
  readonly linkage: Linkage
  readonly records: readonly ImageRecord[]
  /** Why it must not be offered: what of this host is in it, in one clause. */
  readonly leak: string | undefined
}

export function archivePath(folder: string, sha256: string): string {
  return join(folder, `${sha256}.gpkg.tar`)
}

/** Errors: HostError of the maker (UNSUPPORTED, CHANGED_UNDERWAY, DISK_FULL, ...); nothing is left then. */
export async function publish(input: PublishInput): Promise<Published> {
  try {
    return await published(input)
  } catch (error) {
    throw hostError(`could not make what is given of ${input.wish.cpv}`, error)
  }
}

/** The build with the word of this host for it. `standinsLive`: whether it may have been changed, as the predicate says. Errors: as `statementOf`. */
export function signedBy(key: SigningKey, { cpv, archive, offer, ...build }: Build, standinsLive: boolean): Build {
  const { recipe, linkage, environment, content, stable, metadata } = offer
  const width = build.columns === undefined ? {} : { columns: build.columns }
  const said = { cpv, recipe, linkage, environment, content, stable, metadata, archive, standinsLive, ...width }
  const attestations = [seal(statementOf(said), key), ...offer.attestations].slice(0, MAX_ATTESTATIONS)
  return { cpv, archive, offer: { ...offer, attestations }, ...build }
}

async function published(input: PublishInput): Promise<Published> {
  const { wish, recipe, work } = input
  mkdirSync(work, { recursive: true, mode: 0o700 })
  const out = join(work, 'archive')
  const records = join(work, 'records.json')
  const made = await make(
    input.maker,
    join(work, 'job.json'),
    {
      image: 'capture' in input.from ? input.from.capture.image : join(work, 'image'),
      gpkg: 'gpkg' in input.from ? input.from.gpkg : null,
      metadata: 'metadata' in input.from ? input.from.metadata : {},
      files: 'capture' in input.from ? [...input.from.capture.files] : [],
      capabilities: 'capture' in input.from ? (input.from.capabilities ?? null) : null,
      resolvedMarch: recipe.native === undefined ? null : [...recipe.native],
      traces: input.traces,
      out,
      records,
    },
    input.signal,
  )
  const { CATEGORY, PF } = made.metadata
  if (`${CATEGORY}/${PF}` !== wish.cpv) throw new HostError('BAD_STATE', `what was built of ${wish.cpv} calls itself ${CATEGORY}/${PF}`)
  const path = archivePath(input.archives, made.sha256)
  const linkage = linkageOf(made.metadata)
  const ids = {
    recipe: recipe.id,
    linkage: linkageId(linkage),
    environment: recipe.environment,
    content: made.contentId,
    stable: made.stableId,
    metadata: metadataId(made.metadata),
  }
  const archive = { sha256: made.sha256, size: made.size }
  const build: Build = {
    cpv: wish.cpv,
    archive,
    path,
    audit: 'none',
    granted: input.granted,
    used: input.clock().getTime(),
    ...(input.columns === undefined ? {} : { columns: input.columns }),
    offer: {
      family: wish.family,
      slot: made.metadata.SLOT ?? wish.slot,
      ...ids,
      image: { files: made.files, bytes: made.fileBytes },
      requires: [...Map.groupBy(linkage.requires, ({ category }) => category)].map(([category, all]) => ({
        category,
        sonames: all.map(({ soname }) => soname),
      })),
      attestations: [],
    },
  }
  chmodSync(out, 0o644)
  renameSync(out, path)
  return {
    build,
    linkage,
    leak: made.leak ?? undefined,
    records: checkJson(recordList, readFileSync(records), records, MAX_MANIFEST_BYTES),
  }
}
