/**
 * No datagram and no tracker's answer ends this process or keeps it from finding what is there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { test, type TestContext } from 'node:test'
import { GROUP, GROUP_PORT } from '../../src/swarm/lsd.ts'
import { rendezvousTorrent } from '../../src/swarm/rendezvous.ts'
import type { SwarmLine } from '../../src/swarm/swarm.ts'
import { listenAs, portOf } from './stranger.ts'
import { family, firstOffer, makeArchive, otherFamily, testSwarm } from './support.ts'
import { atEnd } from '../support/atEnd.ts'

async function shout(t: TestContext, datagrams: readonly (string | Uint8Array)[], port: number, host: string): Promise<void> {
  const socket = createSocket('udp4')
  atEnd(t, () => socket.close())
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  socket.setMulticastInterface('127.0.0.1')
  for (const datagram of datagrams) {
    await new Promise<void>((resolve, reject) => {
      socket.send(datagram, port, host, (error) => {
        if (error === null) resolve()
        else reject(error)
      })
    })
  }
}

const { infohash } = rendezvousTorrent(family)
const call = (port: number | string, cookie: string): string =>
  `BT-SEARCH * HTTP/1.1\r\nHost: 239.192.152.143:6771\r\nPort: ${port}\r\nInfohash: ${infohash}\r\ncookie: ${cookie}\r\n\r\n\r\n`

test('junk on the local network does no harm, and addresses that are no peers are not called', async (t) => {
  const { offer } = await makeArchive(t, 1000)
  const taker = await testSwarm(t, { lsd: true })
  const heard = firstOffer(t, taker)
  const junk = [
    '',
    'BT-SEARCH * HTTP/1.1',
    'BT-SEARCH * HTTP/1.1\r\n\r\n',
    call(0, 'x'),
    call(22, 'x'),
    call('1e9', 'x'),
    Buffer.alloc(1400, 0xff),
  ]
  await shout(t, junk, GROUP_PORT, GROUP)
  const giver = await testSwarm(t, { lsd: true })
  giver.serve(family, () => [offer])
  assert.deepEqual(await heard, offer)
  assert.deepEqual(taker.lines, [])
})

test('a peer that was dropped is not called again', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const taker = await testSwarm(t, { lsd: true })
  void firstOffer(t, taker)
  let calls = 0
  const dropped = Promise.withResolvers<unknown>()
  const faulty = await listenAs(t, infohash, (stranger) => {
    calls++
    stranger.onMessage((id) => {
      if (id === 20) stranger.extended(3, '?')
    })
    dropped.resolve(stranger.closed)
  })
  const other = Promise.withResolvers<void>()
  const quiet = await listenAs(t, infohash, () => {
    other.resolve()
  })
  await shout(t, [call(faulty, 'x')], GROUP_PORT, GROUP)
  await dropped.promise
  // webtorrent calls a connection that was closed again after 1, 5 and 15 seconds.
  t.mock.timers.tick(60_000)
  await shout(t, [call(quiet, 'x')], GROUP_PORT, GROUP)
  await other.promise
  assert.equal(calls, 1)
})

test('a search calls three times, in case the network lost a call, and not once it is over', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const ear = createSocket({ type: 'udp4', reuseAddr: true })
  atEnd(t, () => ear.close())
  ear.bind(GROUP_PORT)
  await once(ear, 'listening')
  ear.addMembership(GROUP, '127.0.0.1')
  const calls = (of: string): Promise<unknown> =>
    new Promise<void>((resolve) => {
      const hear = (bytes: Buffer): void => {
        if (!bytes.includes(of)) return
        ear.off('message', hear)
        resolve()
      }
      ear.on('message', hear)
    })
  const taker = await testSwarm(t, { lsd: true })
  const end = new AbortController()
  for (const wait of [0, 1000, 3000]) {
    const heard = calls(infohash)
    if (wait === 0) taker.find(family, { signal: end.signal, onOffer: () => assert.fail('nobody has anything') })
    t.mock.timers.tick(wait)
    await heard
  }
  taker.find(family, { signal: end.signal, onOffer: () => assert.fail('nobody has anything') })
  let more = 0
  end.abort()
  // The call of the second search goes out at the end of its turn; those that it was to repeat do not.
  ear.on('message', (bytes) => {
    if (bytes.includes(infohash)) more++
  })
  t.mock.timers.tick(60_000)
  const heard = calls(rendezvousTorrent(otherFamily).infohash)
  taker.serve(otherFamily, () => [])
  await heard
  assert.ok(more <= 1, `${more} calls`)
})

test('junk on the port of the DHT does no harm', async (t) => {
  const { offer } = await makeArchive(t, 1000)
  const first = await testSwarm(t, { dht: { bootstrap: [] } })
  // The second of these ends k-rpc-socket where nobody guards it.
  await shout(
    t,
    ['', 'd1:yd8:toStringi1eee', 'd1:y1:qe', 'd1:y1:q1:q4:ping1:ad2:idi5eee', Buffer.alloc(1400, 0x6c)],
    first.port,
    '127.0.0.1',
  )
  const second = await testSwarm(t, { dht: { bootstrap: [`127.0.0.1:${first.port}`] } })
  const taker = await testSwarm(t, { lsd: true })
  second.serve(family, () => [offer])
  const third = await testSwarm(t, { lsd: true })
  third.serve(family, () => [offer])
  assert.deepEqual(await firstOffer(t, taker), offer)
})

const answers: readonly { readonly what: string; readonly answer: (response: ServerResponse) => void }[] = [
  { what: 'no bencode', answer: (response) => response.end('hello') },
  { what: 'nothing', answer: (response) => response.end() },
  { what: 'an error', answer: (response) => response.writeHead(500).end('d14:failure reason2:noe') },
  { what: 'a failure', answer: (response) => response.end('d14:failure reason2:noe') },
  {
    what: 'half an answer',
    answer: (response) => response.writeHead(200, { 'content-length': 100 }).write('d8:interval', () => response.destroy()),
  },
  { what: 'peers of seven bytes', answer: (response) => response.end('d8:intervali60e5:peers7:abcdefge') },
]

for (const { what, answer } of answers) {
  test(`a tracker that answers with ${what} is said, and does no harm`, async (t) => {
    const server = createServer((_request, response) => {
      answer(response)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    atEnd(t, () => {
      server.closeAllConnections()
      server.close()
    })
    const said = Promise.withResolvers<SwarmLine>()
    const taker = await testSwarm(t, { trackers: [`http://127.0.0.1:${portOf(server)}/announce`], log: said.resolve })
    taker.find(family, { signal: t.signal, onOffer: () => assert.fail('heard something') })
    assert.equal((await said.promise).what, 'tracker')
  })
}
