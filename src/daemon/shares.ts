/**
 * What this peer gives to others: for each family the offers it makes, each with an archive that it seeds.
 *
 * What was fetched is kept with its offer beside it, so that a peer that starts again gives it again; the longest unused goes when room is short.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { canonicalText } from '../base/canonical.ts'
import { StandinError, systemCode } from '../base/errors.ts'
import { checkJson } from '../base/schema.ts'
import { archiveTorrent } from '../swarm/archiveTorrent.ts'
import type { Swarm } from '../swarm/swarm.ts'
import { type Offer, offer as offerShape } from '../swarm/wire.ts'
import type { OwnOffer } from './peerWire.ts'

export interface Shares {
  /** Hashes the pieces of an archive of our own, seeds it and offers it; an offer that is known gets the attestations of this one. */
  add(draft: OwnOffer, archive: { sha256: string; size: number }, path: string): Promise<void>
  /** Keeps what was fetched and offers it on, as it was offered; not what is larger than all that may be kept. */
  addFetched(offer: Offer, path: string): Promise<void>
  /** Whether it was fetched and is given on. */
  passesOn(sha256: string): boolean
  /** Unless `keep`, what was fetched goes with its note. */
  remove(sha256: string, keep: boolean): Promise<void>
  /** Takes up what an earlier peer has kept of `passOn`; what is kept for anything else is removed. */
  restore(passOn: readonly string[]): Promise<void>
  /** From now on what was fetched may take so many bytes. */
  fit(maxBytes: number): Promise<void>
}

export interface SharesInput {
  readonly swarm: Swarm
  /** Folder of what was fetched. */
  readonly fetched: string
  /** Most bytes that what is given on of it may take, at first. */
  readonly maxBytes: number
  readonly sharing: (sha256: string, infohash: string) => void
  /** Somebody has begun to fetch this archive. */
  readonly used: (sha256: string) => void
  /** Whether the file of a fetched archive is still needed for something else. */
  readonly isHeld: (sha256: string) => boolean
  readonly log: (line: string) => void
}

const MAX_OFFER_BYTES = 4 * 1024 * 1024

export function shareTable({ swarm, fetched, maxBytes, sharing, used, isHeld, log }: SharesInput): Shares {
  let most = maxBytes
  /** Each with its file. */
  const offers = new Map<string, { readonly offer: Offer; readonly path: string }>()
  const served = new Set<string>()
  /** Those of `offers` that were fetched. */
  const passed = new Set<string>()
  const noteOf = (sha256: string): string => join(fetched, `${sha256}.json`)
  const fileOf = (sha256: string): string => join(fetched, `${sha256}.gpkg.tar`)

  /** Somebody may have removed a file a moment ago: whoever is offered that would wait for it in vain. */
  const offersOf = (family: string): Offer[] =>
    [...offers.values()].filter((one) => canonicalText(one.offer.family) === family && isThere(one)).map(({ offer }) => offer)

  const serve = async (offer: Offer, path: string, checked: boolean): Promise<void> => {
    const family = canonicalText(offer.family)
    const { sha256, infohash } = offer.archive
    await swarm.seed(offer, path, { checked, opened: () => use(sha256, path) })
    offers.set(sha256, { offer, path })
    if (!served.has(family)) {
      served.add(family)
      swarm.serve(offer.family, () => offersOf(family))
    }
    sharing(sha256, infohash)
  }

  const stop = async (sha256: string): Promise<void> => {
    const infohash = offers.get(sha256)?.offer.archive.infohash
    offers.delete(sha256)
    passed.delete(sha256)
    if (infohash !== undefined) await swarm.unseed(infohash)
  }

  const forget = async (sha256: string): Promise<void> => {
    await stop(sha256)
    rmSync(noteOf(sha256), { force: true })
    if (!isHeld(sha256)) rmSync(fileOf(sha256), { force: true })
  }

  const use = (sha256: string, path: string): void => {
    if (path === fileOf(sha256)) touch(path)
    used(sha256)
  }

  /** The longest unused first, until what is left fits. What is kept without a note is not given on, and is not counted. */
  const makeRoom = async (): Promise<void> => {
    const held = [...passed]
      .flatMap((sha256) => ({ sha256, stat: statSync(fileOf(sha256), { throwIfNoEntry: false }) }))
      .flatMap(({ sha256, stat }) => (stat === undefined ? [] : [{ sha256, stat }]))
      .toSorted((a, b) => a.stat.atimeMs - b.stat.atimeMs)
    let bytes = held.reduce((sum, { stat }) => sum + stat.size, 0)
    for (const { sha256, stat } of held) {
      if (bytes <= most) return
      log(`${sha256.slice(0, 12)}: given on no longer: cache_size is reached`)
      await forget(sha256)
      bytes -= stat.size
    }
  }

  return {
    async add(draft, archive, path) {
      const { infohash, name, pieceLength, pieces } = await archiveTorrent(path)
      await serve({ ...draft, archive: { ...archive, infohash, name, pieceLength, pieces } }, path, true)
      // The own one is the same, byte for byte.
      if (!passed.delete(archive.sha256)) return
      rmSync(noteOf(archive.sha256), { force: true })
      if (!isHeld(archive.sha256)) rmSync(fileOf(archive.sha256), { force: true })
    },
    async addFetched(offer, path) {
      // All others would go for it, and then it would go too.
      if (offer.archive.size > most) return
      const note = noteOf(offer.archive.sha256)
      writeFileSync(`${note}.tmp`, JSON.stringify(offer))
      renameSync(`${note}.tmp`, note)
      touch(path)
      await serve(offer, path, true)
      passed.add(offer.archive.sha256)
      await makeRoom()
    },
    passesOn: (sha256) => passed.has(sha256),
    remove: (sha256, keep) => (keep ? stop(sha256) : forget(sha256)),
    async fit(bytes) {
      most = bytes
      await makeRoom()
    },
    async restore(passOn) {
      const kept = new Set(passOn.flatMap((sha256) => [fileOf(sha256), noteOf(sha256)].map((path) => basename(path))))
      for (const name of readdirSync(fetched))
        if (!kept.has(name) && !isHeld(name.slice(0, 64))) rmSync(join(fetched, name), { recursive: true, force: true })
      for (const sha256 of passOn) {
        try {
          const offer = checkJson(offerShape, readFileSync(noteOf(sha256)), noteOf(sha256), MAX_OFFER_BYTES)
          await serve(offer, fileOf(sha256), false)
          passed.add(sha256)
        } catch (error) {
          if (systemCode(error) !== 'ENOENT')
            log(`${sha256}: ${error instanceof StandinError ? error.message : String(error)}: it is dropped`)
          await forget(sha256)
        }
      }
      await makeRoom()
    },
  }
}

/** The time of last reading says which was unused for longest; that of last change says whether a file is still what was checked. */
function touch(path: string): void {
  utimesSync(path, new Date(), statSync(path).mtime)
}

function isThere({ offer, path }: { offer: Offer; path: string }): boolean {
  return statSync(path, { throwIfNoEntry: false })?.size === offer.archive.size
}
