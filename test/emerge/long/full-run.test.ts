/**
 * Where nothing more can be written below /run, emerge goes on as ever, what stands in is gone before the merge, and each line says what could not be written.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createNetwork, type Network } from '../../support/host/network.ts'
import { differences } from '../../support/host/snapshot.ts'
import { startDaemon, stopDaemon } from '../../support/standin/daemon.ts'
import { type Consumer, createConsumer, PURGED, USABLE } from '../../support/story/consumer.ts'
import { hold, letGo, reached } from '../../support/story/gate.ts'
import { settled } from '../../support/story/ours.ts'
import { createPublisher } from '../../support/story/publisher.ts'

const FLAGS = 'test-misc/flags'
const NO_ROOM = String.raw`could not write /run/standin/notes/\S+flags-1: ENOSPC`

let network: Network
let consumer: Consumer
before(async () => {
  network = await createNetwork({ name: 'fullrun' })
  const publisher = await createPublisher(network, [FLAGS])
  consumer = await createConsumer(publisher, 'beta', { features: 'collision-protect', standin: { features: 'install publish' } })
  await stopDaemon(consumer.daemon)
  await consumer.host.run(['mount', '-t', 'tmpfs', '-o', 'size=512k,mode=0700', 'none', '/run/standin'])
  consumer.daemon = await startDaemon(consumer.host)
})
after(() => network.close())

test('a build that begins then is not followed, and the log says why', async () => {
  const { host, daemon } = consumer
  const clean = await consumer.tree()
  await fill()
  const said = await emerged(clean, () => Promise.resolve())
  assert.doesNotMatch(said, /standin/)
  assert.match(daemon.output(), new RegExp(`flags-1: fetch: .*${NO_ROOM}`))
  await host.run(['rm', '/run/standin/fill'])
  await settled(host)
  await host.emerge(['--unmerge', '--quiet', FLAGS])
})

test('a stand-in that is live goes, and the own build is neither published nor compared, which is said', async () => {
  const { host, daemon } = consumer
  const said = await emerged(await consumer.tree(), async (emerge) => {
    await emerge.waitFor(USABLE)
    await fill()
  })
  assert.match(said, PURGED)
  await daemon.waitFor(new RegExp(`flags-1: your own build can't be compared .* is not published: ${NO_ROOM}`))
  assert.doesNotMatch(said + daemon.output(), /is gone/)
  await host.run(['rm', '/run/standin/fill'])
  await settled(host)
})

async function fill(): Promise<void> {
  await consumer.host.run(['sh', '-c', 'head -c 1m /dev/zero > /run/standin/fill'], { check: false })
}

/** What one emerge says that ends well, and has `happens` while it compiles. */
async function emerged(
  clean: Awaited<ReturnType<Consumer['tree']>>,
  happens: (emerge: Awaited<ReturnType<Consumer['emerge']>>) => Promise<void>,
): Promise<string> {
  const { host } = consumer
  for (const phase of ['compile', 'preinst'] as const) hold(host, phase)
  const emerge = await consumer.emerge(FLAGS)
  await reached(host, 'compile')
  await happens(emerge)
  letGo(host, 'compile')
  await reached(host, 'preinst')
  assert.deepEqual(differences(clean, await consumer.tree()), [])
  letGo(host, 'preinst')
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  return emerge.output()
}
