/**
 * Connections are few, must say what they want, and cost a host that serves thousands of archives only while they last.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { cpvOf } from '../../src/package/family.ts'
import { rendezvousTorrent } from '../../src/swarm/rendezvous.ts'
import { callAs, portOf } from './stranger.ts'
import { family, firstOffer, makeArchive, testSwarm } from './support.ts'
import { atEnd } from '../support/atEnd.ts'

async function dial(t: TestContext, port: number): Promise<{ readonly socket: Socket; readonly closed: Promise<unknown> }> {
  const socket = connect(port, '127.0.0.1')
  atEnd(t, () => socket.destroy())
  socket.on('error', () => undefined)
  socket.resume()
  const closed = once(socket, 'close')
  await once(socket, 'connect')
  return { socket, closed }
}

test('one address has at most half of all connections', async (t) => {
  const swarm = await testSwarm(t, { maxConnections: 4 })
  const first = await dial(t, swarm.port)
  const second = await dial(t, swarm.port)
  const third = await dial(t, swarm.port)
  await third.closed
  assert.deepEqual([first.socket.destroyed, second.socket.destroyed], [false, false])
  // What was given up is there for others.
  first.socket.destroy()
  await first.closed
  void firstOffer(t, swarm)
  const late = await callAs(t, swarm.port, rendezvousTorrent(family).infohash)
  await new Promise<void>((resolve) => {
    late.onMessage(() => {
      resolve()
    })
  })
})

test('a connection that says nothing is closed after five seconds', async (t) => {
  const swarm = await testSwarm(t)
  const started = performance.now()
  const { closed, socket } = await dial(t, swarm.port)
  socket.write('\x13BitTorrent')
  await closed
  assert.ok(performance.now() - started > 4000)
})

test('a connection for a torrent that this host knows nothing of is closed at once', async (t) => {
  const { offer } = await makeArchive(t, 1000)
  const swarm = await testSwarm(t)
  const stranger = await callAs(t, swarm.port, offer.archive.infohash)
  await stranger.closed
  assert.deepEqual(swarm.transfers(), [])
})

test('a host does not call addresses that are no peers, whoever names them', async (t) => {
  const { offer } = await makeArchive(t, 300_000)
  // A service of this host, on an address of its own, while the swarm listens on all of them.
  const service = createServer()
  const called: unknown[] = []
  service.on('connection', (socket) => called.push(socket.destroy()))
  service.listen(0, '127.0.0.1')
  await once(service, 'listening')
  atEnd(t, () => service.close())
  const swarm = await testSwarm(t, { host: '0.0.0.0' })
  const heard = firstOffer(t, swarm)
  const teller = await callAs(t, swarm.port, rendezvousTorrent(family).infohash, portOf(service))
  teller.onMessage((id, payload) => {
    if (id === 20 && payload[0] === 7) teller.extended(3, JSON.stringify({ say: 'offers', offers: [offer], more: false }))
  })
  await heard
  await assert.rejects(swarm.get(offer, { signal: t.signal, into: swarm.folder, stallSeconds: 1 }), { code: 'STALLED' })
  assert.deepEqual(called, [])
})

test('five hundred families and archives are served from tables', async (t) => {
  const { offer, path } = await makeArchive(t, 300_000)
  const giver = await testSwarm(t, { lsd: true })
  const started = performance.now()
  for (let index = 0; index < 500; index++) {
    const each = { ...family, name: `package${index}` }
    giver.serve(each, () => [{ ...offer, family: each }])
  }
  await giver.seed(offer, path, { checked: true })
  t.diagnostic(`served in ${Math.round(performance.now() - started)} ms`)
  assert.deepEqual(giver.transfers(), [])
  const taker = await testSwarm(t, { lsd: true })
  const last = { ...family, name: 'package499' }
  const heard = await firstOffer(t, taker, last)
  assert.deepEqual(heard.family, last)
  await taker.get(heard, { signal: t.signal, into: taker.folder })
  assert.deepEqual(giver.lines, [])
})

test('a transfer can be watched from both ends', async (t) => {
  const { offer, path } = await makeArchive(t, 1_000_000)
  const giver = await testSwarm(t, { lsd: true, maxUploadBytesPerSecond: 400_000 })
  const taker = await testSwarm(t, { lsd: true })
  await giver.seed(offer, path, { checked: true })
  giver.serve(family, () => [offer])
  const heard = await firstOffer(t, taker)
  const seen: string[] = []
  await taker.get(heard, {
    signal: t.signal,
    into: taker.folder,
    onProgress({ bytes, size, peers }) {
      assert.equal(size, 1_000_000)
      if (bytes === 0 || peers === 0) return
      const [coming] = taker.transfers()
      const [going] = giver.transfers()
      seen.push(`${coming?.name} ${coming?.direction} ${coming?.size} ${going?.name} ${going?.direction} ${going?.peers}`)
      assert.deepEqual([coming?.infohash, going?.infohash], Array(2).fill(offer.archive.infohash))
    },
  })
  assert.deepEqual([...new Set(seen)], [`${cpvOf(family)} in 1000000 ${cpvOf(family)} out 1`])
  assert.deepEqual(taker.transfers(), [])
})
