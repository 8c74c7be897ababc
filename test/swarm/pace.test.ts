/**
 * A fetch is as slow as limits on either side make it, as long as nobody else is there; once somebody is, what has come by then is kept.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { paceOf } from '../../src/swarm/pace.ts'
import { listenAs, uint32, type Stranger } from './stranger.ts'
import { makeArchive, testSwarm } from './support.ts'

const [K, PIECE] = [1024, 262_144]

test('what must come in is never more than half of what the own limit lets in', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1024, max: 2 ** 40 }), fc.integer({ min: 500, max: 10_000 }), (limit, stall) => {
      const { stallMs, leastBytes, silentMs } = paceOf(stall, limit)
      assert.ok(stallMs >= stall && silentMs >= stallMs)
      assert.ok(stallMs === stall || stallMs <= 130_000)
      assert.ok(leastBytes <= (Math.max(limit, 44 * K) * Math.max(stallMs, 3000)) / 2000)
      assert.ok(limit > 256 * K || leastBytes <= (limit * stallMs) / 2000)
    }),
  )
  assert.deepEqual(paceOf(3000, 2 ** 30), { stallMs: 3000, leastBytes: 64 * K, silentMs: 60_000 })
})

/** Limits in bytes a second, and who shares in them. `hurry`: somebody else is there. */
const LIMITS: readonly { what: string; up?: number; down?: number; size: number; takers: number; hurry?: true }[] = [
  { what: 'a giver that gives 16K', up: 16 * K, size: 100 * K, takers: 1 },
  { what: 'a giver that gives 128K to twelve', up: 128 * K, size: 64 * K, takers: 12 },
  { what: 'a taker that takes 16K', down: 16 * K, size: 100 * K, takers: 1 },
  { what: 'a taker that takes 16K, beside somebody else', down: 16 * K, size: 100 * K, takers: 1, hurry: true },
]

for (const { what, up = 1e9, down = 1e9, size, takers, hurry } of LIMITS) {
  test(`${what}: everybody gets it`, async (t) => {
    const { offer, path, bytes } = await makeArchive(t, size)
    const giver = await testSwarm(t, { maxUploadBytesPerSecond: up })
    await giver.seed(offer, path, { checked: true })
    const from = [`127.0.0.1:${giver.port}`]
    const got = await Promise.all(
      Array.from({ length: takers }, async () => {
        const taker = await testSwarm(t, { maxDownloadBytesPerSecond: down })
        const how = {
          signal: t.signal,
          into: taker.folder,
          from,
          stallSeconds: 1,
          ...(hurry === undefined ? {} : { hurry: AbortSignal.abort() }),
        }
        return await taker.get(offer, how)
      }),
    )
    for (const one of got) assert.deepEqual(await readFile(one.path), bytes)
  })
}

/** Gives the first `fast` blocks that it is asked for at once, and the others a second later. `onSlow` is called with the first of these. */
function slowing(bytes: Buffer, fast: number, onSlow: () => void): (stranger: Stranger) => void {
  return (stranger) => {
    let greeted = false
    let asked = 0
    let waiting = 0
    stranger.onMessage((id, payload) => {
      if (!greeted) {
        greeted = true
        stranger.send(14)
        stranger.send(1)
      }
      if (id !== 6) return
      const [index, offset] = [payload.readUInt32BE(0), payload.readUInt32BE(4)]
      const at = index * PIECE + offset
      const give = (): void => stranger.send(7, Buffer.concat([uint32(index, offset), bytes.subarray(at, at + payload.readUInt32BE(8))]))
      if (asked++ < fast) return give()
      onSlow()
      const timer = setTimeout(give, 1000 * ++waiting)
      stranger.socket.once('close', () => clearTimeout(timer))
    })
  }
}

test('a trickle ends in seconds when there is somebody else, and what came before is not fetched again', async (t) => {
  const { offer, bytes } = await makeArchive(t, 3 * PIECE)
  const taker = await testSwarm(t)
  const hurry = new AbortController()
  const slow = Promise.withResolvers<void>()
  const port = await listenAs(t, offer.archive.infohash, slowing(bytes, 40, slow.resolve))
  const from = [`127.0.0.1:${port}`]
  const getting = taker.get(offer, { signal: t.signal, into: taker.folder, from, stallSeconds: 1, hurry: hurry.signal })
  const refused = assert.rejects(getting, { code: 'SLOW' })
  await slow.promise
  const since = performance.now()
  hurry.abort()
  await refused
  // Alone it would be waited for as long as anything comes at least once in a minute.
  assert.ok(performance.now() - since < 30_000)
  assert.deepEqual(await readdir(join(taker.folder, 'cache', 'parts')), [offer.archive.infohash])

  const asked: number[] = []
  const next = await listenAs(t, offer.archive.infohash, (stranger) => {
    stranger.onMessage((id, payload) => {
      if (id === 6) asked.push(payload.readUInt32BE(0))
    })
    slowing(bytes, 48, () => undefined)(stranger)
  })
  const got = await taker.get(offer, { signal: t.signal, into: taker.folder, from: [`127.0.0.1:${next}`], stallSeconds: 1 })
  assert.deepEqual(await readFile(got.path), bytes)
  assert.ok(asked.length > 0 && asked.length <= 32, `${asked.length} blocks were asked for again`)
  assert.deepEqual(await readdir(join(taker.folder, 'cache', 'parts')), [])
})
