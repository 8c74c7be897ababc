/**
 * Takes the framing of BitTorrent off a stream, so that what was cut into blocks can be searched whole.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
export interface Spoken {
  /** Of the handshake. */
  readonly infohash: string
  readonly peerId: string
  /** Payloads of extension messages (BEP 10), the first of which is its handshake. */
  readonly extended: readonly Buffer[]
  /** What was given of the torrent, its blocks in their places. */
  readonly given: Buffer
}

const PROTOCOL = Buffer.from('\u0013BitTorrent protocol', 'latin1')
const [PIECE, EXTENDED] = [7, 20]

/** Undefined for a stream that is none of BitTorrent. All pieces but the last are `pieceLength` long. */
export function spokenIn(stream: Buffer, pieceLength: number): Spoken | undefined {
  if (!stream.subarray(0, PROTOCOL.length).equals(PROTOCOL)) return undefined
  const extended: Buffer[] = []
  const blocks: { at: number; bytes: Buffer }[] = []
  for (let at = 68; at + 5 <= stream.length;) {
    const length = stream.readUInt32BE(at)
    const message = stream.subarray(at + 4, at + 4 + length)
    at += 4 + length
    if (message[0] === EXTENDED) extended.push(message.subarray(2))
    if (message[0] === PIECE)
      blocks.push({ at: message.readUInt32BE(1) * pieceLength + message.readUInt32BE(5), bytes: message.subarray(9) })
  }
  const given = Buffer.alloc(Math.max(0, ...blocks.map((block) => block.at + block.bytes.length)))
  for (const block of blocks) block.bytes.copy(given, block.at)
  return { infohash: stream.toString('hex', 28, 48), peerId: stream.toString('latin1', 48, 68), extended, given }
}
