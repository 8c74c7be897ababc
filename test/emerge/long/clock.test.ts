/**
 * A clock that jumps while something stands in changes nothing: the build is told apart from others by other things, and what is timed is timed by a clock that does not jump.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { clockText } from '../../support/host/etc.ts'
import type { Host } from '../../support/host/host.ts'
import { createNetwork, type Network } from '../../support/host/network.ts'
import { differences } from '../../support/host/snapshot.ts'
import { buildOf } from '../../support/standin/ask.ts'
import { killDaemon, startDaemon } from '../../support/standin/daemon.ts'
import { createConsumer, USABLE } from '../../support/story/consumer.ts'
import { hold, letGo, reached } from '../../support/story/gate.ts'
import { settled } from '../../support/story/ours.ts'
import { createPublisher, type Publisher } from '../../support/story/publisher.ts'

const FLAGS = 'test-misc/flags'
const YEAR = 365 * 86_400

let network: Network
let publisher: Publisher
before(async () => {
  network = await createNetwork({ name: 'clock' })
  publisher = await createPublisher(network, [FLAGS])
})
after(() => network.close())

/** For all programs that run and all that will. */
async function jump(host: Host, seconds: number): Promise<void> {
  await host.run(['sh', '-c', 'printf %s "$1" 1<>/etc/clock-offset', 'sh', clockText(seconds)])
}

/** As Node sees it, in which the daemon runs. */
async function yearOn(host: Host): Promise<number> {
  return Number((await host.run(['node', '-p', 'new Date().getUTCFullYear()'])).stdout)
}

const JUMPS: readonly { readonly name: string; readonly to: number; readonly isKilled: boolean }[] = [
  { name: 'a year ahead', to: YEAR, isKilled: false },
  { name: 'ten years back', to: -10 * YEAR, isKilled: false },
  { name: 'to the year 1970', to: -Math.floor(Date.now() / 1000) + 86_400, isKilled: false },
  { name: 'a year ahead, and the daemon is killed and started again', to: YEAR, isKilled: true },
  { name: 'ten years back, and the daemon is killed and started again', to: -10 * YEAR, isKilled: true },
]

for (const { name, to, isKilled } of JUMPS) {
  test(name, async () => {
    const consumer = await createConsumer(publisher, 'beta', {
      features: 'collision-protect',
      clockOffsetSeconds: 60,
      standin: { features: 'install publish' },
    })
    const { host } = consumer
    const clean = await consumer.tree()
    hold(host, 'compile')
    hold(host, 'preinst')
    const emerge = await consumer.emerge('--quiet-build=n', FLAGS)
    await emerge.waitFor(USABLE)
    await reached(host, 'compile')
    const year = await yearOn(host)
    await jump(host, to)
    assert.notEqual(await yearOn(host), year)
    if (isKilled) {
      await killDaemon(consumer.daemon)
      consumer.daemon = await startDaemon(host)
    }
    letGo(host, 'compile')

    await reached(host, 'preinst')
    const still = differences(clean, await consumer.tree()).filter((line) => !line.startsWith('changed /etc/clock-offset '))
    assert.deepEqual(still, [])
    letGo(host, 'preinst')
    assert.equal((await emerge.exited).exitCode, 0, emerge.output())
    await settled(host)
    assert.equal((await buildOf(host, FLAGS)).audit, 'agree', consumer.daemon.output())

    await host.emerge(['--unmerge', '--quiet', FLAGS])
    const next = await consumer.emerge(FLAGS)
    await next.waitFor(USABLE)
    assert.equal((await next.exited).exitCode, 0, next.output())
    await host.close()
  })
}
