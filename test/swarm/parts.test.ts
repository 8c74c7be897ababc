/**
 * What a killed peer has left half there spares the next one just that much, and whatever else lies there spares nothing and does no harm.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { portOf } from './stranger.ts'
import { makeArchive, temporaryFolder, testSwarm, type Made } from './support.ts'
import { atEnd } from '../support/atEnd.ts'

const [PIECE, SIZE] = [256 * 1024, 1_500_000]

/** What lies at the place of the torrent, and how many bytes are then to be fetched. */
const LEFT: readonly [string, (made: Made) => Buffer, number][] = [
  ['the beginning', ({ bytes }) => bytes.subarray(0, 3 * PIECE + 100), SIZE - 3 * PIECE],
  ['all of it', ({ bytes }) => bytes, 0],
  ['the end, and a hole', ({ bytes }) => Buffer.concat([Buffer.alloc(2 * PIECE), bytes.subarray(2 * PIECE)]), 2 * PIECE],
  [
    'a beginning with one wrong byte',
    ({ bytes }) => Buffer.concat([Buffer.from([(bytes[0] ?? 0) ^ 1]), bytes.subarray(1, 2 * PIECE)]),
    SIZE - PIECE,
  ],
  ['rubbish', () => Buffer.alloc(SIZE, 'x'), SIZE],
  ['more than there is of it', ({ bytes }) => Buffer.concat([bytes, Buffer.from('x')]), SIZE],
  ['nothing', () => Buffer.alloc(0), SIZE],
]

/** Fetches it from a web seed, with `left` at its place, and says of how many bytes that was asked. */
async function asked(t: TestContext, { offer, bytes }: Made, left: Buffer): Promise<number> {
  let sum = 0
  const server = createServer((request, response) => {
    const [, start, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
    sum += Number(last) + 1 - Number(start)
    response.writeHead(206).end(bytes.subarray(Number(start), Number(last) + 1))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  atEnd(t, () => {
    server.closeAllConnections()
    server.close()
  })
  const folder = await temporaryFolder(t)
  const parts = join(folder, 'parts')
  await mkdir(parts)
  await writeFile(join(parts, offer.archive.infohash), left)
  await writeFile(join(parts, 'f'.repeat(40)), 'what nobody wants now')
  await writeFile(join(parts, 'half a copy'), 'x')
  const taker = await testSwarm(t, { webSeeds: [`http://127.0.0.1:${portOf(server)}/`], cacheFolder: folder })
  assert.deepEqual((await readdir(parts)).toSorted(), [offer.archive.infohash, 'f'.repeat(40)].toSorted())
  const got = await taker.get(offer, { signal: t.signal, into: taker.folder })
  assert.deepEqual(await readFile(got.path), bytes)
  assert.deepEqual(await readdir(parts), ['f'.repeat(40)])
  return sum
}

for (const [what, left, missing] of LEFT) {
  test(`where ${what} is left, the rest is fetched`, async (t) => {
    const made = await makeArchive(t, SIZE)
    assert.equal(await asked(t, made, left(made)), missing)
  })
}
