/**
 * A web seed alone is enough, and a server that gives anything but what was asked for is as good as none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import { test, type TestContext } from 'node:test'
import { portOf } from './stranger.ts'
import { makeArchive, testSwarm, type Made } from './support.ts'
import { atEnd } from '../support/atEnd.ts'

type Answer = (response: ServerResponse, bytes: Buffer, start: number, end: number) => void

const honest: Answer = (response, bytes, start, end) => {
  response.writeHead(206, { 'content-range': `bytes ${start}-${end - 1}/${bytes.byteLength}` }).end(bytes.subarray(start, end))
}

const lying: Answer = (response, _bytes, start, end) => response.writeHead(206).end(Buffer.alloc(end - start))

const cases: readonly { readonly what: string; readonly answer: Answer; readonly outcome: string }[] = [
  { what: 'that is honest', answer: honest, outcome: 'got' },
  { what: 'that has nothing', answer: (response) => response.writeHead(404).end(), outcome: 'STALLED' },
  { what: 'that knows no ranges', answer: (response, bytes) => response.writeHead(200).end(bytes), outcome: 'STALLED' },
  {
    what: 'that sends people away',
    answer: (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    outcome: 'STALLED',
  },
  {
    what: 'that sends too little',
    answer: (response, bytes, start) => response.writeHead(206).end(bytes.subarray(start, start + 9)),
    outcome: 'STALLED',
  },
  {
    what: 'that lies',
    answer: lying,
    outcome: 'BAD_HASH',
  },
  { what: 'that never answers', answer: () => undefined, outcome: 'STALLED' },
  {
    what: 'that never ends',
    answer(response) {
      response.writeHead(206)
      const pour = (): void => {
        while (response.write(Buffer.alloc(65_536))) if (response.destroyed) return
      }
      response.on('drain', pour)
      pour()
    },
    outcome: 'STALLED',
  },
]

async function serverOf(t: TestContext, { offer, bytes }: Made, answer: Answer): Promise<string> {
  const server = createServer((request, response) => {
    assert.equal(request.url, `/archives/${offer.archive.name}`)
    const [, start, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
    answer(response, bytes, Number(start), Number(last) + 1)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  atEnd(t, () => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${portOf(server)}/archives/`
}

for (const { what, answer, outcome } of cases) {
  test(`a web seed ${what}: ${outcome}`, async (t) => {
    const made = await makeArchive(t, 700_001)
    const taker = await testSwarm(t, { webSeeds: [await serverOf(t, made, answer)] })
    const getting = taker.get(made.offer, { signal: t.signal, into: taker.folder, stallSeconds: 1 })
    if (outcome === 'got') assert.deepEqual(await readFile((await getting).path), made.bytes)
    else await assert.rejects(getting, { name: 'StrangerError', code: outcome })
  })
}

test('a liar among web seeds does not spoil the other', async (t) => {
  const made = await makeArchive(t, 700_001)
  const webSeeds = [await serverOf(t, made, lying), await serverOf(t, made, honest)]
  const taker = await testSwarm(t, { webSeeds })
  const { path } = await taker.get(made.offer, { signal: t.signal, into: taker.folder, stallSeconds: 2 })
  assert.deepEqual(await readFile(path), made.bytes)
})
