/**
 * What hostile peers do beside an honest one, each by the addresses that its tracker names before the honest one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { TestContext } from 'node:test'
import { canonicalBytes, sha256Hex } from '../../../src/base/canonical.ts'
import { writeArchive } from '../../../src/package/archive/write.ts'
import { pieceLengthFor } from '../../../src/swarm/archiveTorrent.ts'
import { torrentFileOf } from '../../../src/swarm/torrentFile.ts'
import type { Offer } from '../../../src/swarm/wire.ts'
import { attested, id, keyNamed } from '../../daemon/support/offers.ts'
import { METADATA, OWNERS } from '../../package/image.ts'
import type { Honest } from './honest.ts'
import { type Behave, giving, offering, oneBlock, OURS, rubbish, sendPiece, silent, startLiar } from './liar.ts'

export interface Hostile {
  readonly what: string
  /** Also in the short part. */
  readonly short?: true
  /** Whether the honest peer gives slowly. */
  readonly slow?: true
  readonly start: (t: TestContext, honest: Honest) => Promise<readonly string[]>
}

const PIECE = 262_144

/** The honest offer, word for word and with its signature, over another torrent: of random pieces, or of these bytes. */
function replayed({ offer }: Honest, bytes?: Buffer): Offer {
  const sha256 = bytes === undefined ? id(randomBytes(8).toString('hex')) : sha256Hex(bytes)
  // A smaller archive is asked for first.
  const size = bytes?.length ?? offer.archive.size - 1 - (randomBytes(2).readUInt16LE() % 1000)
  const pieceLength = pieceLengthFor(size)
  const pieces = bytes === undefined ? randomBytes(Math.ceil(size / pieceLength) * 20) : piecesOf(bytes, pieceLength)
  const name = `${sha256}.gpkg.tar`
  const { infohash } = torrentFileOf({ name, length: size, pieceLength, pieces })
  return { ...offer, archive: { sha256, size, name, infohash, pieceLength, pieces: pieces.toString('base64') } }
}

function piecesOf(bytes: Buffer, length: number): Buffer {
  const count = Math.ceil(bytes.length / length)
  return Buffer.concat(
    Array.from({ length: count }, (_, at) =>
      createHash('sha1')
        .update(bytes.subarray(at * length, (at + 1) * length))
        .digest(),
    ),
  )
}

/** Gives these bytes, whatever they are. */
const truly = (bytes: Buffer): Behave =>
  giving((stranger, index, offset, length) => {
    const at = index * PIECE + offset
    sendPiece(stranger, index, offset, bytes.subarray(at, at + length))
  })

const one = (t: TestContext, { family }: Honest, offers: readonly Offer[], gives: Behave, host?: string): Promise<string> =>
  startLiar(t, { family, meets: offering(offers), gives, ...(host === undefined ? {} : { host }) })

const alone = (start: (t: TestContext, honest: Honest) => Promise<string>): Hostile['start'] => {
  return async (t, honest) => [await start(t, honest)]
}

/** Signed by keys that nobody has named; `anna` among them, whose signature is not hers. */
function signedBy(offer: Offer, count: number): Offer['attestations'] {
  const anna = keyNamed('anna').keyid
  return Array.from({ length: count }, (_, at) => {
    const genuine = attested(offer, `stranger ${at}`)
    const [signature] = genuine.signatures
    return at % 2 === 0 ? genuine : { ...genuine, signatures: [{ ...signature, keyid: anna }] }
  })
}

/** Says that it has metadata of a terabyte, and sends parts of them that nobody asked for. */
const endless: Behave = (stranger) => {
  stranger.onMessage(() => undefined)
  stranger.extended(0, 'd1:md11:ut_metadatai2ee13:metadata_sizei999999999999ee')
  const flood = setInterval(() => {
    for (let at = 0; at < 20; at++)
      stranger.extended(1, Buffer.concat([Buffer.from('d8:msg_typei1e5:piecei0e10:total_sizei999999999ee'), Buffer.alloc(16_384)]))
  }, 5)
  stranger.socket.once('close', () => clearInterval(flood))
}

export const HOSTILE: readonly Hostile[] = [
  { what: 'wrong pieces', short: true, start: alone((t, honest) => one(t, honest, [honest.offer], rubbish)) },
  { what: 'no piece', start: alone((t, honest) => one(t, honest, [honest.offer], silent)) },
  {
    what: 'one block and then none',
    start: alone((t, honest) => one(t, honest, [honest.offer], oneBlock(readFileSync(honest.path), PIECE))),
  },
  { what: 'a torrent of its own, and no piece', start: alone((t, honest) => one(t, honest, [replayed(honest)], silent)) },
  { what: 'a torrent of its own, and wrong pieces', start: alone((t, honest) => one(t, honest, [replayed(honest)], rubbish)) },
  {
    what: 'a true torrent of rubbish',
    start: alone((t, honest) => {
      const bytes = randomBytes(1_000_000)
      return one(t, honest, [replayed(honest, bytes)], truly(bytes))
    }),
  },
  {
    what: 'the honest files with other metadata',
    short: true,
    start: alone(async (t, honest) => {
      const out = `${honest.path}.lied`
      // Smaller, so that it is asked for first.
      const metadata = { CATEGORY: METADATA.CATEGORY ?? '', PF: METADATA.PF ?? '' }
      await writeArchive({ image: `${honest.path}.image`, metadata, out, owners: OWNERS })
      const bytes = readFileSync(out)
      return one(t, honest, [replayed(honest, bytes)], truly(bytes))
    }),
  },
  {
    what: 'twenty torrents of its own',
    short: true,
    start: alone((t, honest) =>
      one(
        t,
        honest,
        Array.from({ length: 20 }, () => replayed(honest)),
        silent,
      ),
    ),
  },
  {
    what: 'slow pieces',
    start: alone((t, honest) => {
      const bytes = readFileSync(honest.path)
      const slow = giving((stranger, index, offset, length) => {
        const at = index * PIECE + offset
        const timer = setTimeout(() => sendPiece(stranger, index, offset, bytes.subarray(at, at + length)), 1000)
        stranger.socket.once('close', () => clearTimeout(timer))
      })
      return one(t, honest, [honest.offer], slow)
    }),
  },
  { what: 'a fast liar beside a slow honest peer', slow: true, start: alone((t, honest) => one(t, honest, [honest.offer], rubbish)) },
  {
    what: 'metadata without end',
    start: alone((t, { family }) => startLiar(t, { family, meets: endless, gives: silent })),
  },
  {
    what: 'a flood of offers over thirty ports',
    async start(t, honest) {
      const offers = Array.from({ length: 64 }, (_, at) => {
        const offer = { ...replayed(honest), slot: String(at), content: id(String(at)) }
        return { ...offer, attestations: signedBy(offer, 16) }
      })
      const meets = [offering(offers), offering([honest.offer])] as const
      const { family } = honest
      return await Promise.all(
        Array.from({ length: 30 }, (_, at) => startLiar(t, { family, meets: meets[at < 10 ? 0 : 1], gives: silent })),
      )
    },
  },
  {
    what: 'wrong signatures, and right ones of nobody that counts',
    start: alone((t, honest) => {
      const offer = { ...replayed(honest), content: id('rubbish') }
      return one(t, honest, [{ ...offer, attestations: signedBy(offer, 64) }], rubbish)
    }),
  },
  {
    what: 'an old offer of a builder that counts, which nobody gives any more',
    start: alone((t, honest) => {
      const old = { ...replayed(honest), content: id('old') }
      return one(t, honest, [{ ...old, attestations: [attested(old, 'anna')] }], (stranger) => stranger.socket.destroy())
    }),
  },
  {
    what: 'offers of another family, and names that steer terminals',
    start: alone((t, { family, offer }) => {
      const meets: Behave = (stranger) => {
        const other = { ...offer, family: { ...offer.family, name: 'goodbye' } }
        const steering = { ...offer, slot: '\u001b[2J\u001b]0;x\u0007' }
        stranger.onMessage(() => undefined)
        for (const each of [other, steering]) stranger.extended(OURS, canonicalBytes({ say: 'offers', offers: [each], more: false }))
      }
      return startLiar(t, { family, meets, gives: silent })
    }),
  },
]
