/**
 * Declares what src/swarm and its tests use of bittorrent-tracker 11.2.3, which ships no types.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
declare module 'bittorrent-tracker' {
  import type { EventEmitter } from 'node:events'
  import type { Server as HttpServer } from 'node:http'

  export interface AnnounceOptions {
    left: number
    numwant: number
  }

  export interface Tracker {
    readonly announceUrl: string
    _request?(...parts: unknown[]): unknown
  }

  export class Client extends EventEmitter {
    constructor(options: { infoHash: string; peerId: string; announce: string[]; port: number; userAgent: string; wrtc: false })
    readonly _trackers: readonly Tracker[]
    start(options: AnnounceOptions): void
    update(options: AnnounceOptions): void
    stop(options: AnnounceOptions): void
    setInterval(milliseconds: number): void
    destroy(done?: () => void): void
  }

  export class Server extends EventEmitter {
    constructor(options: { http: boolean; udp: boolean; ws: boolean; stats: boolean; trustProxy?: boolean })
    readonly http: HttpServer
    readonly torrents: Record<string, { complete: number; incomplete: number }>
    listen(port: number, host: string, done?: () => void): void
    close(done?: () => void): void
  }
}
