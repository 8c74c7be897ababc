/**
 * A finished build and a copy that stood in for it, with real archives on disk, so that a comparison has both sides.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { sha256Hex } from '../../../src/base/canonical.ts'
import type { AuditInput, StoodIn } from '../../../src/daemon/audit.ts'
import { type Known, openKnown } from '../../../src/daemon/known.ts'
import type { Published } from '../../../src/daemon/publish.ts'
import { exactId } from '../../../src/package/content.ts'
import { linkageId, linkageOf } from '../../../src/package/linkage.ts'
import type { Metadata } from '../../../src/package/manifest.ts'
import type { ImageRecord } from '../../../src/package/record.ts'
import { metadataId } from '../../../src/package/signed.ts'
import { attested, id, offerNamed } from './offers.ts'
import { atEnd } from '../../support/atEnd.ts'

export interface Place {
  readonly known: Known
  /** Folder of disputes, and the peer's folder of what it has fetched. */
  readonly disputes: string
  readonly fetched: string
}

export function placeIn(t: TestContext): Place {
  const folder = mkdtempSync(join(tmpdir(), 'standin-audit-'))
  const known = openKnown(join(folder, 'known.sqlite'))
  atEnd(t, () => {
    known.close()
    rmSync(folder, { recursive: true })
  })
  const [disputes, fetched] = [join(folder, 'disputes'), join(folder, 'fetched')]
  for (const one of [disputes, fetched]) mkdirSync(one)
  return { known, disputes, fetched }
}

export interface Side {
  /** What its one file holds; builds with equal text are equal. */
  readonly text: string
  /** Text that its stable id is made from; `text` unless told. */
  readonly stable?: string
  /** Text of other files by their paths. */
  readonly also?: Readonly<Record<string, string>>
  readonly metadata?: Metadata
  readonly standinsLive?: boolean
  readonly besideItself?: boolean
  /** How wide the window was that it was built in: 80 unless told, `null` where nobody says. */
  readonly columns?: number | null
  readonly recipe?: string
  readonly size?: number
}

function recordsOf({ text, also }: Side): ImageRecord[] {
  const files = Object.entries({ 'usr/x': text, ...also })
  return [
    { type: 'dir', path: 'usr', mode: 0o755, owner: 'root', group: 'root' },
    ...files.map(([path, of]): ImageRecord => {
      return { type: 'file', path, mode: 0o644, owner: 'root', group: 'root', size: of.length, sha256: sha256Hex(of) }
    }),
  ]
}

function widthOf({ columns = 80 }: Side): { readonly columns?: number } {
  return columns === null ? {} : { columns }
}

/** The copy that stood in; its archive lies where the peer keeps what it has fetched. */
export function copyOf({ fetched }: Place, side: Side): StoodIn {
  const { metadata = {}, recipe = id('recipe'), standinsLive = false } = side
  const records = recordsOf(side)
  const archive = Buffer.alloc(side.size ?? 1000, side.text)
  const sha256 = sha256Hex(archive)
  writeFileSync(join(fetched, `${sha256}.gpkg.tar`), archive)
  const ids = {
    recipe,
    linkage: linkageId(linkageOf(metadata)),
    metadata: metadataId(metadata),
    content: exactId(records),
    stable: id(side.stable ?? (side.also === undefined ? side.text : JSON.stringify([side.text, side.also]))),
  }
  const plain = offerNamed(side.text, ids)
  const offer = { ...plain, archive: { ...plain.archive, sha256, size: archive.byteLength, name: `${sha256}.gpkg.tar` } }
  const signed = { ...offer, attestations: [attested(offer, 'anna', { standinsLive, ...widthOf(side) })] }
  return { offer: signed, manifest: { standin: 'manifest-1', metadata, records, contentId: offer.content } }
}

export function ownOf(place: Place, side: Side): Published {
  const { offer, manifest } = copyOf(place, side)
  const { archive, ...draft } = offer
  const path = join(place.fetched, `${archive.sha256}.gpkg.tar`)
  const { sha256, size } = archive
  return {
    build: {
      cpv: 'app-misc/hello-2.10',
      archive: { sha256, size },
      path,
      offer: draft,
      audit: 'none',
      granted: 'settings',
      used: 0,
      ...widthOf(side),
    },
    linkage: linkageOf(manifest.metadata),
    records: manifest.records,
    leak: undefined,
  }
}

export function auditOf(place: Place, copy: Side, own: Side): AuditInput {
  const { standinsLive = false, besideItself = false } = own
  return { ...place, stoodIn: copyOf(place, copy), own: ownOf(place, own), standinsLive, besideItself, counts: () => false }
}
