/**
 * Everybody who knows a family computes the same infohash for it, and so meets everybody else who does.
 *
 * The one file of a rendezvous is the canonical text of its family. Nobody ever transfers it: whoever looks for it has it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { createHash } from 'node:crypto'
import { familyBytes, type Family } from '../package/family.ts'
import { torrentFileOf, type TorrentFile } from './torrentFile.ts'

/** Fixed for ever: another name or length would be another meeting place. */
const NAME = 'standin-family'
const PIECE_LENGTH = 16_384

/** The meeting place of `family`. */
export function rendezvousTorrent(family: Family): TorrentFile {
  const bytes = familyBytes(family)
  const pieces = createHash('sha1').update(bytes).digest()
  return torrentFileOf({ name: NAME, length: bytes.byteLength, pieceLength: PIECE_LENGTH, pieces })
}
