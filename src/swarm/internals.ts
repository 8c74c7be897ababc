/**
 * The one place that reaches into what webtorrent 3.0.21 keeps to itself: its server, which it listens with before anybody can say where, and its
 * peers, which it calls again after they were dropped.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* oxlint-disable no-underscore-dangle -- that is what this file is for */
import type { Server } from 'node:net'
import type WebTorrent from 'webtorrent'
import type { Torrent, Wire } from 'webtorrent'

/** What takes connections of peers. */
export function serverOf(client: WebTorrent): Server {
  return client._connPool.tcpServer
}

/**
 * Calls the peer at `address`. Its small first messages must not wait for each other: Nagle's algorithm and delayed acknowledgements made
 * them cost 40 ms each on loopback.
 */
export function callPeer(torrent: Torrent, address: string): void {
  if (!torrent.addPeer(address)) return
  const socket = torrent._peers?.get(address)?.conn
  if (socket !== undefined && socket !== null && 'setNoDelay' in socket) socket.setNoDelay(true)
}

/** Takes `url` as a source of bytes that `request` fetches, in place of webtorrent's own requests. */
export function callWebSeed(torrent: Torrent, url: string, request: (start: number, length: number) => Promise<Uint8Array>): void {
  torrent.addWebSeed(url)
  const server = torrent._peers?.get(url)?.conn
  if (server === undefined || server === null || !('httpRequest' in server)) return
  server.httpRequest = (index, offset, length, done) => {
    request(index * torrent.pieceLength + offset, length).then(
      (bytes) => {
        done(null, bytes)
      },
      (error: Error) => {
        done(error)
      },
    )
  }
}

/** How many peers a torrent has or is calling. */
export function peerCount(torrent: Torrent): number {
  return torrent._peers?.size ?? 0
}

/** The name that webtorrent has for the other end of `wire`: its address, or the web seed. */
export function calledOf(torrent: Torrent, wire: Wire): string | undefined {
  for (const [id, peer] of torrent._peers ?? []) if (peer.wire === wire) return id
  return undefined
}

/** Ends a connection, or the attempt at one, for good. */
export function dropPeer(torrent: Torrent, id: string): void {
  const peer = torrent._peers?.get(id)
  if (peer === undefined) return
  // webtorrent calls a closed connection again three times, and counts anew after each handshake.
  peer.retries = Infinity
  peer.destroy()
}
