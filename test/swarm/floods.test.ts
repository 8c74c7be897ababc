/**
 * However much some hosts offer, and however often they call again, whoever comes later is heard, and a flood is forgotten with its search.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { canonicalBytes, sha256Hex } from '../../src/base/canonical.ts'
import { rendezvousTorrent } from '../../src/swarm/rendezvous.ts'
import type { Offer } from '../../src/swarm/wire.ts'
import { inMessages } from '../../src/swarm/exchange.ts'
import { attested } from '../daemon/support/offers.ts'
import { callAs, OFFERS } from './stranger.ts'
import { family, makeArchive, type TestSwarm, testSwarm } from './support.ts'
import { atEnd } from '../support/atEnd.ts'

const { infohash } = rendezvousTorrent(family)

/** The number that our side gives its extension. */
const OURS = 3

/** So many offers that no other call makes, each of a content of its own. */
function lies(offer: Offer, many: number, salt: string): Offer[] {
  return Array.from({ length: many }, (_each, at) => ({ ...offer, content: sha256Hex(`${salt} ${at}`) }))
}

interface Search {
  readonly taker: TestSwarm
  readonly heard: Map<string, Offer>
  /** Resolves when this content has been heard. */
  until(content: string): Promise<void>
  end(): void
}

async function searching(t: TestContext): Promise<Search> {
  const taker = await testSwarm(t, { lsd: true })
  const heard = new Map<string, Offer>()
  const waiting = new Map<string, () => void>()
  const over = new AbortController()
  atEnd(t, () => over.abort())
  taker.find(family, {
    signal: over.signal,
    onOffer(offer) {
      heard.set(offer.content, offer)
      waiting.get(offer.content)?.()
    },
  })
  return {
    taker,
    heard,
    async until(content) {
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.set(content, resolve)
      if (heard.has(content)) resolve()
      await promise
    },
    end: () => over.abort(),
  }
}

/** Calls, is asked, tells all of `offers`, and hangs up once the other side has read them: it answers a question that comes after. */
async function tell(t: TestContext, { taker }: Search, offers: readonly Offer[], host: string): Promise<void> {
  const stranger = await callAs(t, taker.port, infohash, 4000, host)
  await new Promise<void>((resolve) => {
    stranger.onMessage((id, payload) => {
      if (id !== 20 || payload[0] !== OFFERS) return
      for (const message of inMessages(offers)) stranger.extended(OURS, canonicalBytes(message))
      resolve()
    })
  })
  // A message that nobody understands ends the connection, and those before it have been heard by then.
  stranger.extended(OURS, '?')
  await stranger.closed
}

test('a peer that calls again and again fills no more than its share', async (t) => {
  const { offer, path } = await makeArchive(t, 300_000)
  const search = await searching(t)
  for (let call = 0; call < 12; call++) await tell(t, search, lies(offer, 64, `call ${call}`), '127.0.0.2')
  assert.equal(search.heard.size, 64)
  const giver = await testSwarm(t, { lsd: true })
  await giver.seed(offer, path)
  giver.serve(family, () => [offer])
  await search.until(offer.content)
})

test('many hosts that fill what a search hears leave a little for each that comes later', async (t) => {
  const { offer } = await makeArchive(t, 300_000)
  const search = await searching(t)
  for (let host = 2; host < 12; host++) await tell(t, search, lies(offer, 64, `host ${host}`), `127.0.0.${host}`)
  assert.equal(search.heard.size, 512 + 2 * 4)
  await tell(t, search, [offer, ...lies(offer, 9, 'late')], '127.0.0.20')
  await search.until(offer.content)
  assert.equal(search.heard.size, 512 + 3 * 4)
})

test('what one host has signed counts for a part of its offers only', async (t) => {
  const { offer } = await makeArchive(t, 300_000)
  const search = await searching(t)
  const packed = ['a', 'b', 'c', 'd'].map((slot) => {
    const one = { ...offer, slot, content: sha256Hex(slot) }
    const word = attested(one, 'anna', { cpv: `${family.category}/${family.name}-${family.version}` })
    return { ...one, attestations: Array.from({ length: 1000 }, () => word) }
  })
  await tell(t, search, packed, '127.0.0.2')
  assert.deepEqual(
    packed.map(({ content }) => search.heard.get(content)?.attestations.length),
    [1000, 1000, 64, 64],
  )
})

test('a flood is forgotten once nobody searches, also where this host serves the family', async (t) => {
  const { offer } = await makeArchive(t, 300_000)
  const search = await searching(t)
  search.taker.serve(family, () => [])
  await tell(t, search, lies(offer, 64, 'flood'), '127.0.0.2')
  assert.equal(search.heard.size, 64)
  search.end()
  const again: Offer[] = []
  const over = new AbortController()
  atEnd(t, () => over.abort())
  search.taker.find(family, { signal: over.signal, onOffer: (one) => again.push(one) })
  assert.deepEqual(again, [])
})
