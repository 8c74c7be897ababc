/**
 * Killed at any moment, warden and peer come back without losing anything: what stands in is purged before the merge, what was built is held against it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Host } from '../support/host/host.ts'
import { createNetwork, type Network } from '../support/host/network.ts'
import { differences } from '../support/host/snapshot.ts'
import { ask, buildOf } from '../support/standin/ask.ts'
import { killDaemon, startDaemon } from '../support/standin/daemon.ts'
import { createConsumer, PURGED, USABLE } from '../support/story/consumer.ts'
import { hold, letGo, reached } from '../support/story/gate.ts'
import { freeze, leftOn, settled, until, wake } from '../support/story/ours.ts'
import { createPublisher, type Publisher } from '../support/story/publisher.ts'

const FLAGS = 'test-misc/flags'
const HOST = { features: 'collision-protect', standin: { features: 'install publish' } }

let network: Network
let publisher: Publisher
before(async () => {
  network = await createNetwork({ name: 'kill' })
  publisher = await createPublisher(network, [FLAGS])
})
after(() => network.close())

test('a warden that is killed in the middle of a build goes on with it when it comes back', async () => {
  const consumer = await createConsumer(publisher, 'beta', HOST)
  const { host } = consumer
  const clean = await consumer.tree()
  hold(host, 'compile')
  hold(host, 'preinst')
  const emerge = await consumer.emerge(FLAGS)
  await emerge.waitFor(USABLE)
  await reached(host, 'compile')
  const standing = await consumer.tree()

  await killDaemon(consumer.daemon)
  assert.deepEqual(differences(standing, await consumer.tree()), [], 'nobody takes away what can be used')
  consumer.daemon = await startDaemon(host)
  assert.deepEqual(differences(standing, await consumer.tree()), [])
  letGo(host, 'compile')

  await emerge.waitFor(PURGED)
  await reached(host, 'preinst')
  assert.deepEqual(differences(clean, await consumer.tree()), [])
  letGo(host, 'preinst')
  await consumer.daemon.waitFor(/your own build agrees with the copy that stood in, byte for byte/)
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  assert.equal((await buildOf(host, FLAGS)).audit, 'agree')
  await settled(host)
  await host.close()
})

test('a warden that is killed right after it has placed a copy, before it has noted that, still holds the build against it', async () => {
  const consumer = await createConsumer(publisher, 'eta', HOST)
  const { host } = consumer
  hold(host, 'compile')
  const emerge = await consumer.emerge(FLAGS)
  await emerge.waitFor(USABLE)
  await reached(host, 'compile')
  await killDaemon(consumer.daemon)
  // All that a warden does in between is to write this.
  const note = `/run/standin/notes/${(await leftOn(host)).find((path) => path.startsWith('/run/standin/notes/'))?.slice(19)}`
  host.write(note, JSON.stringify({ ...JSON.parse(host.read(note)), standing: null, stoodIn: null }))
  consumer.daemon = await startDaemon(host)
  await emerge.waitFor(/the stand-in can be used now, until your own build is merged/)
  letGo(host, 'compile')
  await consumer.daemon.waitFor(/your own build agrees with the copy that stood in, byte for byte/)
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  assert.equal((await buildOf(host, FLAGS)).audit, 'agree')
  await settled(host)
  await host.close()
})

test('a warden that is killed while the merge waits at its door keeps nobody waiting', async (t) => {
  const consumer = await createConsumer(publisher, 'gamma', HOST)
  const { host } = consumer
  const clean = await consumer.tree()
  hold(host, 'install')
  hold(host, 'preinst')
  const emerge = await consumer.emerge(FLAGS)
  await emerge.waitFor(USABLE)
  await reached(host, 'install')
  // It hears the question, and can do nothing with it.
  freeze(t, consumer.daemon)
  letGo(host, 'install')
  await until(
    () => isAsked(host),
    (yes) => yes,
  )
  const killed = killDaemon(consumer.daemon)
  wake(consumer.daemon)
  await killed

  await reached(host, 'preinst')
  assert.deepEqual(differences(clean, await consumer.tree()), [])
  letGo(host, 'preinst')
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  assert.match(emerge.output(), /stand-in purged without the daemon/)
  consumer.daemon = await startDaemon(host)
  await settled(host)
  await host.close()
})

test('a warden that is killed during the merge publishes after all when it comes back', async () => {
  const consumer = await createConsumer(publisher, 'delta', HOST)
  const { host } = consumer
  hold(host, 'preinst')
  const emerge = await consumer.emerge(FLAGS)
  await emerge.waitFor(PURGED)
  await reached(host, 'preinst')
  await killDaemon(consumer.daemon)
  letGo(host, 'preinst')
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  consumer.daemon = await startDaemon(host)
  await consumer.daemon.waitFor(/your own build agrees with the copy that stood in, byte for byte/)
  await settled(host)
  assert.equal((await buildOf(host, FLAGS)).audit, 'agree')
  await host.close()
})

test('a peer that is killed comes back, and serves what it served', async () => {
  const { host, daemon } = publisher
  const { peer } = await ask(host, { t: 'status' }, 'status')
  assert.ok(peer !== null)
  await host.run(['kill', '-9', String(peer.pid)])
  await daemon.waitFor(/peer: ended \(SIGKILL\), starts again[^]*archive \S+ is given to others/)
  assert.equal((await buildOf(host, FLAGS)).shared, true)

  const consumer = await createConsumer(publisher, 'epsilon', HOST)
  const emerge = await consumer.emerge(FLAGS)
  await emerge.waitFor(USABLE)
  assert.equal((await emerge.exited).exitCode, 0)
})

test('after a reboot in the middle of a build the tree is as before, and the next emerge works', async () => {
  const consumer = await createConsumer(publisher, 'zeta', HOST)
  const { host } = consumer
  const clean = await consumer.tree()
  hold(host, 'compile')
  const emerge = await consumer.emerge(FLAGS)
  await emerge.waitFor(USABLE)
  await reached(host, 'compile')
  await host.reboot()
  await emerge.exited
  assert.notDeepEqual(differences(clean, await consumer.tree()), [], 'the power cut came while it stood in')

  consumer.daemon = await startDaemon(host)
  assert.deepEqual(differences(clean, await consumer.tree()), [])
  await settled(host)
  const next = await consumer.emerge(FLAGS)
  await next.waitFor(USABLE)
  assert.equal((await next.exited).exitCode, 0, next.output())
})

/** Whether something lies in the FIFO that the warden has not read. */
async function isAsked(host: Host): Promise<boolean> {
  const look = 'exec {hooks}<>/run/standin/hooks && read -r -t 0 -u "${hooks}"'
  return (await host.run(['bash', '-c', look], { check: false })).exitCode === 0
}
