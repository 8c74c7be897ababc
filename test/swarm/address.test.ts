/**
 * Addresses that strangers name: read one way, and refused where no peer can be.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatAddress, mayBePeer, networkOf, parseAddress, plainHost } from '../../src/swarm/address.ts'

const read: readonly [text: string, host: string | undefined, port?: number][] = [
  ['192.0.2.1:6881', '192.0.2.1', 6881],
  ['[2001:db8::1]:6881', '2001:db8::1', 6881],
  ['::ffff:192.0.2.1:6881', '192.0.2.1', 6881],
  ['[::ffff:192.0.2.1]:6881', '192.0.2.1', 6881],
  ['192.0.2.1', undefined],
  ['192.0.2.1:', undefined],
  ['192.0.2.1:0', undefined],
  ['192.0.2.1:65535', undefined],
  ['192.0.2.1:-1', undefined],
  ['192.0.2.1:1e3', undefined],
  ['192.0.2.1: 80', undefined],
  ['192.0.2.256:80', undefined],
  ['tracker.invalid:6881', undefined],
  ['', undefined],
  [`${'1'.repeat(100)}:1`, undefined],
]

for (const [text, host, port] of read) {
  test(`${JSON.stringify(text)} is ${host ?? 'no address'}`, () => {
    assert.deepEqual(parseAddress(text), host === undefined ? undefined : { host, port })
  })
}

test('what is written is read again', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.integer({ min: 1, max: 65_534 }), (host, port) => {
      assert.deepEqual(parseAddress(formatAddress({ host, port })), { host: plainHost(host), port })
    }),
  )
})

test('no text makes reading an address throw', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      parseAddress(text)
    }),
  )
})

const may: readonly [host: string, port: number, onLoopback: boolean, allowed: boolean][] = [
  ['192.0.2.1', 6881, false, true],
  ['10.0.0.1', 6881, false, true],
  ['2001:db8::1', 6881, false, true],
  ['192.0.2.1', 22, false, false],
  ['192.0.2.1', 1023, true, false],
  ['127.0.0.1', 6881, false, false],
  ['127.9.9.9', 6881, false, false],
  ['::1', 6881, false, false],
  ['127.0.0.1', 6881, true, true],
  ['::1', 6881, true, true],
  ['0.0.0.0', 6881, true, false],
  ['::', 6881, true, false],
  ['239.192.152.143', 6881, false, false],
  ['255.255.255.255', 6881, false, false],
  ['ff02::1', 6881, false, false],
]

for (const [host, port, onLoopback, allowed] of may) {
  test(`${host} port ${port} ${allowed ? 'may be' : 'is no'} peer${onLoopback ? ' on loopback' : ''}`, () => {
    assert.equal(mayBePeer({ host, port }, onLoopback), allowed)
  })
}

const NETWORKS: readonly [string, string][] = [
  ['192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8:1:2::9', '2001:db8:1:2'],
  ['2001:DB8:0001:2::', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['fe80::1', 'fe80:0:0:0'],
]

for (const [host, network] of NETWORKS) test(`${host} is of ${network}`, () => assert.equal(networkOf(host), network))
