/**
 * A daemon that hangs is waited for once and not for each package, and counts again as soon as it wakes up.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Host } from '../../support/host/host.ts'
import { createNetwork, type Network } from '../../support/host/network.ts'
import { type Consumer, createConsumer, USABLE } from '../../support/story/consumer.ts'
import { hold, letGo, reached } from '../../support/story/gate.ts'
import { freeze, settled, until, wake } from '../../support/story/ours.ts'
import { createPublisher, type Publisher } from '../../support/story/publisher.ts'

const THREE = ['test-misc/flags', 'test-misc/nothing', 'test-misc/random']
const HOOK = '/usr/lib/standin/standin.bash'
const TRACE = '/tmp/trace'

let network: Network
let publisher: Publisher
before(async () => {
  network = await createNetwork({ name: 'hung' })
  publisher = await createPublisher(network, ['test-misc/flags'])
})
after(() => network.close())

test('beside a stand-in that is live: bash waits at one door, and takes that one away by the journal', async (t) => {
  const consumer = await traced('beta')
  const { host, daemon } = consumer
  hold(host, 'compile')
  const emerge = await consumer.emerge('--quiet-build=n', ...THREE)
  await emerge.waitFor(USABLE)
  await reached(host, 'compile')
  freeze(t, daemon)
  letGo(host, 'compile')
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  assert.match(emerge.output(), /test-misc\/flags-1: stand-in purged without the daemon/)
  assert.deepEqual(waits(host), { doors: 1, reads: 10, nodes: ['purge'] })
  await countsAgain(consumer)
})

test('with nothing to purge: the first merge asks by the socket, and nobody else asks at all', async (t) => {
  const consumer = await traced('gamma')
  const { host, daemon } = consumer
  freeze(t, daemon)
  const emerge = await consumer.emerge('--quiet-build=n', ...THREE)
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  assert.deepEqual(waits(host), { doors: 0, reads: 0, nodes: ['purge'] })
  await countsAgain(consumer)
})

/** A host whose bash writes down what it does for hooks. */
async function traced(name: string): Promise<Consumer> {
  const consumer = await createConsumer(publisher, name, { features: 'collision-protect' })
  const { host } = consumer
  const [on, off] = [
    `if [[ \${EBUILD_PHASE} != depend && \${EUID} == 0 ]]; then exec {BASH_XTRACEFD}>>${TRACE}; set -x; fi`,
    '{ set +x; } 2>/dev/null',
  ]
  host.write(HOOK, `${on}\n${host.read(HOOK)}\n${off}\n`)
  return consumer
}

/** How often bash asked at a door, how often it read there with a time limit, and what it started Node for. */
function waits(host: Host): { doors: number; reads: number; nodes: string[] } {
  const lines = host.read(TRACE).split('\n')
  return {
    doors: lines.filter((line) => /^\++ __standin_ask$/.test(line)).length,
    reads: lines.filter((line) => /^\++ read -r -t 0\.2 /.test(line)).length,
    nodes: lines.flatMap((line) => /^\++ exec .*\/usr\/bin\/timeout .*\/usr\/bin\/node .*\/hooks\/([a-z]+)\.mjs/.exec(line)?.[1] ?? []),
  }
}

async function countsAgain(consumer: Consumer): Promise<void> {
  const { host, daemon } = consumer
  assert.ok(host.exists('/run/standin/silent'))
  wake(daemon)
  await until(
    () => host.exists('/run/standin/silent'),
    (there) => !there,
  )
  await settled(host)
  await host.emerge(['--unmerge', '--quiet', 'test-misc/flags'])
  const next = await consumer.emerge('test-misc/flags')
  await next.waitFor(USABLE)
  assert.equal((await next.exited).exitCode, 0, next.output())
}
