/**
 * Another package brings a name that a stand-in has, or none: the stand-in goes and stays as it should without a daemon, too.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createNetwork, type Network } from '../../support/host/network.ts'
import { ask } from '../../support/standin/ask.ts'
import { killDaemon, startDaemon } from '../../support/standin/daemon.ts'
import { type Consumer, createConsumer } from '../../support/story/consumer.ts'
import { letGo } from '../../support/story/gate.ts'
import { isRefused, mergeOther, PROBE } from '../../support/story/other.ts'
import { leftOn, settled } from '../../support/story/ours.ts'
import { createPublisher } from '../../support/story/publisher.ts'

let network: Network
let consumer: Consumer
before(async () => {
  network = await createNetwork({ name: 'beside' })
  consumer = await createConsumer(await createPublisher(network, [PROBE]), 'beta')
})
after(() => network.close())

test('what another package has put in the place of ours stays its own where no daemon is there to take the stand-in away', async () => {
  const { host } = consumer
  const { first, second } = await mergeOther(consumer, { env: { STANDIN_FEATURES: '' }, between: () => killDaemon(consumer.daemon) })
  assert.equal(second.exitCode, 0, second.stdout)
  await isRefused(consumer, first)
  assert.match(first.output(), /probe-1: stand-in purged without the daemon/)
  consumer.daemon = await startDaemon(host)
  await settled(host)
  assert.deepEqual((await ask(host, { t: 'status' }, 'status')).kept, [])
})

test('a stand-in that shares no name with what is merged stays', async () => {
  const { host } = consumer
  const { first, second } = await mergeOther(consumer, { env: { FEATURES: 'collision-protect' }, word: 'another' })
  assert.equal(second.exitCode, 0, second.stdout)
  assert.doesNotMatch(second.stdout, /purged/)
  assert.equal((await host.run(['probe'])).stdout, 'probe\n')
  letGo(host, 'compile')
  assert.equal((await first.exited).exitCode, 0, first.output())
  await settled(host)
  assert.deepEqual(await leftOn(host), [])
})
