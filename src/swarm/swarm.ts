/**
 * Who has this package, give me that archive, here is what I have: everything that standin does with other hosts, and nothing else.
 *
 * A swarm that was told to seed nothing gives no byte of any file to anybody, and one that was told to serve nothing answers nobody.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { join } from 'node:path'
import type { Family } from '../package/family.ts'
import { isLoopback } from './address.ts'
import { openClient } from './client.ts'
import type { DhtOptions } from './dht.ts'
import type { Finder } from './finder.ts'
import { openFinders } from './finders.ts'
import { getArchive, type GetOptions, type Got } from './get.ts'
import { openMeetings, type FindOptions } from './meetings.ts'
import { openParts } from './parts.ts'
import { openSeeds, type SeedOptions } from './seeds.ts'
import { openSources } from './sources.ts'
import { openTorrents } from './torrents.ts'
import { transfersOf, type Transfer } from './transfers.ts'
import type { Offer } from './wire.ts'

export interface SwarmOptions {
  /** Port for peers; 0 (default) takes any free one. */
  readonly port?: number
  /** Address to listen on, and whose network local discovery uses; all addresses by default. */
  readonly host?: string
  /** Whether hosts of the local network are found (BEP 14). */
  readonly lsd: boolean
  /** Whether the mainline DHT is used, and where to enter it: off unless somebody asked for it. */
  readonly dht: boolean | DhtOptions
  /** Announce addresses of trackers, `http:`, `https:` or `udp:`. */
  readonly trackers: readonly string[]
  /** Addresses of folders that hold archives under their `archiveName`. */
  readonly webSeeds: readonly string[]
  /** Bytes a second; 4 MiB by default. What was not used of one second may go out at once in the next, so a small package is not slowed. */
  readonly maxUploadBytesPerSecond?: number
  /** Bytes a second; 1 GiB by default. */
  readonly maxDownloadBytesPerSecond?: number
  /** Connections of all torrents together; 60 by default. */
  readonly maxConnections?: number
  /** Folder of this swarm's own for what is half there; see `Parts`. On the filesystem that archives go to. */
  readonly cacheFolder: string
  readonly log: (line: SwarmLine) => void
}

/** Something that is worth a line in a log, and nothing that anybody has to act on. */
export interface SwarmLine {
  readonly what: string
  readonly error: unknown
  /** Infohash and address that it is about, where there are some. */
  readonly infohash?: string
  readonly peer?: string
}

export interface Swarm {
  /** Where this host listens for peers. */
  readonly port: number
  /** Looks for offers of `family` until the signal says to stop. */
  readonly find: (family: Family, options: FindOptions) => void
  /** Answers for `family` with what `offers` gives at that time; the function that is given back ends it. */
  readonly serve: (family: Family, offers: () => readonly Offer[]) => () => void
  /** Fetches an archive from those who offered it and from web seeds, or takes it from what is seeded here; see `getArchive` for its errors. */
  get(offer: Offer, options: GetOptions): Promise<Got>
  /** Gives the archive at `path` to whoever asks; see `Seeds`. */
  readonly seed: (offer: Offer, path: string, options?: SeedOptions) => Promise<void>
  readonly unseed: (infohash: string) => Promise<void>
  transfers(): Transfer[]
  close(): Promise<void>
}

const UPLOAD = 4 * 1024 * 1024
const DOWNLOAD = 1024 * 1024 * 1024
const CONNECTIONS = 60

/** Errors: HostError IO when the port, or the one of local discovery, cannot be had. */
export async function openSwarm(options: SwarmOptions): Promise<Swarm> {
  const { host, log, maxConnections = CONNECTIONS } = options
  const parts = await openParts(join(options.cacheFolder, 'parts'))
  const client = await openClient({
    port: options.port ?? 0,
    host,
    maxUploadBytesPerSecond: options.maxUploadBytesPerSecond ?? UPLOAD,
    maxDownloadBytesPerSecond: options.maxDownloadBytesPerSecond ?? DOWNLOAD,
    maxConnections,
  })
  client.on('error', (error: unknown) => {
    log({ what: 'client', error })
  })
  const torrents = openTorrents({
    client,
    onLoopback: host !== undefined && isLoopback(host),
    maxConnections,
    onFault(infohash, error) {
      log({ what: 'torrent', error, infohash })
    },
  })
  const sources = openSources()
  const finders: Finder[] = []
  const meetings = openMeetings({
    torrents,
    sources,
    finders,
    onFault(infohash, error, peer) {
      log({ what: 'peer dropped', error, infohash, peer })
    },
  })
  const opened = await openFinders({
    ...options,
    host,
    port: client.torrentPort,
    peerId: client.peerId,
    onPeer: meetings.meet,
    onWarning(what, error) {
      log({ what, error })
    },
  })
  finders.push(...opened)
  const seeds = openSeeds(torrents, parts.folder)

  return {
    port: client.torrentPort,
    find: meetings.find,
    serve: meetings.serve,
    get: async (offer, how) =>
      (await seeds.take(offer, how.into)) ??
      (await getArchive(offer, how, {
        torrents,
        parts,
        bytesPerSecond: options.maxDownloadBytesPerSecond ?? DOWNLOAD,
        sources: () => [
          ...new Set([...sources.of(offer.archive.infohash), ...(how.from ?? [])]),
          ...options.webSeeds.map((folder) => `${folder.replace(/\/$/, '')}/${offer.archive.name}`),
        ],
      })),
    seed: seeds.seed,
    unseed: seeds.unseed,
    transfers: () => transfersOf(torrents),
    async close() {
      parts.close()
      await Promise.all(finders.map((finder) => finder.close()))
      await torrents.close()
    },
  }
}
