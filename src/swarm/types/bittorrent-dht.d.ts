/**
 * Declares what src/swarm and its tests use of bittorrent-dht 11.0.12, which ships no types.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
declare module 'bittorrent-dht' {
  import type { Socket } from 'node:dgram'
  import type { EventEmitter } from 'node:events'

  export class Client extends EventEmitter {
    constructor(options: { bootstrap?: string[] | false; socket?: Socket })
    address(): { address: string; port: number }
    listen(port: number, host?: string, done?: () => void): void
    announce(infohash: string, port: number, done: (error: Error | null) => void): void
    lookup(infohash: string, done: (error: Error | null) => void): () => void
    destroy(done?: () => void): void
  }
}
