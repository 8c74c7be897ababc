/**
 * What a peer gives on: only what it was told, no more bytes than it was told, the longest unused first, and nothing kept for a purpose that is gone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { type Shares, shareTable } from '../../src/daemon/shares.ts'
import type { Offer } from '../../src/swarm/wire.ts'
import { firstOffer, offerOf, temporaryFolder, testSwarm } from '../swarm/support.ts'
import { atEnd } from '../support/atEnd.ts'

interface Table {
  readonly fetched: string
  readonly shares: Shares
  readonly held: Set<string>
  readonly used: string[]
  /** Puts an archive where a fetch puts it. */
  fetch(name: string): Promise<{ offer: Offer; path: string }>
  names(): string[]
}

async function tableIn(t: TestContext, folder: string, maxBytes = 1e9): Promise<Table> {
  const swarm = await testSwarm(t, { lsd: true })
  const fetched = join(folder, 'fetched')
  mkdirSync(fetched, { recursive: true })
  const [held, used] = [new Set<string>(), [] as string[]]
  const shares = shareTable({
    swarm,
    fetched,
    maxBytes,
    sharing: () => undefined,
    used: (sha256) => used.push(sha256),
    isHeld: (sha256) => held.has(sha256),
    log: () => undefined,
  })
  return {
    fetched,
    shares,
    held,
    used,
    async fetch(name) {
      const draft = join(folder, name)
      writeFileSync(draft, Buffer.alloc(1000, name))
      const offer = await offerOf(draft)
      const path = join(fetched, offer.archive.name)
      writeFileSync(path, Buffer.alloc(1000, name))
      return { offer, path }
    },
    names: () => readdirSync(fetched).toSorted(),
  }
}

const filesOf = (...offers: readonly Offer[]): string[] =>
  offers.flatMap(({ archive }) => [`${archive.sha256}.gpkg.tar`, `${archive.sha256}.json`]).toSorted()

test('a peer that starts again gives on what it is told, and removes everything else', async (t) => {
  const folder = await temporaryFolder(t)
  const before = await tableIn(t, folder)
  const [a, b] = [await before.fetch('a'), await before.fetch('b')]
  for (const { offer, path } of [a, b]) await before.shares.addFetched(offer, path)
  await before.fetch('never placed')
  writeFileSync(join(before.fetched, 'half.tmp'), 'x')

  const after = await tableIn(t, folder)
  await after.shares.restore([a.offer.archive.sha256, 'f'.repeat(64)])
  assert.deepEqual(after.names(), filesOf(a.offer))
  assert.ok(after.shares.passesOn(a.offer.archive.sha256))
  const off = await tableIn(t, folder)
  off.held.add(a.offer.archive.sha256)
  await off.shares.restore([])
  assert.deepEqual(off.names(), filesOf(a.offer), 'it is still needed for a comparison')
  off.held.clear()
  await off.shares.restore([])
  assert.deepEqual(off.names(), [])
})

test('the longest unused goes when there is less room, whatever came last', async (t) => {
  const table = await tableIn(t, await temporaryFolder(t))
  const all = []
  for (const name of ['a', 'b', 'c']) all.push(await table.fetch(name))
  for (const [at, { offer, path }] of all.entries()) {
    await table.shares.addFetched(offer, path)
    utimesSync(path, new Date(1000 * ((at * 2) % 5)), statSync(path).mtime)
  }
  // a was used at 0, c at 4, b at 2.
  await table.shares.fit(2999)
  assert.deepEqual(table.names(), filesOf(...all.slice(1).map(({ offer }) => offer)))
  await table.shares.fit(1000)
  assert.deepEqual(table.names(), filesOf(...all.slice(2).map(({ offer }) => offer)))
  await table.shares.fit(999)
  assert.deepEqual(table.names(), [])
  const large = await table.fetch('d')
  await table.shares.addFetched(large.offer, large.path)
  assert.deepEqual([table.names(), table.shares.passesOn(large.offer.archive.sha256)], [[large.offer.archive.name], false])
})

test('what was just fetched takes the room of what was unused for longest, at once', async (t) => {
  const table = await tableIn(t, await temporaryFolder(t), 2500)
  const all = []
  for (const name of ['a', 'b', 'c']) {
    const one = await table.fetch(name)
    await table.shares.addFetched(one.offer, one.path)
    utimesSync(one.path, new Date(1000 * (all.length + 1)), statSync(one.path).mtime)
    all.push(one)
  }
  assert.deepEqual(table.names(), filesOf(...all.slice(1).map(({ offer }) => offer)))
  assert.deepEqual(
    all.map(({ offer }) => table.shares.passesOn(offer.archive.sha256)),
    [false, true, true],
  )
})

test('whoever fetches it makes an archive the last used, and its file stays what was checked', async (t) => {
  const table = await tableIn(t, await temporaryFolder(t))
  const { offer, path } = await table.fetch('a')
  await table.shares.addFetched(offer, path)
  utimesSync(path, new Date(0), statSync(path).mtime)
  const { mtimeMs } = statSync(path)
  const taker = await testSwarm(t, { lsd: true })
  await taker.get(await firstOffer(t, taker), { signal: t.signal, into: taker.folder })
  assert.deepEqual(table.used, [offer.archive.sha256])
  assert.ok(statSync(path).atimeMs > 0)
  assert.equal(statSync(path).mtimeMs, mtimeMs)
})

test('what is taken back goes with its note, unless it is to be kept, or is held for a comparison', async (t) => {
  const table = await tableIn(t, await temporaryFolder(t))
  const [gone, kept, held] = [await table.fetch('a'), await table.fetch('b'), await table.fetch('c')]
  for (const { offer, path } of [gone, kept, held]) await table.shares.addFetched(offer, path)
  table.held.add(held.offer.archive.sha256)
  await table.shares.remove(gone.offer.archive.sha256, false)
  await table.shares.remove(kept.offer.archive.sha256, true)
  await table.shares.remove(held.offer.archive.sha256, false)
  assert.deepEqual(table.names(), [...filesOf(kept.offer), held.offer.archive.name].toSorted())
  for (const { offer } of [gone, kept, held]) assert.equal(table.shares.passesOn(offer.archive.sha256), false)
})

test('an own archive takes the place of the same one that was fetched', async (t) => {
  const folder = await temporaryFolder(t)
  const table = await tableIn(t, folder)
  const { offer, path } = await table.fetch('a')
  await table.shares.addFetched(offer, path)
  const { archive, ...draft } = offer
  await table.shares.add(draft, { sha256: archive.sha256, size: archive.size }, join(folder, 'a'))
  assert.deepEqual(table.names(), [])
  const taker = await testSwarm(t, { lsd: true })
  const got = await taker.get(await firstOffer(t, taker), { signal: t.signal, into: taker.folder })
  assert.equal(got.sha256, archive.sha256)
})

test('a file that somebody has removed is not offered, and what else there is of its family is', async (t) => {
  const table = await tableIn(t, await temporaryFolder(t))
  const [gone, there] = [await table.fetch('a'), await table.fetch('b')]
  for (const { offer, path } of [gone, there]) await table.shares.addFetched(offer, path)
  rmSync(gone.path)
  const heard: string[] = []
  const taker = await testSwarm(t, { lsd: true })
  const end = new AbortController()
  atEnd(t, () => end.abort())
  await new Promise<void>((resolve) => {
    const onOffer = ({ archive }: Offer): void => {
      heard.push(archive.sha256)
      // Offers of one host come in one message.
      setImmediate(resolve)
    }
    taker.find(gone.offer.family, { signal: end.signal, onOffer })
  })
  assert.deepEqual(heard, [there.offer.archive.sha256])
})
