/**
 * What this peer gives to others: for each family the offers it makes, each with an archive that it seeds.
 *
 * What was fetched is kept with its offer beside it, so that a peer that starts again gives it again; the longest unused goes when room is short.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalText } from '../base/canonical.ts'
import { StandinError } from '../base/errors.ts'
import { checkJson } from '../base/schema.ts'
import { archiveTorrent } from '../swarm/archiveTorrent.ts'
import type { Swarm } from '../swarm/swarm.ts'
import { type Offer, offer as offerShape } from '../swarm/wire.ts'
import type { OwnOffer } from './peerWire.ts'

export interface Shares {
  /** Hashes the pieces of an archive of our own, seeds it and offers it; an offer that is known gets the attestations of this one. */
  add(draft: OwnOffer, archive: { sha256: string; size: number }, path: string): Promise<void>
  /** Keeps what was fetched and offers it on, as it was offered. */
  addFetched(offer: Offer, path: string): Promise<void>
  has(sha256: string): boolean
  remove(sha256: string): Promise<void>
  /** Takes up what an earlier peer has kept. */
  restore(): Promise<void>
}

export interface SharesInput {
  readonly swarm: Swarm
  /** Folder of what was fetched. */
  readonly fetched: string
  /** Most bytes that it may hold. */
  readonly maxBytes: number
  readonly sharing: (sha256: string, infohash: string) => void
  readonly log: (line: string) => void
}

const MAX_OFFER_BYTES = 1024 * 1024

export function shareTable({ swarm, fetched, maxBytes, sharing, log }: SharesInput): Shares {
  const offers = new Map<string, Offer>()
  const served = new Set<string>()
  const noteOf = (sha256: string): string => join(fetched, `${sha256}.json`)
  const fileOf = (sha256: string): string => join(fetched, `${sha256}.gpkg.tar`)

  const serve = async (offer: Offer, path: string, checked: boolean): Promise<void> => {
    const family = canonicalText(offer.family)
    const { sha256, infohash } = offer.archive
    await swarm.seed(offer, path, { checked })
    offers.set(sha256, offer)
    if (!served.has(family)) {
      served.add(family)
      swarm.serve(offer.family, () => [...offers.values()].filter((one) => canonicalText(one.family) === family))
    }
    sharing(sha256, infohash)
  }

  const remove = async (sha256: string): Promise<void> => {
    const offer = offers.get(sha256)
    offers.delete(sha256)
    if (offer !== undefined) await swarm.unseed(offer.archive.infohash)
  }

  const forget = async (sha256: string): Promise<void> => {
    await remove(sha256)
    rmSync(noteOf(sha256), { force: true })
    rmSync(fileOf(sha256), { force: true })
  }

  /** Oldest first, until what is left fits. */
  const makeRoom = async (): Promise<void> => {
    const held = readdirSync(fetched)
      .filter((name) => name.endsWith('.gpkg.tar'))
      .map((name) => ({ sha256: name.slice(0, 64), stat: statSync(join(fetched, name)) }))
      .toSorted((a, b) => a.stat.mtimeMs - b.stat.mtimeMs)
    let bytes = held.reduce((sum, { stat }) => sum + stat.size, 0)
    for (const { sha256, stat } of held) {
      if (bytes <= maxBytes) return
      await forget(sha256)
      bytes -= stat.size
    }
  }

  return {
    async add(draft, archive, path) {
      const { infohash, name, pieceLength, pieces } = await archiveTorrent(path)
      await serve({ ...draft, archive: { ...archive, infohash, name, pieceLength, pieces } }, path, true)
    },
    async addFetched(offer, path) {
      const note = noteOf(offer.archive.sha256)
      writeFileSync(`${note}.tmp`, JSON.stringify(offer))
      renameSync(`${note}.tmp`, note)
      const now = new Date()
      utimesSync(path, now, now)
      await serve(offer, path, true)
      await makeRoom()
    },
    has: (sha256) => offers.has(sha256),
    remove,
    async restore() {
      const kept = readdirSync(fetched)
      for (const name of kept.filter((one) => one.endsWith('.tmp'))) rmSync(join(fetched, name))
      for (const name of kept.filter((one) => one.endsWith('.gpkg.tar'))) {
        const sha256 = name.slice(0, 64)
        try {
          const offer = checkJson(offerShape, readFileSync(noteOf(sha256)), noteOf(sha256), MAX_OFFER_BYTES)
          await serve(offer, fileOf(sha256), false)
        } catch (error) {
          log(`${name}: ${error instanceof StandinError ? error.message : String(error)}: it is dropped`)
          await forget(sha256)
        }
      }
      await makeRoom()
    },
  }
}
