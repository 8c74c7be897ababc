/**
 * Gives away exactly the archives that it was told to, for as long as their files are what they were when somebody last checked their hash.
 *
 * A seeded archive is a line in a table. Its file is opened, and checked if it has to be, when the first peer asks for it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { HostError, hostError } from '../base/errors.ts'
import { torrentFromOffer } from './archiveTorrent.ts'
import { fileStore } from './store.ts'
import type { Torrents } from './torrents.ts'
import type { Offer } from './wire.ts'

export interface SeedOptions {
  /** The caller has read the file and found the offer's SHA-256; otherwise it is checked when the first peer wants it. */
  readonly checked?: boolean
}

export interface Seed {
  readonly offer: Offer
  readonly path: string
}

export interface Seeds {
  /** Errors: HostError UNREADABLE when the file is not there or has another size, IO. */
  readonly seed: (offer: Offer, path: string, options?: SeedOptions) => Promise<void>
  readonly unseed: (infohash: string) => Promise<void>
}

export function openSeeds(torrents: Torrents): Seeds {
  const seeds = new Map<string, Seed>()
  return {
    async seed(offer, path, { checked = false } = {}) {
      const { infohash, size, pieceLength, sha256 } = offer.archive
      const torrentFile = torrentFromOffer(offer)
      if (seeds.has(infohash)) return
      let good = await markOf(path, size)
      let trusted = checked
      seeds.set(infohash, { offer, path })
      torrents.put(infohash, {
        torrentFile,
        pieces: Math.ceil(size / pieceLength),
        async store() {
          const now = await markOf(path, size)
          if (!trusted || now !== good) {
            if ((await sha256Of(path)) !== sha256)
              throw new HostError('CHANGED_UNDERWAY', `${path} is no longer the archive that is seeded`)
            good = now
            trusted = true
          }
          return await fileStore({ path, chunkLength: pieceLength, size, flags: 'r' })
        },
        whole: true,
        upload: true,
        wanted: false,
        keep: () => false,
      })
    },
    async unseed(infohash) {
      if (seeds.delete(infohash)) await torrents.remove(infohash)
    },
  }
}

/** Changes when the file does: inode, size and time of last change of its bytes. */
async function markOf(path: string, size: number): Promise<string> {
  try {
    const found = await stat(path, { bigint: true })
    if (found.size !== BigInt(size)) throw new HostError('UNREADABLE', `${path} has ${found.size} bytes, not ${size}`)
    return `${found.ino} ${found.size} ${found.mtimeNs}`
  } catch (error) {
    throw hostError(`could not read ${path}`, error)
  }
}

async function sha256Of(path: string): Promise<string> {
  try {
    const hash = createHash('sha256')
    await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash)
    return hash.digest('hex')
  } catch (error) {
    throw hostError(`could not read ${path}`, error)
  }
}
