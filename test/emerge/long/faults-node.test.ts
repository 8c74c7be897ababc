/**
 * A Node that hangs costs a hook its limit and no more, whatever moment it was started for; and the line that is read then says what is true.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Host } from '../../support/host/host.ts'
import { createNetwork, type Network } from '../../support/host/network.ts'
import { differences, type Snapshot } from '../../support/host/snapshot.ts'
import { killDaemon, startDaemon } from '../../support/standin/daemon.ts'
import { type Consumer, createConsumer, USABLE } from '../../support/story/consumer.ts'
import { hold, letGo, reached } from '../../support/story/gate.ts'
import { hooksRunning, settled } from '../../support/story/ours.ts'
import { createPublisher, type Publisher } from '../../support/story/publisher.ts'

const FLAGS = 'test-misc/flags'
const STOPPED = /flags is still in the way of this merge: the daemon did not take it away, and Node took too long and was stopped/

/** Longer than all limits together. */
const HANGS = 300

let network: Network
let publisher: Publisher
before(async () => {
  network = await createNetwork({ name: 'hangs' })
  publisher = await createPublisher(network, [FLAGS])
})
after(() => network.close())

test('while the daemon is dead: the merge goes on after 20 seconds and is told why', async () => {
  const { consumer, clean } = await ready()
  const { host, daemon } = consumer
  hold(host, 'compile')
  const emerge = await consumer.emerge('--quiet-build=n', FLAGS)
  await emerge.waitFor(USABLE)
  await reached(host, 'compile')
  await killDaemon(daemon)
  await hang(host)
  const began = performance.now()
  letGo(host, 'compile')
  assert.equal((await emerge.exited).exitCode, 1, 'collision-protect refuses what it finds')
  const took = (performance.now() - began) / 1000
  assert.ok(took > 20 && took < 40, `${took} s`)
  assert.match(emerge.output(), STOPPED)
  assert.match(emerge.output(), /make \/usr\/bin\/node run again, `standin purge --all`, and emerge once more/)
  assert.doesNotMatch(emerge.output(), /Killed|Terminated/)
  assert.deepEqual(await hooksRunning(host), [])
  assert.doesNotMatch((await host.run(['ps', '-eo', 'args'])).stdout, new RegExp(`^sleep ${HANGS}$`, 'm'))

  await mended(host)
  await host.run(['standin', 'purge', '--all'])
  assert.deepEqual(differences(clean, await consumer.tree()), [])
  assert.equal((await (await consumer.emerge(FLAGS)).exited).exitCode, 0)
  await startDaemon(host)
  await settled(host)
})

test('where each moment is told by Node: five seconds for each, and the emerge is as ever', async () => {
  const { consumer } = await ready()
  const { host } = consumer
  await host.run(['rm', '/run/standin/hooks'])
  await hang(host)
  const began = performance.now()
  const emerge = await consumer.emerge('--quiet-build=n', 'test-misc/nothing')
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  const took = (performance.now() - began) / 1000
  // fetch, purge, fetch of the last clean; who went on alone once does not speak of the end.
  assert.ok(took > 10 && took < 60, `${took} s`)
  assert.doesNotMatch(emerge.output(), /standin|Killed|Terminated/)
  assert.deepEqual(await hooksRunning(host), [])
  assert.doesNotMatch((await host.run(['ps', '-eo', 'args'])).stdout, new RegExp(`^sleep ${HANGS}$`, 'm'))
  await mended(host)
  await host.emerge(['--unmerge', '--quiet', 'test-misc/nothing'])
})

test('standin unmerged meanwhile says what may still be there, and what helps', async () => {
  const { consumer, clean } = await ready()
  const { host, daemon } = consumer
  hold(host, 'compile')
  const emerge = await consumer.emerge('--quiet-build=n', FLAGS)
  await emerge.waitFor(USABLE)
  await reached(host, 'compile')
  await killDaemon(daemon)
  host.write('/usr/bin/node.broken', '#!/bin/sh\necho "node: a library is missing" >&2\nexit 127\n', 0o755)
  await host.run(['sh', '-c', 'mv /usr/bin/node /usr/bin/node.real && mv /usr/bin/node.broken /usr/bin/node'])
  const unmerge = await host.emerge(['--unmerge', '--quiet', 'app-portage/standin'])
  const said = unmerge.stdout + unmerge.stderr
  assert.match(said, /node: a library is missing/)
  assert.match(said, /stand-ins may still be there, and nobody takes them away .* Portage may refuse those/)
  assert.match(said, /is it \/usr\/bin\/node .*: emerge app-portage\/standin, then standin purge --all/)
  letGo(host, 'compile')
  assert.equal((await emerge.exited).exitCode, 1, 'collision-protect refuses what it finds')

  await mended(host)
  await host.emerge(['--quiet', 'app-portage/standin'])
  await host.run(['standin', 'purge', '--all'])
  assert.deepEqual(
    differences(clean, await consumer.tree()).filter((line) => / \/usr\//.test(line) && !/standin/.test(line)),
    [],
    'but for what Portage does after each merge',
  )
  assert.equal((await host.emerge([FLAGS], { env: { UNHELD: '1' } })).exitCode, 0)
})

async function ready(): Promise<{ consumer: Consumer; clean: Snapshot }> {
  const consumer = await createConsumer(publisher, 'beta', { features: 'collision-protect', standin: { settings: { purge_wait: '5' } } })
  return { consumer, clean: await consumer.tree() }
}

/** It does not end when it is asked to. */
async function hang(host: Host): Promise<void> {
  host.write('/usr/bin/node.hangs', `#!/bin/sh\ntrap '' TERM\nexec sleep ${HANGS}\n`, 0o755)
  await host.run(['sh', '-c', 'mv /usr/bin/node /usr/bin/node.real && mv /usr/bin/node.hangs /usr/bin/node'])
}

async function mended(host: Host): Promise<void> {
  await host.run(['mv', '/usr/bin/node.real', '/usr/bin/node'])
}
