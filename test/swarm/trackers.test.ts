/**
 * Each tracker is asked and heard for itself: whatever one of them is, the others are asked and their answers count.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { test, type TestContext } from 'node:test'
import { openTrackers } from '../../src/swarm/trackers.ts'
import { portOf } from './stranger.ts'
import { atEnd } from '../support/atEnd.ts'

const PEER = '192.0.2.7:5001'

/** An HTTP tracker, and how often it was asked. */
async function startTracker(t: TestContext, answer: (response: ServerResponse) => void): Promise<{ url: string; asked: () => number }> {
  let asked = 0
  const server = createServer((_request, response) => {
    asked += 1
    answer(response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  atEnd(t, () => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${portOf(server)}/announce`, asked: () => asked }
}

function naming(words: string): (response: ServerResponse) => void {
  const peer = Buffer.from([192, 0, 2, 7, 5001 >> 8, 5001 & 255])
  return (response) => response.end(Buffer.concat([Buffer.from(`d8:intervali900e5:peers6:`), peer, Buffer.from(`${words}e`)]))
}

/** Trackers beside an honest one that answers after them, and what is said of them. */
const BAD: readonly [string, readonly string[], number][] = [
  ['of WebRTC', ['wss://b.example/announce'], 1],
  ['of WebRTC, three of them', ['wss://b.example/announce', 'ws://b.example', 'wss://c.example'], 3],
  ['with a port that is none', ['http://b.example:99999/announce'], 1],
  ['that nobody knows', ['gopher://b.example/announce'], 1],
]

for (const [what, others, warnings] of BAD) {
  for (const [where, place] of [
    ['before', (url: string) => [...others, url]],
    ['behind', (url: string) => [url, ...others]],
  ] as const) {
    test(`trackers ${what} ${where} an honest one: that one is asked and heard`, async (t) => {
      const honest = await startTracker(t, naming(''))
      const said: unknown[] = []
      const heard = Promise.withResolvers<string>()
      const trackers = openTrackers({
        trackers: place(honest.url),
        port: 5002,
        peerId: randomBytes(20).toString('hex'),
        onPeer: (_infohash, address) => heard.resolve(address),
        onWarning: (_finder, error) => said.push(error),
      })
      trackers.look(randomBytes(20).toString('hex'), false)
      assert.equal(await heard.promise, PEER)
      await trackers.close()
      assert.equal(said.length, warnings * 2, 'once for the beginning, once for the end')
      assert.equal(honest.asked(), 2)
    })
  }
}

test('a tracker that warns and answers counts once, and one that is slower is waited for', async (t) => {
  const asked = Promise.withResolvers<ServerResponse>()
  const slow = await startTracker(t, (response) => asked.resolve(response))
  const warning = await startTracker(t, naming('15:warning message4:beep'))
  const heard: string[] = []
  const said: unknown[] = []
  const first = Promise.withResolvers<void>()
  const second = Promise.withResolvers<void>()
  const trackers = openTrackers({
    trackers: [warning.url, slow.url],
    port: 5002,
    peerId: randomBytes(20).toString('hex'),
    onPeer(_infohash, address) {
      heard.push(address)
      if (heard.length === 1) first.resolve()
      else second.resolve()
    },
    onWarning: (_finder, error) => said.push(error),
  })
  trackers.look(randomBytes(20).toString('hex'), false)
  await first.promise
  // What the first one has ended is over before the other one answers.
  await new Promise(setImmediate)
  naming('')(await asked.promise)
  await second.promise
  assert.deepEqual([heard, said.map(String)], [[PEER, PEER], ['Error: beep']])
  void trackers.close()
})
