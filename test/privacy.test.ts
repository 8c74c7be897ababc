/**
 * The search for what must not leave a host finds it however it is written, packed, framed or cut into segments: otherwise that it finds nothing says nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import { spokenIn } from './support/privacy/bittorrent.ts'
import { needlesOf } from './support/privacy/needles.ts'
import { type Packet, streamsOf } from './support/privacy/pcap.ts'
import { hitsIn } from './support/privacy/search.ts'

const SECRET = 'hidden?~>>word'
const needles = needlesOf('it', SECRET)
const noise = randomBytes(3000)
const amid = (bytes: Uint8Array): Buffer => Buffer.concat([noise, bytes, noise])

describe('a secret is found', () => {
  const base64 = (before: string): string => Buffer.from(`${before}${SECRET}behind`).toString('base64')
  const forms: [string, Uint8Array][] = [
    ['as it is', Buffer.from(SECRET)],
    ['as UTF-16 LE', Buffer.from(SECRET, 'utf16le')],
    ['as UTF-16 BE', Buffer.from(SECRET, 'utf16le').swap16()],
    ['as hex', Buffer.from(Buffer.from(SECRET).toString('hex'))],
    ['as HEX', Buffer.from(Buffer.from(SECRET).toString('hex').toUpperCase())],
    ...['', 'a', 'ab', 'abc'].map((before): [string, Buffer] => [`as base64 behind "${before}"`, Buffer.from(base64(before))]),
    ['as part of an address', Buffer.from(`GET /x?y=${encodeURIComponent(SECRET)}&z=1`)],
    ['as base64 for addresses', Buffer.from(Buffer.from(SECRET).toString('base64url'))],
  ]
  for (const [form, bytes] of forms) test(form, () => assert.equal(hitsIn('x', amid(bytes), needles).length > 0, true))

  for (const program of ['gzip', 'zstd', 'bzip2', 'xz']) {
    test(`in what ${program} has packed, twice`, () => {
      const packed = (input: Buffer): Buffer => spawnSync(program, ['-c'], { input }).stdout
      const hits = hitsIn('x', amid(packed(amid(packed(amid(Buffer.from(SECRET)))))), needles)
      // zstd leaves what it can't make smaller as it is.
      assert.ok(hits.includes(`it as it is in x, ${program} at 3000, ${program} at 3000 at 3000`), hits.join())
    })
  }
})

test('nothing is found where nothing is', () => {
  assert.deepEqual(hitsIn('x', amid(Buffer.from('hidden')), needles), [])
})

test('what is too short to be looked for is refused', () => {
  assert.throws(() => needlesOf('it', 'abc'), RangeError)
})

const segment = (sequence: number, text: string, begins = false): Packet => ({
  protocol: 'tcp',
  from: 'a',
  to: 'b',
  fromPort: 1,
  toPort: 2,
  sequence: sequence >>> 0,
  begins,
  payload: Buffer.from(text),
})

test('segments are put together in their order, across repeats, overlaps and the end of the numbers', () => {
  const first = 0xfffffffe
  const cut = [
    segment(first - 1, '', true),
    segment(first + 6, '-word'),
    segment(first, 'hid'),
    segment(first, 'hid'),
    segment(first + 2, 'dden-w'),
  ]
  assert.deepEqual(
    streamsOf(cut).map(({ name, bytes }) => [name, bytes.toString()]),
    [['a:1 to b:2', 'hidden-word']],
  )
})

test('a stream with a gap, or without its beginning, is no stream', () => {
  assert.throws(() => streamsOf([segment(1, '', true), segment(2, 'ab'), segment(5, 'c')]), /lacks 1 bytes at 2/)
  assert.throws(() => streamsOf([segment(1, 'ab')]), /began before/)
})

const message = (...parts: Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(body.length)
  return Buffer.concat([length, body])
}

test('blocks of a torrent are put in their places, and extension messages told apart', () => {
  const block = (piece: number, begin: number, text: string): Buffer => {
    const head = Buffer.alloc(9)
    head[0] = 7
    head.writeUInt32BE(piece, 1)
    head.writeUInt32BE(begin, 5)
    return message(head, Buffer.from(text))
  }
  const hello = Buffer.concat([Buffer.from('\u0013BitTorrent protocol', 'latin1'), Buffer.alloc(8), Buffer.alloc(20, 1), Buffer.from('-XX0001-abcdefghijkl')]) // prettier-ignore
  const stream = Buffer.concat([hello, message(), block(1, 0, 'word'), message(Buffer.from('\u0014\u0000d1:v1:xe')), block(0, 0, 'hid'), block(0, 3, 'den ')]) // prettier-ignore
  const { given, extended, infohash, peerId } = spokenIn(stream, 7) ?? assert.fail()
  assert.deepEqual(
    [given.toString(), extended.map(String), infohash, peerId],
    ['hidden word', ['d1:v1:xe'], '01'.repeat(20), '-XX0001-abcdefghijkl'],
  )
})
