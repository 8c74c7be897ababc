/**
 * One webtorrent client that speaks TCP to peers and to nobody else: it finds no peers by itself, opens no port of a router, uses no WebRTC.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { once } from 'node:events'
import type { Socket } from 'node:net'
import WebTorrent from 'webtorrent'
import { hostError } from '../base/errors.ts'
import { plainHost } from './address.ts'
import { guardWires } from './guard.ts'
import { serverOf } from './internals.ts'

export interface ClientOptions {
  /** 0 takes any free port. */
  readonly port: number
  /** Address to listen on; undefined means all of them. */
  readonly host: string | undefined
  readonly maxUploadBytesPerSecond: number
  readonly maxDownloadBytesPerSecond: number
  readonly maxConnections: number
}

/** A connection that has not said within this time what it wants is closed. */
const HELLO_MS = 5000

/** A client that listens. Errors: HostError IO when it cannot listen at that address. */
export async function openClient(options: ClientOptions): Promise<WebTorrent> {
  guardWires()
  const client = new WebTorrent({
    torrentPort: 0,
    dht: false,
    tracker: false,
    lsd: false,
    utPex: false,
    natUpnp: false,
    natPmp: false,
    // uTP moved 8.7 MB/s where TCP moved 112; encryption hides nothing from a peer and costs a round trip.
    utp: false,
    secure: 0,
    webSeeds: true,
    maxConns: options.maxConnections,
    downloadLimit: options.maxDownloadBytesPerSecond,
    uploadLimit: options.maxUploadBytesPerSecond,
    userAgent: 'standin',
  })
  // Hundreds of torrents each listen for an error of their client.
  client.setMaxListeners(0)
  listenAt(client, options)
  try {
    await once(client, 'listening')
  } catch (error) {
    throw hostError(`could not listen on ${options.host ?? '*'} port ${options.port}`, error)
  }
  boundConnections(client, options.maxConnections)
  return client
}

/** webtorrent listens on all addresses at once and offers no choice, so its server is closed before its first turn and opened again. */
function listenAt(client: WebTorrent, options: ClientOptions): void {
  const server = serverOf(client)
  server.close()
  server.listen({ port: options.port, ...(options.host === undefined ? {} : { host: options.host }) })
}

/**
 * Of `most` connections three quarters may come in, so that a crowd that calls does not keep this host from calling; half of them from one
 * address. Each must soon say which torrent it is for.
 */
function boundConnections(client: WebTorrent, most: number): void {
  const server = serverOf(client)
  const perHost = new Map<string, number>()
  server.maxConnections = Math.ceil((most * 3) / 4)
  server.prependListener('connection', (socket: Socket) => {
    const host = plainHost(socket.remoteAddress ?? '')
    const open = perHost.get(host) ?? 0
    if (open >= Math.ceil(most / 2)) {
      socket.destroy()
      return
    }
    perHost.set(host, open + 1)
    socket.setNoDelay(true)
    socket.once('close', () => {
      const left = (perHost.get(host) ?? 1) - 1
      if (left > 0) perHost.set(host, left)
      else perHost.delete(host)
    })
    closeSilent(socket)
  })
}

function closeSilent(socket: Socket): void {
  const timer = setTimeout(() => {
    // A BitTorrent handshake is 68 bytes; whoever has not sent that much has not said anything.
    if (socket.bytesRead < 68) socket.destroy()
  }, HELLO_MS)
  timer.unref()
  socket.once('close', () => {
    clearTimeout(timer)
  })
}
