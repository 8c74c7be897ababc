/**
 * A torrent costs nothing but its entry in a table until somebody asks for it, and goes back to that when the last connection is gone.
 *
 * So a host may serve thousands of archives and families: only those that a peer is talking about right now are open in webtorrent.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type WebTorrent from 'webtorrent'
import type { ChunkStore, Torrent, Wire } from 'webtorrent'
import { HostError } from '../base/errors.ts'
import { type Address, formatAddress, mayBePeer, parseAddress, plainHost } from './address.ts'
import { MAX_REQUESTS } from './guard.ts'
import { calledOf, callPeer, dropPeer } from './internals.ts'

/** How one torrent is opened, and what is done with its connections. */
export interface Door {
  /** What a person would call it. Only of an archive. */
  readonly name?: string
  readonly torrentFile: Uint8Array
  readonly pieces: number
  /** Made anew at each opening. Errors of it are the door's: the torrent does not open then. */
  readonly store: () => Promise<ChunkStore>
  /** What of it the store holds already: all, checked by whoever put it there; some, which is checked now; or nothing. */
  readonly holds: 'all' | 'some' | 'none'
  /** Whether peers may have bytes of it. */
  readonly upload: boolean
  /** Whether this host wants bytes of it. */
  readonly wanted: boolean
  /** Whether it stays open without connections. */
  readonly keep: () => boolean
  /** Called for each connection once its handshake is done. `address` is where that peer can be reached, as far as is known. */
  readonly onWire?: (wire: Wire, torrent: Torrent, remote: Remote) => void
}

export interface Remote {
  readonly host: string
  /** `host:port` or the web seed that this host called; undefined for a connection that came in. */
  readonly source: string | undefined
}

export interface Torrents {
  /** Takes up a torrent in place of what was there under its infohash; the function that is given back ends it, if it is still there. */
  put(infohash: string, door: Door): () => Promise<void>
  has(infohash: string): boolean
  /** Archives that are open. */
  archives(): { readonly torrent: Torrent; readonly wanted: boolean; readonly name: string }[]
  open(infohash: string): Promise<Torrent>
  /** Connects to `address` unless that cannot be a peer, or there are connections enough. */
  connect(infohash: string, address: string): void
  /** Closes a connection and never calls that address again for this torrent. */
  drop(torrent: Torrent, wire: Wire): void
  /** The same by the address or web seed that this host called, connected by now or not. */
  dropAddress(torrent: Torrent, source: string): void
  close(): Promise<void>
}

export interface TorrentsOptions {
  readonly client: WebTorrent
  readonly onLoopback: boolean
  readonly maxConnections: number
  readonly onFault: (infohash: string, error: unknown) => void
}

/** A torrent without connections is closed after this time. */
const IDLE_MS = 10_000

/** Pieces that stay in memory for each open torrent. */
const CACHE_SLOTS = 4

/** Addresses of one host that are called for one torrent: whoever names more ports of it has something else in mind. */
const MAX_OF_A_HOST = 8

interface Entry {
  readonly door: Door
  /** Addresses by host, while it is open. */
  called?: Map<string, Set<string>>
  /** The torrent that was there before is closed then. */
  readonly after: Promise<void>
  opening?: Promise<Torrent>
  torrent?: Torrent
  idleSince?: number
}

export function openTorrents({ client, onLoopback, maxConnections, onFault }: TorrentsOptions): Torrents {
  const entries = new Map<string, Entry>()
  const connections = (): number => client.torrents.reduce((sum, torrent) => sum + torrent.wires.length, 0)

  const open = (infohash: string): Promise<Torrent> => {
    const entry = entries.get(infohash)
    if (entry === undefined) return Promise.reject(new HostError('BAD_STATE', `no torrent ${infohash}`))
    entry.opening ??= entry.after
      .then(() => add(infohash, entry.door))
      .then(
        (torrent) => {
          entry.torrent = torrent
          torrent.once('close', () => {
            delete entry.torrent
            delete entry.opening
            delete entry.idleSince
            delete entry.called
          })
          return torrent
        },
        (error: unknown) => {
          delete entry.opening
          throw error
        },
      )
    return entry.opening
  }

  // webtorrent's pool asks its client for the torrent of each handshake that comes in.
  client.get = async (id) => {
    if (typeof id !== 'string' || !entries.has(id)) return null
    try {
      return await open(id)
    } catch (error) {
      onFault(id, error)
      return null
    }
  }

  const sweep = setInterval(() => {
    closeIdle(entries.values())
  }, IDLE_MS / 4)
  sweep.unref()

  return {
    put(infohash, door) {
      const entry: Entry = { door, after: shut(entries.get(infohash)) }
      entries.set(infohash, entry)
      return async () => {
        if (entries.get(infohash) === entry) entries.delete(infohash)
        await shut(entry)
      }
    },
    has: (infohash) => entries.has(infohash),
    archives: () =>
      [...entries.values()].flatMap(({ torrent, door: { wanted, upload, name = '' } }) =>
        torrent !== undefined && (wanted || upload) ? [{ torrent, wanted, name }] : [],
      ),
    open,
    connect(infohash, address) {
      const parsed = parseAddress(address)
      if (parsed === undefined || !mayBePeer(parsed, onLoopback) || connections() >= maxConnections) return
      if (!mayCall(entries.get(infohash), parsed)) return
      open(infohash).then(
        (torrent) => {
          if (!torrent.destroyed) callPeer(torrent, formatAddress(parsed))
        },
        (error: unknown) => {
          onFault(infohash, error)
        },
      )
    },
    drop(torrent, wire) {
      const called = calledOf(torrent, wire)
      if (called === undefined) wire.destroy()
      else dropPeer(torrent, called)
    },
    dropAddress: dropPeer,
    async close() {
      clearInterval(sweep)
      entries.clear()
      await new Promise<void>((resolve) => {
        client.destroy(() => {
          resolve()
        })
      })
    },
  }

  async function add(infohash: string, door: Door): Promise<Torrent> {
    const store = await door.store()
    if (client.destroyed) {
      store.close(() => undefined)
      throw new HostError('BAD_STATE', 'the swarm was closed')
    }
    const { promise, resolve, reject } = Promise.withResolvers<Torrent>()
    const torrent = client.add(door.torrentFile, {
      preloadedStore: store,
      storeCacheSlots: CACHE_SLOTS,
      ...(door.holds === 'all' ? { skipVerify: true } : {}),
      // A bitfield of nothing spares reading what is known not to be there.
      ...(door.holds === 'none' ? { bitfield: new Uint8Array(Math.ceil(door.pieces / 8)) } : {}),
      deselect: !door.wanted,
    })
    torrent.on('wire', (wire: Wire) => {
      greet(door, torrent, wire)
    })
    torrent.once('ready', () => {
      resolve(torrent)
    })
    torrent.once('close', () => {
      reject(new HostError('BAD_STATE', 'the torrent was closed'))
    })
    torrent.on('error', (error: unknown) => {
      // Until it is ready whoever opened it hears of this, and after that whoever wants its bytes.
      if (torrent.ready && !door.wanted) onFault(infohash, error)
      reject(error)
    })
    return await promise
  }

  function greet(door: Door, torrent: Torrent, wire: Wire): void {
    const source = wire.type.endsWith('Incoming') ? undefined : calledOf(torrent, wire)
    if (wire.peerId === client.peerId && source !== undefined) {
      dropPeer(torrent, source)
      return
    }
    if (wire.type !== 'webSeed') {
      wire.extendedHandshake['p'] = client.torrentPort
      wire.extendedHandshake['reqq'] = MAX_REQUESTS
    }
    // Not choking is how bytes are given away: webtorrent does it at once for whoever is interested.
    if (!door.upload) wire.unchoke = () => undefined
    door.onWire?.(wire, torrent, { host: plainHost(wire.remoteAddress ?? ''), source })
  }
}

function mayCall(entry: Entry | undefined, address: Address): boolean {
  if (entry === undefined) return true
  const called = (entry.called ??= new Map())
  const ofHost = called.get(address.host) ?? new Set()
  if (ofHost.size >= MAX_OF_A_HOST) return ofHost.has(formatAddress(address))
  called.set(address.host, ofHost.add(formatAddress(address)))
  return true
}

function closeIdle(entries: Iterable<Entry>): void {
  const now = performance.now()
  for (const entry of entries) {
    const { torrent, door } = entry
    if (torrent === undefined) continue
    if (torrent.wires.length > 0 || door.keep()) delete entry.idleSince
    else if (now - (entry.idleSince ??= now) >= IDLE_MS) torrent.destroy()
  }
}

async function shut(entry: Entry | undefined): Promise<void> {
  const torrent = await entry?.opening?.catch(() => undefined)
  if (torrent === undefined || torrent.destroyed) return
  await new Promise<void>((resolve) => {
    torrent.destroy(() => {
      resolve()
    })
  })
}
