/**
 * What this peer gives to others: for each family the offers it makes, each with an archive that it seeds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { canonicalText } from '../base/canonical.ts'
import { archiveTorrent } from '../swarm/archiveTorrent.ts'
import type { Swarm } from '../swarm/swarm.ts'
import type { Offer } from '../swarm/wire.ts'
import type { OwnOffer } from './peerWire.ts'

export interface Shares {
  /** Hashes the pieces of an archive of our own, seeds it and offers it. */
  add(draft: OwnOffer, archive: { sha256: string; size: number }, path: string): Promise<void>
  /** Offers on what was fetched, as it was offered. */
  addFetched(offer: Offer, path: string): Promise<void>
  remove(sha256: string): Promise<void>
}

export function shareTable(swarm: Swarm, sharing: (sha256: string, infohash: string) => void): Shares {
  const offers = new Map<string, Offer>()
  const served = new Set<string>()

  const serve = async (offer: Offer, path: string): Promise<void> => {
    const family = canonicalText(offer.family)
    offers.set(offer.archive.sha256, offer)
    await swarm.seed(offer, path)
    if (!served.has(family)) {
      served.add(family)
      swarm.serve(offer.family, () => [...offers.values()].filter((one) => canonicalText(one.family) === family))
    }
    sharing(offer.archive.sha256, offer.archive.infohash)
  }

  return {
    async add(draft, archive, path) {
      const { infohash, name, pieceLength, pieces } = await archiveTorrent(path)
      await serve({ ...draft, archive: { ...archive, infohash, name, pieceLength, pieces } }, path)
    },
    addFetched: serve,
    async remove(sha256) {
      const offer = offers.get(sha256)
      if (offer === undefined) return
      offers.delete(sha256)
      await swarm.unseed(offer.archive.infohash)
    },
  }
}
