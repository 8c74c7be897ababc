/**
 * Torrents of families and of archives: equal for everybody, and what other implementations make and read.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { StrangerError } from '../../src/base/errors.ts'
import { familyBytes } from '../../src/package/family.ts'
import { archiveTorrent, pieceLengthFor, torrentFromOffer } from '../../src/swarm/archiveTorrent.ts'
import { rendezvousTorrent } from '../../src/swarm/rendezvous.ts'
import { MAX_ARCHIVE_BYTES, MAX_PIECE_LENGTH, MAX_PIECES, type Offer } from '../../src/swarm/wire.ts'
import { createTorrent } from './judges.ts'
import { family, makeArchive, offerOf, otherFamily, temporaryFolder } from './support.ts'

test('the meeting place of a family is where it has always been', () => {
  const hello = { ...family, name: 'hello' }
  assert.equal(familyBytes(hello).toString(), VECTOR.text)
  assert.equal(rendezvousTorrent(hello).infohash, VECTOR.infohash)
  assert.equal(rendezvousTorrent({ ...hello }).infohash, VECTOR.infohash)
  assert.notEqual(rendezvousTorrent(otherFamily).infohash, VECTOR.infohash)
})

/** Written out, because changing it would part new hosts from old ones. */
const VECTOR = {
  text: '{"category":"app-misc","chost":"x86_64-pc-linux-gnu","name":"hello","repository":"gentoo","standin":"family-1","version":"2.12-r1"}',
  infohash: '3575bb82389fe6ba3d597b290ea7cbf1c4a1f9c9',
}

test('create-torrent makes the same rendezvous', async () => {
  const theirs = await createTorrent(familyBytes(family), { name: 'standin-family', pieceLength: 16_384 })
  assert.deepEqual(theirs, rendezvousTorrent(family).torrentFile)
})

for (const size of [1, 262_143, 262_144, 262_145, 1_000_000]) {
  test(`create-torrent makes the same torrent of ${size} bytes`, async (t) => {
    const { path, bytes } = await makeArchive(t, size)
    const ours = await archiveTorrent(path)
    assert.equal(ours.sha256, createHash('sha256').update(bytes).digest('hex'))
    assert.equal(ours.size, size)
    assert.deepEqual(await createTorrent(bytes, { name: ours.name, pieceLength: ours.pieceLength }), ours.torrentFile)
    assert.deepEqual(torrentFromOffer(await offerOf(path)), ours.torrentFile)
  })
}

test('an empty file is no archive', async (t) => {
  const path = join(await temporaryFolder(t), 'empty')
  await writeFile(path, '')
  await assert.rejects(archiveTorrent(path), { name: 'UserError', code: 'USAGE' })
  await assert.rejects(archiveTorrent(`${path}-not`), { name: 'HostError', code: 'IO' })
})

test('pieces are few enough for an offer and small enough for a start, whatever the size', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: MAX_ARCHIVE_BYTES }), (size) => {
      const length = pieceLengthFor(size)
      assert.ok(length <= MAX_PIECE_LENGTH)
      assert.ok(Math.ceil(size / length) <= MAX_PIECES)
      assert.ok(length === 262_144 || size > (length / 2) * MAX_PIECES)
    }),
  )
})

const lies: readonly [what: string, code: string, change: (archive: Offer['archive']) => Partial<Offer['archive']>][] = [
  ['another name', 'BAD_PATH', () => ({ name: '../../etc/passwd' })],
  ['the name of another archive', 'BAD_PATH', () => ({ name: `${'0'.repeat(64)}.gpkg.tar` })],
  ['no bytes', 'SCHEMA', () => ({ size: 0, pieces: '' })],
  ['another piece length', 'SCHEMA', ({ pieceLength }) => ({ pieceLength: pieceLength * 2 })],
  [
    'a piece too many',
    'SCHEMA',
    ({ pieces }) => ({ pieces: Buffer.concat([Buffer.from(pieces, 'base64'), Buffer.alloc(20)]).toString('base64') }),
  ],
  ['a piece too few', 'SCHEMA', ({ pieces }) => ({ pieces: Buffer.from(pieces, 'base64').subarray(20).toString('base64') })],
  ['another size', 'BAD_HASH', ({ size }) => ({ size: size - 1 })],
  ['another infohash', 'BAD_HASH', () => ({ infohash: '0'.repeat(40) })],
]

for (const [what, code, change] of lies) {
  test(`an offer with ${what} is refused: ${code}`, async (t) => {
    const { offer } = await makeArchive(t, 600_000)
    const archive = { ...offer.archive, ...change(offer.archive) }
    assert.throws(
      () => torrentFromOffer({ archive }),
      (error) => error instanceof StrangerError && error.code === code,
    )
  })
}
