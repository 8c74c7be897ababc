/**
 * An honest peer of a family of its own: a real archive, signed by anna, given by a real swarm on loopback.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Family } from '../../../src/package/family.ts'
import { linkageId, linkageOf } from '../../../src/package/linkage.ts'
import { metadataId } from '../../../src/package/signed.ts'
import { archiveTorrent } from '../../../src/swarm/archiveTorrent.ts'
import type { Offer } from '../../../src/swarm/wire.ts'
import { attested, id, offerNamed } from '../../daemon/support/offers.ts'
import { archiveOf } from '../../package/archive/make.ts'
import { HELLO, temporary } from '../../package/image.ts'
import { testSwarm } from '../../swarm/support.ts'

export interface Honest {
  readonly family: Family
  readonly offer: Offer
  /** `127.0.0.1:PORT`. */
  readonly address: string
  readonly path: string
}

export interface HonestOptions {
  /** About so many bytes has the archive. */
  readonly size?: number
  readonly bytesPerSecond?: number
  /** Whether neighbours find it. */
  readonly lsd?: boolean
}

/** No two tests, and no two runs at the same time, meet at one rendezvous. */
export function newFamily(): Family {
  return { ...offerNamed('x').family, name: `hello-${randomBytes(6).toString('hex')}` }
}

export async function startHonest(t: TestContext, { size = 2e6, bytesPerSecond = 1e9, lsd = false }: HonestOptions = {}): Promise<Honest> {
  const family = newFamily()
  const folder = temporary(t)
  const written = await archiveOf(folder, { ...HELLO, 'usr/share/random': { bytes: randomBytes(size) } })
  const path = join(folder, 'a.gpkg.tar')
  const { sha256, name, infohash, pieceLength, pieces } = await archiveTorrent(path)
  const plain: Offer = {
    family,
    slot: '0',
    recipe: id('recipe'),
    environment: id('environment'),
    linkage: linkageId(linkageOf(written.metadata)),
    content: written.contentId,
    stable: written.stableId,
    metadata: metadataId(written.metadata),
    archive: { sha256, size: written.size, name, infohash, pieceLength, pieces },
    image: { files: written.records.length, bytes: written.fileBytes },
    requires: [],
    attestations: [],
  }
  const offer = { ...plain, attestations: [attested(plain, 'anna')] }
  const swarm = await testSwarm(t, { maxUploadBytesPerSecond: bytesPerSecond, lsd })
  await swarm.seed(offer, path)
  swarm.serve(family, () => [offer])
  return { family, offer, path, address: `127.0.0.1:${swarm.port}` }
}
