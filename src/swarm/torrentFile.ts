/**
 * One file gives one torrent file and one infohash, byte for byte, whoever makes it: no dates, no creator, no trackers inside (BEP 3).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { createHash } from 'node:crypto'

export interface SingleFile {
  readonly name: string
  readonly length: number
  readonly pieceLength: number
  /** SHA-1 of each piece, 20 bytes each, in order. */
  readonly pieces: Uint8Array
}

export interface TorrentFile {
  readonly torrentFile: Buffer
  /** SHA-1 of the info dictionary as 40 lower-case hex digits. */
  readonly infohash: string
}

/** The torrent of one file. Keys of the dictionary are in BEP 3's order. */
export function torrentFileOf(file: SingleFile): TorrentFile {
  const info = Buffer.concat([
    Buffer.from(`d6:lengthi${file.length}e4:name`),
    text(Buffer.from(file.name, 'utf8')),
    Buffer.from(`12:piece lengthi${file.pieceLength}e6:pieces`),
    text(file.pieces),
    Buffer.from('e'),
  ])
  return {
    torrentFile: Buffer.concat([Buffer.from('d4:info'), info, Buffer.from('e')]),
    infohash: createHash('sha1').update(info).digest('hex'),
  }
}

function text(bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.byteLength}:`), bytes])
}
