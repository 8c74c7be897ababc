/**
 * Either the whole archive lies at the path that is given back and has the SHA-256 that was offered, or there is no such file and an error says why.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { HostError, hostError, StrangerError } from '../base/errors.ts'
import { cpvOf } from '../package/family.ts'
import { archiveName, torrentFromOffer } from './archiveTorrent.ts'
import { openAttempts } from './attempts.ts'
import { hashingStore, type HashingStore } from './hashingStore.ts'
import type { Progress } from './outcome.ts'
import { paceOf } from './pace.ts'
import type { Parts } from './parts.ts'
import type { Torrents } from './torrents.ts'
import type { Offer } from './wire.ts'

export interface GetOptions {
  readonly signal: AbortSignal
  /** Folder that the archive is put into, under `archiveName(sha256)`. */
  readonly into: string
  /** Addresses that may have it, beside those that offered it to this swarm. */
  readonly from?: readonly string[]
  readonly onProgress?: (progress: Progress) => void
  /** Seconds without enough progress after which it is given up once `hurry` is aborted; 5 unless told. Before, only silence of all sources ends it. */
  readonly stallSeconds?: number
  /** Aborted as soon as there is something else to be fetched in its place. */
  readonly hurry?: AbortSignal
}

export interface Got {
  readonly path: string
  readonly sha256: string
}

export interface GetContext {
  readonly torrents: Torrents
  /** On the filesystem of `into`. */
  readonly parts: Parts
  /** Addresses of peers, then addresses of web seeds. */
  readonly sources: () => readonly string[]
  /** The own limit. */
  readonly bytesPerSecond: number
}

const STALL_SECONDS = 5

/**
 * Fetches the archive of `offer` from `sources`. Errors: StrangerError STALLED (nobody gives it), SLOW (not fast enough beside others), BAD_HASH (what came is not
 * what was offered), and those of `torrentFromOffer`; HostError DISK_FULL, IO, BAD_STATE (it is being fetched already, or the swarm was closed); the signal's own reason.
 */
export async function getArchive(
  offer: Offer,
  options: GetOptions,
  { torrents, parts, sources, bytesPerSecond }: GetContext,
): Promise<Got> {
  const { infohash, sha256, size, pieceLength } = offer.archive
  options.signal.throwIfAborted()
  const torrentFile = torrentFromOffer(offer)
  const { path: part, isLeft } = await parts.place(infohash, size)
  if (torrents.has(infohash)) throw new HostError('BAD_STATE', `${infohash} is being fetched already`)
  const path = join(options.into, archiveName(sha256))
  let store: HashingStore | undefined

  const pace = paceOf((options.stallSeconds ?? STALL_SECONDS) * 1000, bytesPerSecond)
  const attempts = openAttempts({ ...options, size, torrents, infohash, pace })
  const leave = torrents.put(infohash, {
    name: cpvOf(offer.family),
    torrentFile,
    pieces: Math.ceil(size / pieceLength),
    async store() {
      await mkdir(options.into, { recursive: true })
      store = await hashingStore({ path: part, chunkLength: pieceLength, size, flags: isLeft ? 'r+' : 'wx+' })
      return store
    },
    holds: isLeft ? 'some' : 'none',
    upload: false,
    wanted: true,
    keep: () => true,
    onWire: attempts.onWire,
  })
  try {
    await attempts.run(await torrents.open(infohash), sources)
    if ((await store?.sha256()) !== sha256) throw new StrangerError('BAD_HASH', `the archive that came is not ${sha256}`)
    await leave()
    await rename(part, path)
    return { path, sha256 }
  } catch (error) {
    await leave()
    if (error instanceof StrangerError && (error.code === 'STALLED' || error.code === 'SLOW')) await parts.leave(infohash)
    else await rm(part, { force: true })
    throw options.signal.aborted ? options.signal.reason : hostError(`could not fetch ${archiveName(sha256)}`, error)
  }
}
