/**
 * A search outlives the peer: what was asked of one that ended is asked of the next, and a copy that ends each of them costs little.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HostError } from '../../src/base/errors.ts'
import { peerClient } from '../../src/daemon/peerClient.ts'
import type { ToPeer } from '../../src/daemon/peerWire.ts'
import { id, offerNamed } from './support/offers.ts'
import { given, sought } from './support/sought.ts'

const [first, second] = [given('first'), given('second', { recipe: id('other') })]

test('the copy in whose fetch the peer ended is asked of the next peer', async () => {
  const { result, tried } = await sought({ offers: [first, second], ends: [[first, 1]] })
  assert.ok(result.found && result.copy.weighed.offer.content === first.content)
  assert.deepEqual(tried, [first.content, first.content])
  assert.deepEqual(result.copy.verdicts.length, 1, 'why tells of it')
})

test('the copy that is gone with the peer that had staged it is asked of the next peer, twice and no more', async () => {
  const once = await sought({ offers: [first, second], loses: [first, 1] })
  assert.ok(once.result.found && once.result.copy.weighed.offer.content === first.content)
  assert.deepEqual(once.tried, [first.content, first.content])
  const always = await sought({ offers: [first, second], loses: [first, 9] })
  assert.ok(always.result.found && always.result.copy.weighed.offer.content === second.content)
  assert.deepEqual(always.tried, [first.content, first.content, second.content])
})

test('what a peer has staged is gone with it', async () => {
  const told: ToPeer[] = []
  const client = peerClient((message) => void told.push(message))
  const got = client.get(offerNamed('x'), [], 10, new AbortController().signal)
  const [asked] = told
  assert.ok(asked?.t === 'get')
  client.heard({ t: 'staged', id: asked.id, seconds: 0 })
  const staging = await got
  assert.deepEqual([client.isStaged(staging), client.isBusy()], [true, true])
  client.ended()
  assert.deepEqual([client.isStaged(staging), client.isBusy()], [false, false])
})

test('a copy that ends the peer twice is left for the next one', async () => {
  const { result, tried } = await sought({ offers: [first, second], ends: [[first, 9]] })
  assert.ok(result.found && result.copy.weighed.offer.content === second.content)
  assert.deepEqual(tried, [first.content, first.content, second.content])
})

test('where others than this copy may have ended the peer, it is tried a third time when there is nothing else', async () => {
  const last = await sought({ offers: [first, second], ends: [[first, 2]], fails: [second] })
  assert.ok(last.result.found && last.result.copy.weighed.offer.content === first.content)
  assert.deepEqual(last.tried, [first.content, first.content, second.content, first.content])
})

test('three peers are spent on what is asked again, and no more', async () => {
  const { result, tried } = await sought({ offers: [first], ends: [[first, 9]] })
  assert.ok(!result.found)
  assert.match(result.reason, /the peer process ended/)
  assert.equal(tried.length, 3)
  const all = ['a', 'b', 'c', 'd'].map((name, at) => given(name, { recipe: id(String(at)) }))
  const many = await sought({ offers: all, ends: all.map((one) => [one, 9] as const) })
  assert.ok(!many.result.found)
  // The first one twice, and then one each.
  assert.equal(many.tried.length, 5)
})

test('the next peer searches for what is left of the time', async () => {
  const { result, searches } = await sought({ offers: [first], endsInSearch: 2 })
  assert.ok(result.found)
  assert.equal(searches.length, 3)
  assert.ok(searches.every((seconds) => seconds <= 1))
})

test('where a peer has hung until the time was over, the next one gets some all the same, once', async () => {
  const { result, searches } = await sought({ offers: [first], endsInSearch: 1, endsAfterMs: 1100 })
  assert.ok(result.found)
  assert.deepEqual(searches, [1, 1])
  const twice = await sought({ offers: [first], endsInSearch: 2, endsAfterMs: 1100 })
  assert.ok(!twice.result.found)
  assert.deepEqual(twice.searches, [1, 1])
})

test('what is asked while no peer runs is said to the next one, once others can reach that; what the last one was asked is told its end', async () => {
  const told: ToPeer[] = []
  const client = peerClient((message) => void told.push(message))
  const { signal } = new AbortController()
  const lost = client.get(offerNamed('x'), [], 10, signal)
  assert.equal(told.length, 1)
  client.ended()
  await assert.rejects(lost, (error) => error instanceof HostError && error.code === 'PEER_ENDED')

  const offer = offerNamed('y')
  const asked = client.get(offer, ['192.0.2.1:1'], 10, signal)
  const givenUp = new AbortController()
  const over = client.find(offer.family, 10, () => undefined, givenUp.signal)
  givenUp.abort()
  await assert.rejects(over)
  client.ended()
  client.heard({ t: 'ready', pid: 1 })
  assert.deepEqual(
    told.slice(1).map(({ t }) => t),
    ['stop'],
    'nothing is asked of a peer that cannot be reached yet',
  )
  client.heard({ t: 'listening', port: 1 })
  const [said, ...more] = told.slice(2)
  assert.ok(said?.t === 'get' && more.length === 0)
  assert.deepEqual([said.offer, said.from], [offer, ['192.0.2.1:1']])
  client.heard({ t: 'staged', id: said.id, seconds: 1 })
  assert.equal(await asked, said.id)
})
