/**
 * The mainline DHT (BEP 5), for those who asked for it: a host that looks only asks, and one that serves says so as well.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { Client } from 'bittorrent-dht'
import { hostError } from '../base/errors.ts'
import type { Finder, FinderOptions } from './finder.ts'

export interface DhtOptions {
  /** `host:port` of nodes to begin with; the well-known public ones when absent. */
  readonly bootstrap?: readonly string[]
}

/** Nodes forget an announcement after half an hour. */
const AGAIN_MS = 15 * 60_000

/** Searches at once: each asks some hundred nodes. */
const AT_ONCE = 4

/** Opens the DHT on the UDP port of the same number as the one for peers. Errors: HostError IO when that cannot be had. */
export async function openDht(options: FinderOptions & DhtOptions & { readonly host: string | undefined }): Promise<Finder> {
  const warn = (error: unknown): void => {
    options.onWarning('DHT', error)
  }
  const socket = createSocket('udp4')
  catchMessages(socket, warn)
  const dht = new Client({ socket, ...(options.bootstrap === undefined ? {} : { bootstrap: [...options.bootstrap] }) })
  try {
    dht.listen(options.port, options.host)
    await once(dht, 'listening')
  } catch (error) {
    dht.destroy()
    throw hostError(`could not use UDP port ${options.port} for the DHT`, error)
  }
  dht.on('error', warn)
  dht.on('warning', () => {
    // Said for each odd datagram of a stranger: nothing for a log.
  })
  dht.on('peer', ({ host, port }: { host: string; port: number }, infohash: Uint8Array) => {
    options.onPeer(Buffer.from(infohash).toString('hex'), `${host}:${port}`)
  })

  const looking = new Map<string, { giving: boolean; last: number }>()
  const queue: string[] = []
  let busy = 0
  const pump = (): void => {
    while (busy < AT_ONCE) {
      const infohash = queue.shift()
      if (infohash === undefined) return
      const entry = looking.get(infohash)
      if (entry === undefined) continue
      busy++
      const next = (): void => {
        busy--
        pump()
      }
      if (entry.giving) dht.announce(infohash, options.port, next)
      else dht.lookup(infohash, next)
    }
  }
  const again = setInterval(() => {
    const now = performance.now()
    for (const [infohash, entry] of looking) {
      if (now - entry.last < AGAIN_MS) continue
      entry.last = now
      queue.push(infohash)
    }
    pump()
  }, AGAIN_MS / 60)
  again.unref()

  return {
    look(infohash, giving) {
      looking.set(infohash, { giving: giving || (looking.get(infohash)?.giving ?? false), last: performance.now() })
      queue.push(infohash)
      pump()
    },
    stop(infohash) {
      looking.delete(infohash)
    },
    async close() {
      clearInterval(again)
      looking.clear()
      await new Promise<void>((resolve) => {
        dht.destroy(resolve)
      })
    },
  }
}

/** k-rpc-socket throws on some datagrams (a `y` that is a dictionary with a `toString`), where nobody catches. */
function catchMessages(socket: Socket, warn: (error: unknown) => void): void {
  const emit = socket.emit.bind(socket)
  socket.emit = (event: string, ...parts: unknown[]): boolean => {
    if (event !== 'message') return emit(event, ...parts)
    try {
      return emit(event, ...parts)
    } catch (error) {
      warn(error)
      return true
    }
  }
}
