/**
 * Two hosts find each other, one tells what it has, the other fetches it; each way of finding alone is enough.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { Client as Dht } from 'bittorrent-dht'
import { Server as Tracker } from 'bittorrent-tracker'
import type { SwarmLine, SwarmOptions } from '../../src/swarm/swarm.ts'
import { portOf } from './stranger.ts'
import { family, firstOffer, makeArchive, otherFamily, testSwarm } from './support.ts'
import { atEnd } from '../support/atEnd.ts'

interface Way {
  readonly options: Partial<SwarmOptions>
  /** Resolves once whoever is asked has heard of the giver. */
  readonly told: Promise<unknown>
}

function local(): Promise<Way> {
  return Promise.resolve({ options: { lsd: true }, told: Promise.resolve() })
}

async function tracker(t: TestContext): Promise<Way> {
  const server = new Tracker({ http: true, udp: false, ws: false, stats: false })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  atEnd(t, () => new Promise<void>((resolve) => server.close(resolve)))
  return { options: { trackers: [`http://127.0.0.1:${portOf(server.http)}/announce`] }, told: once(server, 'start') }
}

async function dht(t: TestContext): Promise<Way> {
  const node = new Dht({ bootstrap: false })
  node.listen(0, '127.0.0.1')
  await once(node, 'listening')
  atEnd(t, () => new Promise<void>((resolve) => node.destroy(resolve)))
  return { options: { dht: { bootstrap: [`127.0.0.1:${node.address().port}`] } }, told: once(node, 'announce') }
}

for (const way of [local, tracker, dht]) {
  test(`${way.name} alone: found, told, fetched`, async (t) => {
    const { offer, path, bytes } = await makeArchive(t, 2 * 1024 * 1024 + 17)
    const { options, told } = await way(t)
    const giver = await testSwarm(t, { ...options, maxUploadBytesPerSecond: 100_000_000 })
    const taker = await testSwarm(t, options)
    await giver.seed(offer, path)
    giver.serve(family, () => [offer])
    await told

    const started = performance.now()
    const heard = await firstOffer(t, taker)
    const found = performance.now()
    assert.deepEqual(heard, offer)
    const got = await taker.get(heard, { signal: t.signal, into: taker.folder })
    t.diagnostic(`found in ${Math.round(found - started)} ms, fetched in ${Math.round(performance.now() - found)} ms`)
    assert.deepEqual(got, { path: join(taker.folder, offer.archive.name), sha256: offer.archive.sha256 })
    assert.deepEqual(await readFile(got.path), bytes)
    assert.deepEqual(await readdir(join(taker.folder, 'cache', 'parts')), [])
    assert.deepEqual([...giver.lines, ...taker.lines], [])
  })
}

test('with every way switched off nothing is found and nobody is told', async (t) => {
  const { offer } = await makeArchive(t, 1000)
  const giver = await testSwarm(t)
  const taker = await testSwarm(t)
  const listener = await testSwarm(t, { lsd: true })
  giver.serve(family, () => [offer])
  const heard: string[] = []
  for (const swarm of [taker, listener]) swarm.find(family, { signal: t.signal, onOffer: (_offer, from) => heard.push(from) })
  // Whatever was to be said on this machine has been said when a third host has found a fourth.
  const control = await testSwarm(t, { lsd: true })
  control.serve(otherFamily, () => [{ ...offer, family: otherFamily }])
  await firstOffer(t, listener, otherFamily)
  assert.deepEqual(heard, [])
})

test('two searches for one family hear the same, the later one at once', async (t) => {
  const { offer } = await makeArchive(t, 1000)
  const giver = await testSwarm(t, { lsd: true })
  const taker = await testSwarm(t, { lsd: true })
  giver.serve(family, () => [offer])
  await firstOffer(t, taker)
  const later: unknown[] = []
  taker.find(family, { signal: t.signal, onOffer: (heard) => later.push(heard) })
  assert.deepEqual(later, [offer])
})

test('whoever serves no longer is not found', async (t) => {
  const { offer } = await makeArchive(t, 1000)
  const first = await testSwarm(t, { lsd: true })
  const second = await testSwarm(t, { lsd: true })
  const stop = first.serve(family, () => [offer])
  stop()
  second.serve(family, () => [{ ...offer, slot: 'second' }])
  const taker = await testSwarm(t, { lsd: true })
  assert.equal((await firstOffer(t, taker)).slot, 'second')
})

test('a tracker that is not there is said, and does no harm', async (t) => {
  const said = Promise.withResolvers<SwarmLine>()
  const taker = await testSwarm(t, { trackers: ['http://127.0.0.1:9/announce'], log: said.resolve })
  taker.find(family, { signal: t.signal, onOffer: assert.fail })
  assert.equal((await said.promise).what, 'tracker')
})
