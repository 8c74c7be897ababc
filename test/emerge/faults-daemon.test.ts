/**
 * Whatever has become of the daemon, emerge ends as it would without standin, and a stand-in is gone before the merge.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { HOOK_LINES } from '../../src/portage/hookblock.ts'
import { createNetwork, type Network } from '../support/host/network.ts'
import { differences } from '../support/host/snapshot.ts'
import { append } from '../support/standin/built.ts'
import { startDaemon, stopDaemon } from '../support/standin/daemon.ts'
import { asService } from '../support/standin/service.ts'
import { type Consumer, createConsumer, USABLE } from '../support/story/consumer.ts'
import { hold, letGo, reached } from '../support/story/gate.ts'
import { besideLive, comesBack, FAULTS, FLAGS } from '../support/story/gone.ts'
import { hooksRunning, sameLog, settled, until } from '../support/story/ours.ts'
import { createPublisher, type Publisher } from '../support/story/publisher.ts'

const NOTHING = ['--quiet-build=n', 'test-misc/nothing']

let network: Network
let publisher: Publisher
before(async () => {
  network = await createNetwork({ name: 'daemon' })
  publisher = await createPublisher(network, ['test-misc/flags'])
})
after(() => network.close())

besideLive(() => ({ network, publisher }), ['killed, with its socket and FIFOs left behind', 'hung'])

describe('an emerge that it never hears of is as ever while the daemon is', () => {
  let consumer: Consumer
  let log: string
  const emerged = async (): Promise<string> => {
    const { stdout, stderr } = await consumer.host.emerge(NOTHING)
    return sameLog(stdout + stderr)
  }
  before(async () => {
    consumer = await createConsumer(publisher, 'gamma', { standin: { hook: false } })
    await stopDaemon(consumer.daemon)
    await emerged()
    log = await emerged()
    append(consumer.host, '/etc/portage/bashrc', `${HOOK_LINES.join('\n')}\n`)
    append(consumer.host, '/etc/portage/make.conf', 'STANDIN_FEATURES="install publish"\n')
  })

  test('not there, and never was', async () => {
    await consumer.host.run(['rm', '-r', '/run/standin', '/var/lib/standin'])
    assert.equal(await emerged(), log)
    assert.ok(!consumer.host.exists('/run/standin'))
  })
  for (const name of ['killed, with its socket and FIFOs left behind', 'hung, with a full FIFO', 'alive, without a Node for hooks']) {
    test(name, async (t) => {
      consumer.daemon = await startDaemon(consumer.host)
      await FAULTS[name]?.(consumer, t)
      assert.equal(await emerged(), log)
      assert.deepEqual(await hooksRunning(consumer.host), [])
      await comesBack(consumer)
    })
  }
})

test('a daemon whose log has no room lives on, and writes again when there is some', async () => {
  const consumer = await createConsumer(publisher, 'delta', { features: 'collision-protect' })
  const { host } = consumer
  await stopDaemon(consumer.daemon)
  await host.run(['sh', '-c', 'mkdir /mnt/log && mount -t tmpfs -o size=64k none /mnt/log'])
  const unit = host.read('/usr/lib/systemd/system/standin.service')
  const daemon = await host.start(['sh', '-c', 'exec "$@" 2>>/mnt/log/standin.log', 'sh', ...asService(unit)])
  const logged = (): string => (host.exists('/mnt/log/standin.log') ? host.read('/mnt/log/standin.log') : '')
  await until(logged, (text) => / is ready$/m.test(text))
  await host.run(['sh', '-c', 'head -c 1m /dev/zero > /mnt/log/full; while printf . >> /mnt/log/standin.log; do :; done'], { check: false })
  const full = logged()
  const clean = await consumer.tree()
  hold(host, 'preinst')
  const emerge = await consumer.emerge(...FLAGS)
  await emerge.waitFor(USABLE)
  await reached(host, 'preinst')
  assert.deepEqual(differences(clean, await consumer.tree()), [])
  letGo(host, 'preinst')
  assert.equal((await emerge.exited).exitCode, 0)
  await settled(host)
  assert.equal(logged(), full, 'there was no room')
  assert.equal((await host.run(['standin', 'status'])).exitCode, 0)

  await host.run(['rm', '/mnt/log/full'])
  await host.emerge(['--unmerge', '--quiet', 'test-misc/flags'])
  assert.equal((await (await consumer.emerge(...FLAGS)).exited).exitCode, 0)
  await until(logged, (text) => USABLE.test(text.slice(full.length)))
  await stopDaemon(daemon)
})
