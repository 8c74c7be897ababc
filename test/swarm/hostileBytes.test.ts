/**
 * A peer that stalls, trickles, lies about pieces or about the whole costs a few seconds, leaves no file, and the honest one is taken.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { StrangerError } from '../../src/base/errors.ts'
import { canonicalBytes } from '../../src/base/canonical.ts'
import { archiveName } from '../../src/swarm/archiveTorrent.ts'
import { rendezvousTorrent } from '../../src/swarm/rendezvous.ts'
import { torrentFileOf } from '../../src/swarm/torrentFile.ts'
import type { Offer } from '../../src/swarm/wire.ts'
import { callAs, listenAs, OFFERS, uint32, type Stranger } from './stranger.ts'
import { family, makeArchive, testSwarm, type Made, type TestSwarm } from './support.ts'
import { atEnd } from '../support/atEnd.ts'

const SIZE = 700_001

/** Says it has everything and lets anybody ask. `give` answers each request, or does not. */
function seederThat(give: (stranger: Stranger, index: number, offset: number, length: number) => void): (stranger: Stranger) => void {
  return (stranger) => {
    let greeted = false
    stranger.onMessage((id, payload) => {
      if (!greeted) {
        greeted = true
        stranger.send(14)
        stranger.send(1)
      }
      if (id === 6) give(stranger, payload.readUInt32BE(0), payload.readUInt32BE(4), payload.readUInt32BE(8))
    })
  }
}

const honest = (bytes: Buffer, pieceLength: number): ((stranger: Stranger) => void) =>
  seederThat((stranger, index, offset, length) => {
    const at = index * pieceLength + offset
    stranger.send(7, Buffer.concat([uint32(index, offset), bytes.subarray(at, at + length)]))
  })

const rubbish = seederThat((stranger, index, offset, length) => {
  stranger.send(7, Buffer.concat([uint32(index, offset), Buffer.alloc(length)]))
})

/** Right but for the first block of each piece: its pieces are spoiled by it and shared with others. */
const subtle = (bytes: Buffer, pieceLength: number): ((stranger: Stranger) => void) =>
  seederThat((stranger, index, offset, length) => {
    const at = index * pieceLength + offset
    const block = offset === 0 ? Buffer.alloc(length) : bytes.subarray(at, at + length)
    stranger.send(7, Buffer.concat([uint32(index, offset), block]))
  })

const silent = seederThat(() => undefined)

/** One block in 0.35 seconds: 47 kB/s, for ever. That there is somebody else to ask is what `attempt` says. */
let queued = 0
const trickle = seederThat((stranger, index, offset, length) => {
  const timer = setTimeout(() => stranger.send(7, Buffer.concat([uint32(index, offset), Buffer.alloc(length)])), 350 * ++queued)
  stranger.socket.once('close', () => {
    clearTimeout(timer)
  })
})

/** Makes `taker` hear of `offer` from somebody who listens at each of `ports`. */
async function tell(t: TestContext, taker: TestSwarm, offer: Offer, ports: readonly number[]): Promise<void> {
  const end = new AbortController()
  atEnd(t, () => {
    end.abort()
  })
  const told = new Set<string>()
  const all = new Promise<void>((resolve) => {
    taker.find(family, {
      signal: end.signal,
      onOffer(_offer, from) {
        if (told.add(from).size === ports.length) resolve()
      },
    })
  })
  for (const port of ports) {
    const teller = await callAs(t, taker.port, rendezvousTorrent(family).infohash, port)
    teller.onMessage((id, payload) => {
      // Another slot makes it another offer, of the same archive.
      if (id === 20 && payload[0] === OFFERS)
        teller.extended(3, canonicalBytes({ say: 'offers', offers: [{ ...offer, slot: String(port) }], more: false }))
    })
  }
  await all
}

async function attempt(
  t: TestContext,
  made: Made,
  behaviours: readonly ((stranger: Stranger) => void)[],
): Promise<{ taker: TestSwarm; outcome: string }> {
  const taker = await testSwarm(t)
  const ports = await Promise.all(behaviours.map((behave) => listenAs(t, made.offer.archive.infohash, behave)))
  await tell(t, taker, made.offer, ports)
  const into = join(taker.folder, 'into')
  const outcome = await taker.get(made.offer, { signal: t.signal, into, stallSeconds: 1, hurry: AbortSignal.abort() }).then(
    () => 'got',
    (error: unknown) => (error instanceof StrangerError ? error.code : String(error)),
  )
  assert.deepEqual(await readdir(join(taker.folder, 'cache', 'parts')), [], 'nothing half there is left')
  if (outcome === 'got') assert.deepEqual(await readFile(join(into, made.offer.archive.name)), made.bytes)
  else assert.deepEqual(await readdir(into).catch(() => []), [])
  assert.deepEqual(taker.transfers(), [])
  return { taker, outcome }
}

const cases: readonly {
  readonly what: string
  readonly who: (made: Made) => readonly ((stranger: Stranger) => void)[]
  readonly outcome: string
}[] = [
  { what: 'an honest peer', who: (made) => [honest(made.bytes, 262_144)], outcome: 'got' },
  { what: 'a peer that sends wrong pieces', who: () => [rubbish], outcome: 'BAD_HASH' },
  { what: 'a peer that sends nothing', who: () => [silent], outcome: 'STALLED' },
  { what: 'a peer that says nothing at all', who: () => [() => undefined], outcome: 'STALLED' },
  { what: 'a peer that hangs up', who: () => [(stranger) => stranger.socket.destroy()], outcome: 'STALLED' },
  { what: 'a peer that trickles', who: () => [trickle], outcome: 'SLOW' },
  { what: 'a liar and an honest peer', who: (made) => [rubbish, honest(made.bytes, 262_144)], outcome: 'got' },
  { what: 'three liars and an honest peer', who: (made) => [rubbish, rubbish, honest(made.bytes, 262_144), rubbish], outcome: 'got' },
  {
    what: 'three subtle liars and an honest peer',
    who: ({ bytes }) => [subtle(bytes, 262_144), subtle(bytes, 262_144), subtle(bytes, 262_144), honest(bytes, 262_144)],
    outcome: 'got',
  },
  { what: 'subtle liars alone', who: ({ bytes }) => [subtle(bytes, 262_144), subtle(bytes, 262_144)], outcome: 'BAD_HASH' },
  { what: 'a silent and an honest peer', who: (made) => [silent, honest(made.bytes, 262_144)], outcome: 'got' },
]

/** Who is waited for patiently may be silent for a minute. */
const SECONDS_MS = 30_000

for (const { what, who, outcome } of cases) {
  test(`${what}: ${outcome}, within seconds`, async (t) => {
    const made = await makeArchive(t, SIZE)
    const started = performance.now()
    assert.equal((await attempt(t, made, who(made))).outcome, outcome)
    const took = performance.now() - started
    t.diagnostic(`${Math.round(took)} ms`)
    assert.ok(took < SECONDS_MS, `took ${took} ms`)
  })
}

test('pieces that are right in an archive that is not the one offered: BAD_HASH', async (t) => {
  const made = await makeArchive(t, SIZE)
  const { archive } = made.offer
  const name = archiveName('e'.repeat(64))
  const { infohash } = torrentFileOf({
    name,
    length: archive.size,
    pieceLength: archive.pieceLength,
    pieces: Buffer.from(archive.pieces, 'base64'),
  })
  const lie = { ...made, offer: { ...made.offer, archive: { ...archive, name, sha256: 'e'.repeat(64), infohash } } }
  assert.equal((await attempt(t, lie, [honest(made.bytes, 262_144)])).outcome, 'BAD_HASH')
})

test('nobody has it: STALLED at once', async (t) => {
  const made = await makeArchive(t, SIZE)
  const taker = await testSwarm(t)
  const getting = taker.get(made.offer, { signal: t.signal, into: taker.folder, stallSeconds: 600 })
  await assert.rejects(getting, { name: 'StrangerError', code: 'STALLED' })
})

test('a fetch that is no longer wanted ends with the reason that it was given', async (t) => {
  const made = await makeArchive(t, SIZE)
  const taker = await testSwarm(t)
  await tell(t, taker, made.offer, [await listenAs(t, made.offer.archive.infohash, silent)])
  const end = new AbortController()
  const reason = new Error('not wanted')
  const getting = taker.get(made.offer, { signal: end.signal, into: taker.folder })
  end.abort(reason)
  await assert.rejects(getting, reason)
  assert.deepEqual(await readdir(join(taker.folder, 'cache', 'parts')), [])
})
