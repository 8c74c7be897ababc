/**
 * A build that fails, is interrupted or killed leaves the tree as it was, or its stand-in where the user wants that; the next emerge works.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Started } from '../support/host/enter.ts'
import { createNetwork, type Network } from '../support/host/network.ts'
import { differences, type Snapshot } from '../support/host/snapshot.ts'
import { restartDaemon, startDaemon } from '../support/standin/daemon.ts'
import { type Consumer, createConsumer, PURGED, USABLE } from '../support/story/consumer.ts'
import { hold, letGo, reached } from '../support/story/gate.ts'
import { hooksRunning, settled, until } from '../support/story/ours.ts'
import { createPublisher, type Publisher } from '../support/story/publisher.ts'
import { left, typeEmerge } from '../support/story/typed.ts'

const HOST = { features: 'collision-protect', makeConf: { FAILS_IN: 'none' } }

let network: Network
let publisher: Publisher
before(async () => {
  network = await createNetwork({ name: 'build' })
  publisher = await createPublisher(network, ['test-misc/fails'], { makeConf: { FAILS_IN: 'none' } })
})
after(() => network.close())

test('a build that fails loses its stand-in, and the next one gets another', async () => {
  const consumer = await createConsumer(publisher, 'purging', HOST)
  const { host } = consumer
  const clean = await consumer.tree()
  const { emerge } = await standingAtCompile(consumer, typeEmerge)
  letGo(host, 'compile')
  await emerge.waitFor(/standin: test-misc\/fails-1: stand-in purged \(\d+ names? in \d+ ms\), the build is over/)
  assert.equal((await left(emerge)).exitCode, 1)
  assert.deepEqual(differences(clean, await consumer.tree()), [])
  await settled(host)

  hold(host, 'preinst')
  const next = await consumer.emerge('test-misc/fails')
  await next.waitFor(USABLE)
  await reached(host, 'preinst')
  assert.deepEqual(differences(clean, await consumer.tree()), [])
  letGo(host, 'preinst')
  assert.equal((await next.exited).exitCode, 0, next.output())
  await settled(host)
})

test('with on_failure = keep the stand-in of a failed build stays, and is gone before the next one is merged', async () => {
  const standin = { settings: { on_failure: 'keep' } }
  const consumer = await createConsumer(publisher, 'keeping', { ...HOST, standin })
  const { host } = consumer
  const clean = await consumer.tree()
  const { emerge, standing } = await standingAtCompile(consumer, typeEmerge)
  letGo(host, 'compile')
  await emerge.waitFor(/standin: test-misc\/fails-1: the build failed; its stand-in stays/)
  assert.equal((await left(emerge)).exitCode, 1)
  assert.deepEqual(differences(standing, await consumer.tree()), [])
  assert.equal((await host.run(['fails'])).stdout, 'fails\n')

  hold(host, 'preinst')
  const next = await consumer.emerge('test-misc/fails')
  await next.waitFor(/the stand-in of the build that failed can still be used/)
  await next.waitFor(PURGED)
  await reached(host, 'preinst')
  assert.deepEqual(differences(clean, await consumer.tree()), [])
  letGo(host, 'preinst')
  assert.equal((await next.exited).exitCode, 0, next.output())
  await settled(host)
})

test('so does that of an emerge that is killed, also where the daemon is started anew, until a reboot', async () => {
  const consumer = await createConsumer(publisher, 'kept', { ...HOST, standin: { settings: { on_failure: 'keep' } } })
  const { host } = consumer
  const clean = await consumer.tree()
  const { emerge, standing } = await standingAtCompile(consumer)
  emerge.kill('SIGKILL')
  await consumer.daemon.waitFor(/test-misc\/fails-1: the build failed; its stand-in stays/)
  await emerge.exited
  letGo(host, 'compile')
  consumer.daemon = await restartDaemon(host, consumer.daemon)
  assert.deepEqual(differences(standing, await consumer.tree()), [])
  await host.reboot()
  consumer.daemon = await startDaemon(host)
  assert.deepEqual(differences(clean, await consumer.tree()), [])
  await settled(host)
})

/** Ways to end an emerge from outside, with the exit code that it has then. */
const ENDS: readonly { name: string; end: (emerge: Started, consumer: Consumer) => void; exitCode: number }[] = [
  { name: 'interrupted with Ctrl-C', end: (emerge) => emerge.write('\u0003'), exitCode: 130 },
  { name: 'told to end by SIGTERM', end: (emerge) => emerge.kill('SIGTERM'), exitCode: 143 },
  { name: 'killed with SIGKILL', end: (emerge) => emerge.kill('SIGKILL'), exitCode: 137 },
]
for (const { name, end, exitCode } of ENDS) {
  test(`an emerge that is ${name} leaves the tree as before, and the next one works`, async () => {
    const consumer = await createConsumer(publisher, 'ended', HOST)
    const { host, daemon } = consumer
    const clean = await consumer.tree()
    const { emerge } = await standingAtCompile(consumer)
    end(emerge, consumer)
    assert.equal((await emerge.exited).exitCode, exitCode)
    await daemon.waitFor(PURGED)
    await until(
      async () => differences(clean, await consumer.tree()),
      (changed) => changed.length === 0,
    )
    await settled(host)
    letGo(host, 'compile')

    const next = await consumer.emerge('test-misc/fails')
    await next.waitFor(USABLE)
    assert.equal((await next.exited).exitCode, 0, next.output())
    await settled(host)
    await host.close()
  })
}

test('Ctrl-C ends an emerge at once that waits at setup for a stand-in, and what it waited with', async () => {
  const consumer = await createConsumer(publisher, 'waiting', { ...HOST, standin: { settings: { install_wait: '60' } } })
  const { host } = consumer
  const waiting = async (): Promise<boolean> => (await hooksRunning(host)).some((line) => line.includes('/hooks/install.mjs'))
  const emerge = await consumer.emerge('test-misc/slow')
  await until(waiting, Boolean)
  const began = performance.now()
  emerge.write('\u0003')
  assert.equal((await emerge.exited).exitCode, 130)
  const took = (performance.now() - began) / 1000
  assert.ok(took < 10, `${took} s`)
  await until(waiting, (still) => !still, 30)
  await settled(host)
})

/** On a terminal that goes with it, so that a signal finds nothing but emerge there. */
const emergeAlone: typeof typeEmerge = (host, args, options) => host.start(['emerge', '--color=n', ...args], { ...options, pty: true })

/** An emerge that stands at its compile phase, told to fail there, and the tree with its stand-in. */
async function standingAtCompile(consumer: Consumer, type = emergeAlone): Promise<{ emerge: Started; standing: Snapshot }> {
  const { host } = consumer
  hold(host, 'compile')
  const emerge = await type(host, ['test-misc/fails'], { env: { FAILS_IN: 'compile' } })
  await emerge.waitFor(USABLE)
  await reached(host, 'compile')
  assert.equal((await host.run(['fails'])).stdout, 'fails\n')
  return { emerge, standing: await consumer.tree() }
}
