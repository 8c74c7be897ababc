/**
 * Whatever a stranger says at a rendezvous, it is dropped for it, with a code that says why, and the host goes on finding what is true.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canonicalBytes } from '../../src/base/canonical.ts'
import { StandinError } from '../../src/base/errors.ts'
import { rendezvousTorrent } from '../../src/swarm/rendezvous.ts'
import type { Offer } from '../../src/swarm/wire.ts'
import { callAs, OFFERS, uint32, type Stranger } from './stranger.ts'
import { family, firstOffer, makeArchive, otherFamily, testSwarm } from './support.ts'

const { infohash } = rendezvousTorrent(family)

/** The number that our side gives its extension; learned from its handshake by a real peer, fixed here by the order of `wire.use`. */
const OURS = 3

const offersOf = (offers: readonly Offer[]): Buffer => canonicalBytes({ say: 'offers', offers: [...offers], more: false })

interface Fault {
  readonly what: string
  /** Undefined where the wire protocol itself closes the connection, before anything is understood. */
  readonly code: string | undefined
  readonly say: (stranger: Stranger, offer: Offer) => void
}

const faults: readonly Fault[] = [
  { what: 'no JSON', code: 'SCHEMA', say: (stranger) => stranger.extended(OURS, 'd3:sayi1ee') },
  { what: 'JSON 60,000 deep', code: 'SCHEMA', say: (stranger) => stranger.extended(OURS, '['.repeat(60_000) + ']'.repeat(60_000)) },
  { what: 'an unknown word', code: 'SCHEMA', say: (stranger) => stranger.extended(OURS, '{"say":"hello"}') },
  { what: 'an extra key', code: 'SCHEMA', say: (stranger) => stranger.extended(OURS, '{"say":"ask","now":true}') },
  { what: 'bytes that are no UTF-8', code: 'SCHEMA', say: (stranger) => stranger.extended(OURS, Buffer.from([0x22, 0xff, 0x22])) },
  {
    what: 'another family',
    code: 'WRONG_FAMILY',
    say: (stranger, offer) => stranger.extended(OURS, offersOf([{ ...offer, family: otherFamily }])),
  },
  {
    what: 'an infohash of something else',
    code: 'BAD_HASH',
    say: (stranger, offer) => stranger.extended(OURS, offersOf([{ ...offer, archive: { ...offer.archive, infohash: 'b'.repeat(40) } }])),
  },
  {
    what: 'a name that climbs',
    code: 'BAD_PATH',
    say: (stranger, offer) => stranger.extended(OURS, offersOf([{ ...offer, archive: { ...offer.archive, name: '../../x' } }])),
  },
  {
    what: 'offers without end',
    code: 'PROTOCOL',
    say: (stranger, offer) => {
      for (let index = 0; index < 65; index++) stranger.extended(OURS, offersOf([{ ...offer, slot: String(index) }]))
    },
  },
  {
    what: 'questions without end',
    code: 'PROTOCOL',
    say: (stranger) => {
      for (let index = 0; index < 9; index++) stranger.extended(OURS, '{"say":"ask"}')
    },
  },
  {
    what: 'empty answers without end',
    code: 'PROTOCOL',
    say: (stranger) => {
      for (let index = 0; index < 65; index++) stranger.extended(OURS, '{"more":true,"offers":[],"say":"offers"}')
    },
  },
  { what: 'a message of 2 GB', code: undefined, say: (stranger) => stranger.socket.write(uint32(0x7fff_ffff)) },
  { what: 'a message of 300 kB', code: undefined, say: (stranger) => stranger.extended(OURS, Buffer.alloc(300_000)) },
  { what: 'a handshake that throws', code: undefined, say: (stranger) => stranger.extended(0, 'd1:md1:ad8:toStringi1eeee') },
  { what: 'metadata that throws', code: undefined, say: (stranger) => stranger.extended(1, '') },
]

for (const { what, code, say } of faults) {
  test(`a stranger that sends ${what} is dropped, and an honest one is heard`, async (t) => {
    const { offer, path } = await makeArchive(t, 300_000)
    const taker = await testSwarm(t, { lsd: true })
    const found = firstOffer(t, taker)
    const stranger = await callAs(t, taker.port, infohash, 4000)
    await new Promise<void>((resolve) => {
      stranger.onMessage((id, payload) => {
        if (id === 20 && payload[0] === OFFERS) resolve()
      })
    })
    say(stranger, { ...offer, recipe: 'd'.repeat(64) })
    await stranger.closed
    assert.deepEqual(
      taker.lines.map(({ error }) => (error instanceof StandinError ? error.code : error)),
      code === undefined ? [] : [code],
    )

    const giver = await testSwarm(t, { lsd: true })
    await giver.seed(offer, path)
    giver.serve(family, () => [offer])
    const heard = await found
    // A flood is handed on as far as its bound and no further.
    assert.ok(heard.recipe === offer.recipe || what === 'offers without end')
  })
}

test('offers that nobody asked for are not taken', async (t) => {
  const { offer } = await makeArchive(t, 300_000)
  const giver = await testSwarm(t)
  giver.serve(family, () => [])
  const stranger = await callAs(t, giver.port, infohash, 4000)
  stranger.onMessage((id) => {
    if (id === 20) stranger.extended(OURS, offersOf([offer]))
  })
  await stranger.closed
  assert.deepEqual(
    giver.lines.map(({ error }) => error instanceof StandinError && error.code),
    ['PROTOCOL'],
  )
})
