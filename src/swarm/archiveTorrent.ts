/**
 * Equal archives give equal torrents, and an offer alone is enough to rebuild one: there is nothing to ask a stranger for before the bytes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { createHash } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import { hostError, StrangerError, UserError } from '../base/errors.ts'
import { torrentFileOf, type TorrentFile } from './torrentFile.ts'
import { MAX_ARCHIVE_BYTES, MAX_PIECES, MIN_PIECE_LENGTH, type Offer } from './wire.ts'

export interface ArchiveTorrent extends TorrentFile {
  readonly sha256: string
  readonly size: number
  readonly name: string
  readonly pieceLength: number
  /** Base64 of the concatenated SHA-1 pieces, as an offer carries it. */
  readonly pieces: string
}

/** The file name that an archive has in every torrent and in every cache. */
export function archiveName(sha256: string): string {
  return `${sha256}.gpkg.tar`
}

/** 256 KiB, doubled until at most 1,024 pieces are left: small pieces halve the time of a small package. */
export function pieceLengthFor(size: number): number {
  let length = MIN_PIECE_LENGTH
  while (size > length * MAX_PIECES) length *= 2
  return length
}

/** Reads `path` once and says how it is shared. Errors: UserError USAGE for an empty or a huge file, HostError IO. */
export async function archiveTorrent(path: string): Promise<ArchiveTorrent> {
  try {
    const file = await open(path, 'r')
    try {
      return await torrentOf(file, path)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw hostError(`could not read ${path}`, error)
  }
}

async function torrentOf(file: FileHandle, path: string): Promise<ArchiveTorrent> {
  const { size } = await file.stat()
  if (size === 0 || size > MAX_ARCHIVE_BYTES) {
    throw new UserError('USAGE', `${path}: an archive has 1 to ${MAX_ARCHIVE_BYTES} bytes, not ${size}`)
  }
  const pieceLength = pieceLengthFor(size)
  const whole = createHash('sha256')
  const list: Buffer[] = []
  const buffer = Buffer.allocUnsafe(Math.min(pieceLength, size))
  for (let at = 0; at < size; at += pieceLength) {
    const piece = buffer.subarray(0, Math.min(pieceLength, size - at))
    await readFully(file, piece, at)
    whole.update(piece)
    list.push(createHash('sha1').update(piece).digest())
  }
  const sha256 = whole.digest('hex')
  const name = archiveName(sha256)
  const pieces = Buffer.concat(list)
  const torrent = torrentFileOf({ name, length: size, pieceLength, pieces })
  return { sha256, size, name, pieceLength, pieces: pieces.toString('base64'), ...torrent }
}

async function readFully(file: FileHandle, into: Buffer, from: number): Promise<void> {
  let at = 0
  while (at < into.byteLength) {
    const { bytesRead } = await file.read(into, at, into.byteLength - at, from + at)
    if (bytesRead === 0) throw new Error('the file became shorter while it was read')
    at += bytesRead
  }
}

/**
 * The torrent file that an offer describes. Errors: StrangerError BAD_PATH for a name that is not the archive's own, SCHEMA for pieces that do
 * not fit the size, BAD_HASH when it does not hash to the infohash that the offer states.
 */
export function torrentFromOffer({ archive }: Pick<Offer, 'archive'>): Buffer {
  const { name, size, pieceLength } = archive
  if (name !== archiveName(archive.sha256)) throw new StrangerError('BAD_PATH', `an archive named ${JSON.stringify(name)}`)
  if (size === 0) throw new StrangerError('SCHEMA', 'an archive without bytes')
  if (pieceLength !== pieceLengthFor(size)) throw new StrangerError('SCHEMA', `pieces of ${pieceLength} bytes for an archive of ${size}`)
  const pieces = Buffer.from(archive.pieces, 'base64')
  if (pieces.byteLength !== Math.ceil(size / pieceLength) * 20)
    throw new StrangerError('SCHEMA', 'as many piece hashes as there are pieces')
  const { torrentFile, infohash } = torrentFileOf({ name, length: size, pieceLength, pieces })
  if (infohash !== archive.infohash) throw new StrangerError('BAD_HASH', `the offer describes ${infohash}, not ${archive.infohash}`)
  return torrentFile
}
