/**
 * Gives away exactly the archives that it was told to, for as long as their files are what they were when somebody last checked their hash.
 *
 * A seeded archive is a line in a table. Its file is opened, and checked if it has to be, when the first peer asks for it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { createHash, randomBytes } from 'node:crypto'
import { constants, createReadStream } from 'node:fs'
import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { HostError, hostError, systemCode } from '../base/errors.ts'
import { cpvOf } from '../package/family.ts'
import { archiveName, torrentFromOffer } from './archiveTorrent.ts'
import type { Got } from './get.ts'
import { fileStore } from './store.ts'
import type { Torrents } from './torrents.ts'
import type { Offer } from './wire.ts'

export interface SeedOptions {
  /** The caller has read the file and found the offer's SHA-256; otherwise it is checked when the first peer wants it. */
  readonly checked?: boolean
  /** Called when a peer wants it and nobody has for a while: the file is opened then. */
  readonly opened?: () => void
}

export interface Seeds {
  /** Errors: HostError UNREADABLE when the file has another size, IO when it cannot be read, and those of `torrentFromOffer`. */
  readonly seed: (offer: Offer, path: string, options?: SeedOptions) => Promise<void>
  readonly unseed: (infohash: string) => Promise<void>
  /** The archive of `offer` in the folder `into`, when it is seeded from here and is what it was; undefined otherwise. */
  readonly take: (offer: Offer, into: string) => Promise<Got | undefined>
}

interface Seed {
  readonly path: string
  readonly leave: () => Promise<void>
}

/** `parts` is a folder for what is half there, on the filesystem of whatever folder an archive is taken into. */
export function openSeeds(torrents: Torrents, parts: string): Seeds {
  const seeds = new Map<string, Seed>()

  const unseed = async (infohash: string): Promise<void> => {
    const seed = seeds.get(infohash)
    seeds.delete(infohash)
    await seed?.leave()
  }
  return {
    async seed(offer, path, { checked = false, opened } = {}) {
      const { infohash, size, pieceLength, sha256 } = offer.archive
      const torrentFile = torrentFromOffer(offer)
      let good = await markOf(path, size)
      if (seeds.get(infohash)?.path === path) return
      let trusted = checked
      const leave = torrents.put(infohash, {
        name: cpvOf(offer.family),
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
          opened?.()
          return await fileStore({ path, chunkLength: pieceLength, size, flags: 'r' })
        },
        holds: 'all',
        upload: true,
        wanted: false,
        keep: () => false,
      })
      seeds.set(infohash, { path, leave })
    },
    unseed,
    async take({ archive: { infohash, sha256 } }, into) {
      const seed = seeds.get(infohash)
      if (seed === undefined) return undefined
      const path = join(into, archiveName(sha256))
      if (await (path === seed.path ? isWhole(path, sha256) : copyWhole(seed.path, path, parts, sha256))) return { path, sha256 }
      // Nobody can have this copy, so neither is it given any longer.
      await unseed(infohash)
      return undefined
    },
  }
}

async function isWhole(path: string, sha256: string): Promise<boolean> {
  try {
    return (await sha256Of(path)) === sha256
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw hostError(`could not read ${path}`, error)
  }
}

/** Puts a copy of `from` at `to`, which is whole when it appears. Gives back false when `from` is not what it was. */
async function copyWhole(from: string, to: string, parts: string, sha256: string): Promise<boolean> {
  const part = join(parts, `${sha256}.${randomBytes(6).toString('hex')}`)
  try {
    await copyFile(from, part, constants.COPYFILE_FICLONE)
    if (!(await isWhole(part, sha256))) return false
    await mkdir(dirname(to), { recursive: true })
    await rename(part, to)
    return true
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw hostError(`could not copy ${from}`, error)
  } finally {
    await rm(part, { force: true })
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
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash)
  return hash.digest('hex')
}
