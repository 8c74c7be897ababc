/**
 * A copy that comes slowly is waited for while there is no other, is left for another at once, and is taken up again when that one was in vain.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { peerClient } from '../../src/daemon/peerClient.ts'
import type { ToPeer } from '../../src/daemon/peerWire.ts'
import { id, offerNamed } from './support/offers.ts'
import { given, sought } from './support/sought.ts'

const [slow, other] = [given('slow'), given('other', { recipe: id('other') })]

test('the only copy is waited for', async () => {
  const { result, tried } = await sought({ offers: [slow], slow: [slow] })
  assert.ok(result.found)
  assert.deepEqual(tried, [slow.content])
})

test('beside another copy it is left, and why says so', async () => {
  const { result, tried } = await sought({ offers: [slow, other], slow: [slow] })
  assert.ok(result.found && result.copy.weighed.offer.content === other.content)
  assert.deepEqual(tried, [slow.content, other.content])
  assert.match(result.copy.verdicts.map(({ text }) => text).join('\n'), /it came too slowly/)
})

test('it is taken up again when the other one was in vain', async () => {
  const { result, tried } = await sought({
    offers: [slow, other],
    slow: [slow],
    fails: [other],
    hostOf: ({ content }) => `${content === slow.content ? '192.0.2.1' : '198.51.100.1'}:1`,
  })
  assert.ok(result.found && result.copy.weighed.offer.content === slow.content)
  assert.deepEqual(tried, [slow.content, other.content, slow.content])
})

test('of two that are slow one is waited for', async () => {
  const { result, tried } = await sought({ offers: [slow, other], slow: [slow, other] })
  assert.ok(result.found)
  assert.deepEqual(tried, [slow.content, other.content, slow.content])
})

test('whoever trickles out copy after copy keeps the next host waiting for one of them', async () => {
  const lies = Array.from({ length: 20 }, (_, at) => given(`lie ${at}`))
  const { result, tried } = await sought({
    offers: [...lies, other],
    slow: lies,
    hostOf: ({ content }) => `${content === other.content ? '198.51.100.1' : '192.0.2.1'}:1`,
  })
  assert.ok(result.found && result.copy.weighed.offer.content === other.content)
  assert.equal(tried.length, 2)
})

test('the peer is told to hurry when something else is there, also one that starts meanwhile', async () => {
  const told: ToPeer[] = []
  const client = peerClient((message) => void told.push(message))
  const { signal } = new AbortController()
  const hurry = new AbortController()
  const got = client.get(offerNamed('x'), [], 10, signal, hurry.signal)
  assert.deepEqual(
    told.map(({ t }) => t),
    ['get'],
  )
  hurry.abort()
  assert.deepEqual(
    told.map(({ t }) => t),
    ['get', 'hurry'],
  )
  const [asked] = told
  assert.ok(asked?.t === 'get' && told[1]?.t === 'hurry' && told[1].id === asked.id)
  client.heard({ t: 'failed', id: asked.id, code: 'SLOW', message: 'x' })
  await assert.rejects(got, { name: 'StrangerError', code: 'SLOW', message: 'x' })

  client.ended()
  const later = new AbortController()
  const next = client.get(offerNamed('x'), [], 10, signal, later.signal)
  later.abort()
  assert.equal(told.length, 2)
  client.heard({ t: 'listening', port: 1 })
  assert.deepEqual(
    told.slice(2).map(({ t }) => t),
    ['get', 'hurry'],
  )
  const again = told[2]
  assert.ok(again?.t === 'get')
  client.heard({ t: 'failed', id: again.id, code: 'DISK_FULL', message: 'x' })
  await assert.rejects(next, { code: 'BAD_ARCHIVE', message: 'DISK_FULL: x' })
})
