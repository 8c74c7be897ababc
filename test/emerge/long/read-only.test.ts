/**
 * On a read-only /usr nothing stands in, and what stands in there when it becomes read-only goes as soon as it can be written again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { execa } from 'execa'
import { createNetwork, type Network } from '../../support/host/network.ts'
import { differences } from '../../support/host/snapshot.ts'
import { type Consumer, createConsumer, USABLE } from '../../support/story/consumer.ts'
import { hold, letGo, reached } from '../../support/story/gate.ts'
import { settled } from '../../support/story/ours.ts'
import { createPublisher, type Publisher } from '../../support/story/publisher.ts'

const FLAGS = 'test-misc/flags'

let network: Network
let publisher: Publisher
before(async () => {
  network = await createNetwork({ name: 'readonly' })
  publisher = await createPublisher(network, [FLAGS])
})
after(() => network.close())

/** Its daemon has mounts of its own. */
async function everywhere({ host, daemon }: Consumer, script: string): Promise<void> {
  await host.run(['sh', '-c', script])
  await execa('nsenter', ['--target', String(daemon.pid), '--mount', '--pid', 'sh', '-c', script])
}

const close = (consumer: Consumer): Promise<void> => everywhere(consumer, 'mount --bind /usr /usr && mount -o remount,ro,bind /usr')
const open = (consumer: Consumer): Promise<void> => everywhere(consumer, 'umount --lazy /usr')

test('nothing is placed there, one line says why, and the merge is as ever once Portage can write', async () => {
  const consumer = await createConsumer(publisher, 'beta')
  const { host } = consumer
  const clean = await consumer.tree()
  hold(host, 'compile')
  await close(consumer)
  const emerge = await consumer.emerge(FLAGS)
  await reached(host, 'compile')
  await emerge.waitFor(/ \* standin: test-misc\/flags-1: no stand-in: [^\n]*read-only/)
  await open(consumer)
  assert.deepEqual(differences(clean, await consumer.tree()), [])
  letGo(host, 'compile')
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  await settled(host)
  await host.close()
})

test('what stands in there stays until it can be written again, and goes then by itself', async () => {
  const consumer = await createConsumer(publisher, 'gamma')
  const { host } = consumer
  const clean = await consumer.tree()
  hold(host, 'compile')
  const emerge = await consumer.emerge(FLAGS)
  await emerge.waitFor(USABLE)
  await reached(host, 'compile')
  await close(consumer)
  letGo(host, 'compile')
  const { exitCode } = await emerge.exited
  assert.notEqual(exitCode, 0, 'Portage cannot merge here either')
  assert.match(emerge.output(), / \* standin: test-misc\/flags-1: [^\n]*read-only/)
  await open(consumer)
  const again = await consumer.emerge(FLAGS)
  assert.equal((await again.exited).exitCode, 0, again.output())
  await settled(host)
  await host.emerge(['--unmerge', '--quiet', FLAGS], { env: { CLEAN_DELAY: '0' } })
  const left = differences(clean, await consumer.tree()).filter((line) => line.includes('flags'))
  assert.deepEqual(left, [])
  await host.close()
})
