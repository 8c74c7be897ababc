/**
 * Trackers and neighbours that lie, hang or flood: the honest peer is found all the same, and the peer process stays small and alive.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { test, type TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'
import { writeLocal } from '../../src/swarm/localMessage.ts'
import { GROUP, GROUP_PORT } from '../../src/swarm/lsd.ts'
import { rendezvousTorrent } from '../../src/swarm/rendezvous.ts'
import { BOUNDS, report, scaled, unlessWhole } from './support/bounds.ts'
import { startHonest } from './support/honest.ts'
import { look, startTaker, type Taker } from './support/taker.ts'
import { naming, startTracker } from './support/tracker.ts'
import { atEnd } from '../support/atEnd.ts'

interface Lie {
  readonly what: string
  readonly answer: (response: ServerResponse) => void
}

const MIB = Buffer.alloc(2 ** 20)
const bencoded = (text: string) => (response: ServerResponse) => void response.end(Buffer.from(text, 'latin1'))

/** Ends of answers that nobody should read to their own. */
const cut: Promise<unknown>[] = []

/** Sends as fast as it is taken, for as long as it is taken, up to two gigabytes. */
function endless(response: ServerResponse): void {
  cut.push(once(response, 'close'))
  let left = 2048
  const more = (): void => {
    while (left-- > 0 && !response.destroyed) {
      if (response.write(MIB)) continue
      response.once('drain', more)
      return
    }
  }
  more()
}

const LIES: readonly Lie[] = [
  { what: 'never answers', answer: () => undefined },
  { what: 'answers without end', answer: endless },
  {
    what: 'answers with a gigabyte in a megabyte',
    answer(response) {
      cut.push(once(response, 'close'))
      response.setHeader('content-encoding', 'gzip').end(Buffer.concat(Array.from({ length: 256 }, () => BOMB)))
    },
  },
  { what: 'hangs up', answer: (response) => response.destroy() },
  { what: 'says something else', answer: bencoded('<html>') },
  { what: 'nests ten thousand lists', answer: bencoded(`d5:peers${'l'.repeat(10_000)}${'e'.repeat(10_000)}e`) },
  { what: 'names peers that are none', answer: bencoded('d8:intervali900e5:peersl4:junki7ed2:ip3:x\u001b[4:porti-1eed2:ipl1:aeee') },
  { what: 'fails in colours', answer: bencoded('d14:failure reason20:\u001b[2J\u001b]0;owned\u0007\u001b[31me') },
  { what: 'sends elsewhere without end', answer: (response) => void response.writeHead(302, { location: '/announce' }).end() },
]
const BOMB = gzipSync(Buffer.alloc(4 * 2 ** 20))

/** Alive, small, and with nothing raw in its log. */
function assertSound(taker: Taker, pid: number): void {
  assert.equal(taker.pid(), pid, 'it is the same process as before')
  assert.ok(taker.megabytes() < BOUNDS.peerMegabytes, `the peer had ${taker.megabytes()} MB`)
  assert.deepEqual(taker.log.filter((line) => /[^\u0020-\uffff]/.test(line)), []) // prettier-ignore
}

async function seconds(taker: Taker, honest: Awaited<ReturnType<typeof startHonest>>): Promise<number> {
  const looked = await look(taker, honest.family)
  assert.ok(looked.sought.found, `${looked.failures.join('\n')}\n${taker.log.join('\n')}`)
  return looked.seconds
}

test('trackers that lie, hang or flood, all at once beside an honest one', async (t) => {
  const honest = await startHonest(t)
  const lies = await Promise.all(LIES.map(({ answer }) => startTracker(t, answer)))
  const taker = await startTaker(t, { trackers: [...lies, await startTracker(t, naming([honest.address]))] })
  const pid = taker.pid()
  const took = await seconds(taker, honest)
  assert.ok(cut.length >= 2)
  await Promise.all(cut)
  assertSound(taker, pid)
  report(t, {
    what: 'trackers that lie',
    tried: LIES.length,
    found: `honest peer found in ${took.toFixed(2)} s, peer ${Math.round(taker.megabytes())} MB`,
  })
})

/** Answers each datagram of a UDP tracker's client (BEP 15). */
async function startUdp(t: TestContext, answer: (action: number, transaction: Buffer) => Buffer): Promise<string> {
  const socket = createSocket('udp4')
  socket.on('message', (asked, from) => {
    if (asked.length >= 16) socket.send(answer(asked.readUInt32BE(8), asked.subarray(12, 16)), from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  atEnd(t, () => socket.close())
  return `udp://127.0.0.1:${socket.address().port}`
}

const action = (number: number): Buffer => Buffer.from([0, 0, 0, number])
const welcome = (transaction: Buffer): Buffer => Buffer.concat([action(0), transaction, Buffer.alloc(8, 7)])

const UDP_LIES: readonly ((asked: number, transaction: Buffer) => Buffer)[] = [
  () => MIB.subarray(0, 3),
  () => MIB.subarray(0, 60_000),
  (_asked, transaction) => Buffer.concat([action(3), transaction, Buffer.from('\u001b[2J\u001b]0;owned\u0007')]),
  (asked, transaction) => (asked === 0 ? welcome(transaction) : Buffer.concat([action(1), transaction])),
  (asked, transaction) => (asked === 0 ? welcome(transaction) : Buffer.concat([action(9), transaction, MIB.subarray(0, 100)])),
  (asked, transaction) =>
    asked === 0
      ? welcome(transaction)
      : Buffer.concat([action(1), transaction, Buffer.alloc(12), Buffer.alloc(60_001, '\u007f\u0001\u0002')]),
]

test('UDP trackers that lie, beside an honest one', { skip: unlessWhole() }, async (t) => {
  const honest = await startHonest(t)
  const lies = await Promise.all(UDP_LIES.map((answer) => startUdp(t, answer)))
  const taker = await startTaker(t, { trackers: [...lies, await startTracker(t, naming([honest.address]))] })
  const pid = taker.pid()
  const took = await seconds(taker, honest)
  assertSound(taker, pid)
  const found = `honest peer found in ${took.toFixed(2)} s, peer ${Math.round(taker.megabytes())} MB`
  report(t, { what: 'UDP trackers that lie', tried: UDP_LIES.length, found })
})

test('one tracker names ten thousand peers of one rendezvous, the honest one among them', { skip: unlessWhole() }, async (t) => {
  const honest = await startHonest(t)
  const count = 10_000
  const nobody = Array.from({ length: count }, (_, at) => `127.${1 + (at >> 14)}.${(at >> 6) & 0xff}.1:${2000 + (at & 63)}`)
  const taker = await startTaker(t, {
    trackers: [await startTracker(t, naming([...nobody.slice(0, 40), honest.address, ...nobody.slice(40)]))],
  })
  const took = await seconds(taker, honest)
  assertSound(taker, taker.pid())
  const found = `honest peer found in ${took.toFixed(2)} s, peer ${Math.round(taker.megabytes())} MB; the first 50 of an answer are taken`
  report(t, { what: 'addresses of one rendezvous by a tracker (real processes would not fit)', tried: count, found })
})

/** Says to the local network that peers of the family are at many ports of one address. */
async function floodLocally(t: TestContext, infohash: string, count: number): Promise<{ begun: Promise<void>; ended: Promise<void> }> {
  const socket = createSocket('udp4')
  atEnd(t, () => socket.close())
  socket.bind(0, '127.0.0.2')
  await once(socket, 'listening')
  socket.setMulticastInterface('127.0.0.1')
  const [begun, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let sent = 0
  const timer = setInterval(() => {
    for (let burst = 0; burst < 50 && sent < count; burst++) {
      const [text = ''] = writeLocal({ port: 2000 + (sent % 60_000), infohashes: [infohash], cookie: 'flood' })
      socket.send(sent++ % 2 === 0 ? text : MIB.subarray(0, 1300), GROUP_PORT, GROUP)
    }
    if (sent >= 500) begun.resolve()
    if (sent < count) return
    clearInterval(timer)
    ended.resolve()
  }, 10)
  atEnd(t, () => clearInterval(timer))
  return { begun: begun.promise, ended: ended.promise }
}

test('a neighbour floods the local network with announcements', async (t) => {
  const honest = await startHonest(t, { lsd: true })
  const taker = await startTaker(t, { localDiscovery: true })
  const { infohash } = rendezvousTorrent(honest.family)
  const { begun, ended } = await floodLocally(t, infohash, scaled(1000, 20_000))
  await begun
  const took = await seconds(taker, honest)
  await ended
  assertSound(taker, taker.pid())
  const found = `honest peer found in ${took.toFixed(2)} s meanwhile, peer ${Math.round(taker.megabytes())} MB`
  report(t, { what: 'announcements of a neighbour', tried: scaled(1000, 20_000), found })
})
