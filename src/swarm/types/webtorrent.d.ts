/**
 * Declares what src/swarm uses of webtorrent 3.0.21 and its wire protocol; neither ships types. A name with a leading underscore is an internal
 * of that exact version: the lock file pins it, and the tests of this folder fail when one of them goes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
declare module 'bittorrent-protocol' {
  import type { EventEmitter } from 'node:events'

  export interface Extension {
    onExtendedHandshake?(handshake: Record<string, unknown>): void
    onMessage?(message: Uint8Array): void
  }

  export default class Wire extends EventEmitter {
    constructor(type?: string, secure?: number)
    readonly type: string
    readonly destroyed: boolean
    readonly peerId: string | null
    readonly amChoking: boolean
    readonly hasFast: boolean
    readonly downloaded: number
    readonly uploaded: number
    readonly peerRequests: readonly { readonly length: number }[]
    remoteAddress?: string
    remotePort?: number
    extendedHandshake: Record<string, unknown>
    downloadSpeed: (bytes?: number) => number
    unchoke(): void
    use(extension: new (wire: Wire) => Extension): void
    extended(name: string | number, payload: Uint8Array): void
    reject(index: number, offset: number, length: number): void
    setTimeout(milliseconds: number, unref?: boolean): void
    destroy(): void
    readonly _readableState: { readonly buffered: number }
    _parse: (this: Wire, size: number, parser: (buffer: Uint8Array) => void) => void
    _onMessage: (this: Wire, buffer: Uint8Array) => void
    _onRequest: (this: Wire, index: number, offset: number, length: number) => void
  }
}

declare module 'webtorrent' {
  import type { EventEmitter } from 'node:events'
  import type { Server, Socket } from 'node:net'
  import type Wire from 'bittorrent-protocol'

  export type { default as Wire } from 'bittorrent-protocol'

  export type StoreCallback = (error: Error | null, bytes?: Uint8Array) => void

  /** abstract-chunk-store, as webtorrent calls it. */
  export interface ChunkStore {
    readonly chunkLength: number
    put(index: number, bytes: Uint8Array, done: StoreCallback): void
    get(index: number, options: { offset?: number; length?: number } | null | StoreCallback, done?: StoreCallback): void
    close(done: StoreCallback): void
    destroy(done: StoreCallback): void
  }

  export interface TorrentOptions {
    preloadedStore: ChunkStore
    storeCacheSlots?: number
    skipVerify?: boolean
    bitfield?: Uint8Array
    deselect?: boolean
    uploads?: number
    alwaysChokeSeeders?: boolean
  }

  export interface WebServer {
    httpRequest: (index: number, offset: number, length: number, done: StoreCallback) => void
  }

  export interface Peer {
    retries: number
    readonly wire: Wire | null
    /** Undefined while there are connections enough. */
    readonly conn?: Socket | WebServer | null
    destroy(error?: Error): void
  }

  export interface Torrent extends EventEmitter {
    readonly infoHash: string
    readonly ready: boolean
    readonly destroyed: boolean
    readonly done: boolean
    readonly length: number
    readonly downloaded: number
    readonly uploaded: number
    readonly downloadSpeed: number
    readonly uploadSpeed: number
    readonly pieceLength: number
    readonly lastPieceLength: number
    readonly pieces: readonly ({ readonly missing: number; readonly length: number } | null)[]
    readonly wires: readonly Wire[]
    readonly _peers: ReadonlyMap<string, Peer> | null
    addPeer(address: string, source?: string): boolean
    addWebSeed(url: string): void
    destroy(done?: (error?: Error) => void): void
  }

  export interface ClientOptions {
    torrentPort: number
    dht: false
    tracker: false
    lsd: false
    utPex: false
    natUpnp: false
    natPmp: false
    utp: false
    webSeeds: boolean
    secure: 0
    maxConns: number
    downloadLimit: number
    uploadLimit: number
    userAgent: string
  }

  export default class WebTorrent extends EventEmitter {
    constructor(options: ClientOptions)
    readonly peerId: string
    torrentPort: number
    readonly destroyed: boolean
    readonly torrents: readonly Torrent[]
    readonly downloadSpeed: number
    readonly uploadSpeed: number
    readonly _connPool: { readonly tcpServer: Server }
    get(torrentId: unknown): Promise<Torrent | null>
    add(torrentFile: Uint8Array, options: TorrentOptions): Torrent
    destroy(done?: (error?: Error) => void): void
  }
}
