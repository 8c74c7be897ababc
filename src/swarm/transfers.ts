/**
 * What moves right now, for somebody to look at: one line for each archive that is fetched, or given to at least one peer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Torrents } from './torrents.ts'

export interface Transfer {
  /** Of the package, as Portage writes it. */
  readonly name: string
  readonly infohash: string
  readonly direction: 'in' | 'out'
  /** Bytes of the archive that are here. */
  readonly bytes: number
  readonly size: number
  /** Bytes that went out since the archive was last opened, protocol included. */
  readonly uploaded: number
  readonly downBytesPerSecond: number
  readonly upBytesPerSecond: number
  readonly peers: number
}

export function transfersOf(torrents: Torrents): Transfer[] {
  return torrents
    .archives()
    .map(({ torrent, wanted, name }) => ({
      name,
      infohash: torrent.infoHash,
      direction: wanted ? ('in' as const) : ('out' as const),
      bytes: torrent.downloaded,
      size: torrent.length,
      uploaded: torrent.uploaded,
      downBytesPerSecond: torrent.downloadSpeed,
      upBytesPerSecond: torrent.uploadSpeed,
      peers: torrent.wires.length,
    }))
    .filter((transfer) => transfer.direction === 'in' || transfer.peers > 0)
}
