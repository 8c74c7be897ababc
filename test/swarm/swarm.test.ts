/**
 * Two hosts find each other, one tells what it has, the other fetches it; each way of finding alone is enough.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { family, firstOffer, makeArchive, testSwarm } from './support.ts'

test('local discovery alone: found, told, fetched', async (t) => {
  const { offer, path, bytes } = await makeArchive(t, 2 * 1024 * 1024 + 17)
  const giver = await testSwarm(t, { host: '127.0.0.2', lsd: true })
  const taker = await testSwarm(t, { host: '127.0.0.3', lsd: true })
  await giver.seed(offer, path)
  giver.serve(family, () => [offer])

  const started = performance.now()
  const heard = await firstOffer(t, taker)
  const found = performance.now()
  assert.deepEqual(heard, offer)
  const got = await taker.get(heard, { signal: t.signal, into: taker.folder })
  t.diagnostic(`found after ${Math.round(found - started)} ms, fetched ${Math.round(performance.now() - found)} ms later`)
  assert.deepEqual(got, { path: join(taker.folder, offer.archive.name), sha256: offer.archive.sha256 })
  assert.deepEqual(await readFile(got.path), bytes)
  assert.deepEqual([...giver.lines, ...taker.lines], [])
})
