/**
 * WebTorrent with nothing of ours, at its fastest on one machine: TCP only, no search, and no limits.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type WebTorrent from 'webtorrent'
import type { ClientOptions, Torrent, TorrentOptions } from 'webtorrent'

export const BARE: ClientOptions = {
  torrentPort: 0,
  dht: false,
  tracker: false,
  lsd: false,
  utPex: false,
  natUpnp: false,
  natPmp: false,
  webSeeds: false,
  utp: false,
  secure: 0,
  maxConns: 55,
  downloadLimit: -1,
  uploadLimit: -1,
  userAgent: 'bare',
}

/** Adds a torrent that keeps its file in WebTorrent's own way: below `path`, under the name that the torrent gives. */
export function addKept(
  client: WebTorrent,
  torrentFile: Uint8Array,
  how: { readonly path: string; readonly skipVerify?: boolean },
): Torrent {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the declared types know only what src/swarm uses
  return client.add(torrentFile, how as unknown as TorrentOptions)
}

/** Of both: one of them calls, whichever it is, and the other must be able to call back at the address that it sees. */
export const LOOPBACK = '127.0.0.1'
