/**
 * BEP 14 announcements: ours are read by us and by others, theirs by us, and nothing else is more than ignored.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseLocal, writeLocal } from '../../src/swarm/localMessage.ts'

const infohash = fc.string({ unit: fc.integer({ min: 0, max: 15 }).map((digit) => digit.toString(16)), minLength: 40, maxLength: 40 })

test('what is written is read again, in datagrams that fit a frame', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 65_535 }), fc.array(infohash, { maxLength: 90 }), (port, infohashes) => {
      const texts = writeLocal({ port, infohashes, cookie: 'me' })
      const read = texts.map((text) => parseLocal(Buffer.from(text)))
      assert.deepEqual(
        read.flatMap((message) => message?.infohashes ?? []),
        infohashes,
      )
      for (const [index, message] of read.entries()) {
        assert.equal(message?.port, port)
        assert.equal(message?.cookie, 'me')
        assert.ok(Buffer.byteLength(texts[index] ?? '') <= 1400)
      }
    }),
  )
})

test('no bytes make reading throw', () => {
  const line = fc.constantFrom('BT-SEARCH * HTTP/1.1', 'Host: x', 'Port: 1', 'Port: 99999', 'Infohash: ff', 'cookie: ', '', ':')
  const lines = fc.array(line).map((all) => Buffer.from(all.join('\r\n')))
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), lines), (bytes) => {
      assert.equal(parseLocal(bytes), undefined)
    }),
  )
})

const hash = 'A'.repeat(40)
const cases: readonly [what: string, text: string, expected: unknown][] = [
  // Word for word the example of BEP 14.
  [
    'the example of the specification',
    `BT-SEARCH * HTTP/1.1\r\nHost: 239.192.152.143:6771\r\nPort: 6881\r\nInfohash: ${hash}\r\ncookie: abc\r\n\r\n\r\n`,
    { port: 6881, infohashes: ['a'.repeat(40)], cookie: 'abc' },
  ],
  [
    'one without a cookie',
    `BT-SEARCH * HTTP/1.1\r\nPort: 1\r\nInfohash: ${hash}\r\n\r\n`,
    { port: 1, infohashes: ['a'.repeat(40)], cookie: undefined },
  ],
  ['the datagram that ends bittorrent-lsd', 'BT-SEARCH * HTTP/1.1', undefined],
  ['one without a port', `BT-SEARCH * HTTP/1.1\r\nInfohash: ${hash}\r\n`, undefined],
  ['one with port 0', `BT-SEARCH * HTTP/1.1\r\nPort: 0\r\nInfohash: ${hash}\r\n`, undefined],
  ['one with port 65536', `BT-SEARCH * HTTP/1.1\r\nPort: 65536\r\nInfohash: ${hash}\r\n`, undefined],
  ['one of 2 kB', `BT-SEARCH * HTTP/1.1\r\nPort: 1\r\n${`Infohash: ${hash}\r\n`.repeat(40)}`, undefined],
]

for (const [what, text, expected] of cases) {
  test(`reads ${what}${expected === undefined ? ' as nothing' : ''}`, () => {
    assert.deepEqual(parseLocal(Buffer.from(text)), expected)
  })
}

test('at most 20 torrents of one datagram are read', () => {
  const lines = Array.from({ length: 30 }, (_each, index) => `Infohash:${index.toString(16).padStart(40, '0')}`).join('\r\n')
  assert.ok(lines.length < 1600)
  const text = `BT-SEARCH * HTTP/1.1\r\nPort: 1\r\n${lines}`.slice(0, 1400)
  assert.equal(parseLocal(Buffer.from(text))?.infohashes.length, 20)
})
