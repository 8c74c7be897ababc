/**
 * A host gives away the archives that it was told to seed, whole and unchanged, and not one byte else.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { copyFile, readdir, readFile, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { HostError, StandinError } from '../../src/base/errors.ts'
import { MAX_REQUESTS } from '../../src/swarm/guard.ts'
import { rendezvousTorrent } from '../../src/swarm/rendezvous.ts'
import { openSwarm } from '../../src/swarm/swarm.ts'
import { callAs, uint32 } from './stranger.ts'
import { family, firstOffer, makeArchive, temporaryFolder, testSwarm } from './support.ts'

/** Says that it wants bytes, asks for the first block whatever the answer, and gives back the ids of the messages it gets until it is refused. */
async function beg(t: TestContext, port: number, infohash: string): Promise<number[]> {
  const ids: number[] = []
  const beggar = await callAs(t, port, infohash)
  const answered = new Promise<void>((resolve) => {
    beggar.onMessage((id) => {
      if (ids.length === 0) {
        beggar.send(15)
        beggar.send(2)
        beggar.send(6, uint32(0, 0, 100))
      }
      ids.push(id)
      if (id === 7 || id === 16) resolve()
    })
  })
  await Promise.race([answered, beggar.closed])
  return ids
}

const PIECE = 7
const UNCHOKE = 1

test('nothing is given at a rendezvous, not even the name that it is made of, searched or served', async (t) => {
  const searching = await testSwarm(t)
  void firstOffer(t, searching)
  const serving = await testSwarm(t)
  serving.serve(family, () => [])
  for (const { port } of [searching, serving]) {
    const ids = await beg(t, port, rendezvousTorrent(family).infohash)
    assert.ok(ids.includes(16), 'refused')
    assert.equal(ids.includes(PIECE) || ids.includes(UNCHOKE), false)
  }
})

test('a host that serves nothing answers no question', async (t) => {
  const searching = await testSwarm(t)
  void firstOffer(t, searching)
  const asker = await callAs(t, searching.port, rendezvousTorrent(family).infohash)
  const heard: number[] = []
  const over = new Promise<void>((resolve) => {
    asker.onMessage((id, payload) => {
      if (id !== 20) return
      heard.push(payload[0] ?? -1)
      // Its own question comes after its handshake, whose answer a malformed message then ends.
      if (payload[0] === 7) for (const text of ['{"say":"ask"}', '?']) asker.extended(3, text)
      resolve()
    })
  })
  await over
  await asker.closed
  // Extended handshake, then `ask`, and no answer to ours.
  assert.deepEqual(heard, [0, 7])
})

test('what is fetched is not given on, while it is fetched and after', async (t) => {
  const { offer, path } = await makeArchive(t, 1_200_000)
  const giver = await testSwarm(t, { lsd: true, maxUploadBytesPerSecond: 500_000 })
  const taker = await testSwarm(t, { lsd: true })
  await giver.seed(offer, path, { checked: true })
  giver.serve(family, () => [offer])
  await firstOffer(t, taker)
  let during: Promise<number[]> | undefined
  const getting = taker.get(offer, {
    signal: t.signal,
    into: taker.folder,
    onProgress({ bytes }) {
      if (bytes > 500_000) during ??= beg(t, taker.port, offer.archive.infohash)
    },
  })
  await getting
  assert.ok(during !== undefined)
  assert.deepEqual(await during, [])
  assert.deepEqual(await beg(t, taker.port, offer.archive.infohash), [])
})

async function fetchAnew(t: TestContext): Promise<string> {
  const taker = await testSwarm(t, { lsd: true })
  const offer = await firstOffer(t, taker)
  return await taker.get(offer, { signal: t.signal, into: taker.folder, stallSeconds: 1 }).then(
    () => 'got',
    (error: unknown) => (error instanceof StandinError ? error.code : String(error)),
  )
}

test('a seeded file that changed is given to nobody, and that is said', async (t) => {
  const { offer, path, bytes } = await makeArchive(t, 300_000)
  const giver = await testSwarm(t, { lsd: true })
  await giver.seed(offer, path, { checked: true })
  giver.serve(family, () => [offer])
  const { atime } = await stat(path)
  await writeFile(path, Buffer.alloc(bytes.byteLength))
  await utimes(path, atime, new Date(1_000_000_000_000))
  assert.equal(await fetchAnew(t), 'STALLED')
  assert.deepEqual([...new Set(giver.lines.map(({ error }) => error instanceof HostError && error.code))], ['CHANGED_UNDERWAY'])
  assert.deepEqual(giver.transfers(), [])
})

test('a seeded file that was touched but not changed is checked again and given', async (t) => {
  const { offer, path } = await makeArchive(t, 300_000)
  const giver = await testSwarm(t, { lsd: true })
  await giver.seed(offer, path, { checked: true })
  giver.serve(family, () => [offer])
  await utimes(path, 1, 1)
  assert.equal(await fetchAnew(t), 'got')
})

test('a file of another size is refused at once', async (t) => {
  const { offer, path } = await makeArchive(t, 300_000)
  const giver = await testSwarm(t)
  const other = join(giver.folder, 'other')
  await copyFile(path, other)
  await truncate(other, 299_999)
  await assert.rejects(giver.seed(offer, other), { name: 'HostError', code: 'UNREADABLE' })
})

test('unseeded is gone', async (t) => {
  const { offer, path } = await makeArchive(t, 300_000)
  const giver = await testSwarm(t, { lsd: true })
  await giver.seed(offer, path)
  giver.serve(family, () => [offer])
  assert.equal(await fetchAnew(t), 'got')
  await giver.unseed(offer.archive.infohash)
  assert.equal(await fetchAnew(t), 'STALLED')
})

test('what was fetched can be seeded by whoever fetched it', async (t) => {
  const { offer, path, bytes } = await makeArchive(t, 300_000)
  const giver = await testSwarm(t, { lsd: true })
  await giver.seed(offer, path)
  const stop = giver.serve(family, () => [offer])
  const second = await testSwarm(t, { lsd: true })
  await firstOffer(t, second)
  const got = await second.get(offer, { signal: t.signal, into: second.folder })
  stop()
  await giver.unseed(offer.archive.infohash)
  await second.seed(offer, got.path, { checked: true })
  second.serve(family, () => [offer])
  assert.equal(await fetchAnew(t), 'got')
  assert.deepEqual(await readFile(got.path), bytes)
})

test('a peer that asks for more at once than it may have open is refused the rest', async (t) => {
  const { offer, path } = await makeArchive(t, 1_000_000)
  const giver = await testSwarm(t)
  await giver.seed(offer, path, { checked: true })
  const greedy = await callAs(t, giver.port, offer.archive.infohash)
  const counts = { given: 0, refused: 0 }
  await new Promise<void>((resolve) => {
    greedy.onMessage((id) => {
      if (id === 14) {
        greedy.send(15)
        greedy.send(2)
      }
      if (id === UNCHOKE) for (let index = 0; index < 1000; index++) greedy.send(6, uint32(0, index * 16, 16))
      if (id === PIECE) counts.given++
      if (id === 16) counts.refused++
      if (counts.given + counts.refused === 1000) resolve()
    })
  })
  assert.ok(counts.given >= MAX_REQUESTS && counts.refused > 0, JSON.stringify(counts))
})

test('an archive that is seeded here is taken from here, and fetched anew once it is damaged', async (t) => {
  const { offer, path, bytes } = await makeArchive(t, 300_000)
  const host = await testSwarm(t, { lsd: true })
  await host.seed(offer, path, { checked: true })
  const into = join(host.folder, 'into')
  const got = await host.get(offer, { signal: t.signal, into })
  assert.deepEqual(got, { path: join(into, offer.archive.name), sha256: offer.archive.sha256 })
  assert.deepEqual(await readFile(got.path), bytes)

  await writeFile(path, Buffer.alloc(bytes.byteLength))
  await assert.rejects(host.get(offer, { signal: t.signal, into }), { code: 'STALLED' })
  const giver = await testSwarm(t, { lsd: true })
  const other = join(giver.folder, 'other')
  await copyFile(got.path, other)
  await giver.seed(offer, other)
  giver.serve(family, () => [offer])
  await firstOffer(t, host)
  assert.deepEqual(await readFile((await host.get(offer, { signal: t.signal, into })).path), bytes)
})

test('an archive that is fetched while it becomes our own is given from then on', async (t) => {
  const { offer, path } = await makeArchive(t, 1_200_000)
  const giver = await testSwarm(t, { lsd: true, maxUploadBytesPerSecond: 1_000_000 })
  await giver.seed(offer, path, { checked: true })
  const stop = giver.serve(family, () => [offer])
  const host = await testSwarm(t, { lsd: true })
  await firstOffer(t, host)
  const getting = host.get(offer, { signal: t.signal, into: host.folder })
  await assert.rejects(host.get(offer, { signal: t.signal, into: host.folder }), { name: 'HostError', code: 'BAD_STATE' })
  await host.seed(offer, path, { checked: true })
  await assert.rejects(getting, { name: 'HostError', code: 'BAD_STATE' })
  stop()
  await giver.unseed(offer.archive.infohash)
  host.serve(family, () => [offer])
  assert.equal(await fetchAnew(t), 'got')
})

test('closing a swarm ends what it fetches', async (t) => {
  const { offer, path } = await makeArchive(t, 1_200_000)
  const giver = await testSwarm(t, { lsd: true, maxUploadBytesPerSecond: 500_000 })
  await giver.seed(offer, path, { checked: true })
  giver.serve(family, () => [offer])
  const folder = await temporaryFolder(t)
  const host = await openSwarm({
    host: '127.0.0.1',
    lsd: true,
    dht: false,
    trackers: [],
    webSeeds: [],
    cacheFolder: join(folder, 'cache'),
    log: (line) => assert.fail(line.what),
  })
  await firstOffer(t, host)
  const getting = assert.rejects(host.get(offer, { signal: t.signal, into: folder }), { name: 'HostError', code: 'BAD_STATE' })
  await host.close()
  await getting
  assert.deepEqual(await readdir(join(folder, 'cache', 'parts')), [])
})

test('no more is given in a second than the setting says', async (t) => {
  const { offer, path } = await makeArchive(t, 600_000)
  const giver = await testSwarm(t, { lsd: true, maxUploadBytesPerSecond: 400_000 })
  const taker = await testSwarm(t, { lsd: true })
  await giver.seed(offer, path, { checked: true })
  giver.serve(family, () => [offer])
  await firstOffer(t, taker)
  const started = performance.now()
  await taker.get(offer, { signal: t.signal, into: taker.folder })
  // What was saved up in the second before may go out at once.
  assert.ok(performance.now() - started > 490, `${performance.now() - started} ms for 600 kB at 400 kB/s`)
})
