/**
 * Another package brings a name that a stand-in has: it gets it as if nothing had stood in, and keeps it against the package that stood in.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createNetwork, type Network } from '../../support/host/network.ts'
import { ask } from '../../support/standin/ask.ts'
import { type Consumer, createConsumer } from '../../support/story/consumer.ts'
import { isRefused, mergeOther, PROBE } from '../../support/story/other.ts'
import { settled } from '../../support/story/ours.ts'
import { createPublisher } from '../../support/story/publisher.ts'

let network: Network
let consumer: Consumer
before(async () => {
  network = await createNetwork({ name: 'owned' })
  consumer = await createConsumer(await createPublisher(network, [PROBE]), 'beta')
})
after(() => network.close())

test('what another package has put in the place of ours stays its own, and Portage refuses the merge as without standin', async () => {
  const { host } = consumer
  const { first, second } = await mergeOther(consumer, { env: { STANDIN_FEATURES: '' } })
  assert.equal(second.exitCode, 0, second.stdout)
  await isRefused(consumer, first)
  assert.deepEqual((await ask(host, { t: 'status' }, 'status')).kept, [])
  await settled(host)
})

test('with collision-protect a stand-in makes way for another package that is followed, and both terminals are told', async () => {
  const { host } = consumer
  const { first, second } = await mergeOther(consumer, { env: { FEATURES: 'collision-protect' } })
  assert.equal(second.exitCode, 0, second.stdout)
  const told = /other-1: stand-in of test-misc\/probe-1 purged \(6 names in \d+ ms\): this merge brings \/usr\/share\/probe\/word too/
  assert.match(second.stdout, told)
  await first.waitFor(/test-misc\/probe-1: stand-in purged: test-misc\/other-1 is merged now/)
  assert.ok(!host.exists('/usr/bin/probe'))
  await isRefused(consumer, first, false)
  assert.equal([...first.output().matchAll(/stand-in purged/g)].length, 1, first.output())
  await settled(host)
})
