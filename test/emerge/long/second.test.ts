/**
 * A second emerge merges the package while the first one still builds beside its stand-in: the stand-in is gone before that merge, whatever
 * way the second one takes, and the first one is told and goes on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Ended, Started } from '../../support/host/enter.ts'
import { createNetwork, type Network } from '../../support/host/network.ts'
import { killDaemon, startDaemon } from '../../support/standin/daemon.ts'
import { type Consumer, createConsumer, USABLE } from '../../support/story/consumer.ts'
import { hold, letGo, reached, UNHELD } from '../../support/story/gate.ts'
import { leftOn, settled } from '../../support/story/ours.ts'
import { createPublisher, type Publisher } from '../../support/story/publisher.ts'
import { left, typeEmerge } from '../../support/story/typed.ts'

const FLAGS = 'test-misc/flags'
const EBUILDS = `/var/db/repos/gentoo/${FLAGS}`
const AGREES = /your own build agrees with the copy that stood in, byte for byte/
const STILL = /the stand-in of test-misc\/flags is still in the way of this merge: the daemon did not take it away, and Node does not run/
const TAKEN = /test-misc\/flags-1: stand-in purged: test-misc\/flags-\d is merged now/

let network: Network
let publisher: Publisher
before(async () => {
  network = await createNetwork({ name: 'second' })
  publisher = await createPublisher(network, [FLAGS])
})
after(() => network.close())

interface Way {
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** Below the same one it would wait for the lock of the build. */
const ELSEWHERE = { PORTAGE_TMPDIR: '/var/tmp/other' }

/** Ways of the second emerge. */
const WAYS: Readonly<Record<string, Way>> = {
  'another version in the same slot': { args: [`=${FLAGS}-2`] },
  'another version, with standin switched off': { args: [`=${FLAGS}-2`], env: { STANDIN_FEATURES: '' } },
  'the same version below another PORTAGE_TMPDIR': { args: [`=${FLAGS}-1`], env: ELSEWHERE },
  'a binary package of another version': { args: ['--usepkgonly', `=${FLAGS}-2`] },
}

describe('with a daemon that is there', () => {
  let consumer: Consumer
  before(async () => {
    consumer = await readied('beta')
  })
  for (const [name, way] of Object.entries(WAYS)) {
    test(name, async () => {
      const { first, second } = await both(consumer, way)
      assert.equal(second.exitCode, 0, second.stdout)
      assert.match(second.stdout, /test-misc\/flags-\d: stand-in purged \(\d+ names? in \d+ ms\)/)
      await first.waitFor(TAKEN)
      await goesOn(consumer, first, AGREES)
      assert.equal(count(first.output(), /stand-in purged/g), 1, first.output())
      await settled(consumer.host)
    })
  }

  test('a binary package, and no Node for hooks', async () => {
    const { host } = consumer
    await host.run(['mv', '/usr/bin/node', '/usr/bin/node.away'])
    const { first, second } = await both(consumer, { args: ['--usepkgonly', `=${FLAGS}-2`] })
    await host.run(['mv', '/usr/bin/node.away', '/usr/bin/node'])
    assert.equal(second.exitCode, 0, second.stdout)
    assert.match(second.stdout, /test-misc\/flags-2: stand-in purged/)
    await first.waitFor(TAKEN)
    await goesOn(consumer, first)
    await settled(host)
  })
})

describe('with a daemon that was killed', () => {
  let consumer: Consumer
  before(async () => {
    consumer = await readied('gamma')
  })
  for (const name of ['another version, with standin switched off', 'a binary package of another version']) {
    test(name, async () => {
      const { first, second } = await both(consumer, WAYS[name] ?? { args: [] }, () => killDaemon(consumer.daemon))
      assert.equal(second.exitCode, 0, second.stdout)
      assert.match(second.stdout, /standin: test-misc\/flags-1: stand-in purged without the daemon/)
      await goesOn(consumer, first)
      consumer.daemon = await startDaemon(consumer.host)
      await settled(consumer.host)
      assert.deepEqual(await leftOn(consumer.host), [])
    })
  }

  for (const features of ['collision-protect', '-collision-protect -protect-owned']) {
    test(`no Node that starts, FEATURES="${features}"`, async () => {
      const { host } = consumer
      const way = { args: [`=${FLAGS}-2`], env: { FEATURES: features } }
      const { first, second } = await both(consumer, way, async () => {
        await killDaemon(consumer.daemon)
        // As after an update of a library that it needs.
        await host.run(['mv', '/usr/bin/node', '/usr/bin/node.away'])
        host.write('/usr/bin/node', '#!/nonexistent\n', 0o755)
      })
      assert.equal(second.exitCode, features.startsWith('-') ? 0 : 1, second.stdout)
      assert.match(second.stdout, STILL)
      assert.match(second.stdout, /`standin purge --all`/)
      await host.run(['mv', '/usr/bin/node.away', '/usr/bin/node'])
      await host.run(['standin', 'purge', '--all'])
      await goesOn(consumer, first)
      consumer.daemon = await startDaemon(host)
      await settled(host)
    })
  }
})

/** A host that has a second version, and binary packages of both, made without standin. */
async function readied(name: string): Promise<Consumer> {
  const consumer = await createConsumer(publisher, name, { features: 'collision-protect' })
  const { host } = consumer
  host.write(`${EBUILDS}/flags-2.ebuild`, host.read(`${EBUILDS}/flags-1.ebuild`))
  await host.run(['mkdir', '-p', '/var/tmp/other'])
  await host.emerge(['--buildpkgonly', `=${FLAGS}-1`, `=${FLAGS}-2`], { env: { STANDIN_FEATURES: '' } })
  return consumer
}

/** The first emerge stands at compile beside its stand-in; the second one goes all its way. */
async function both(
  consumer: Consumer,
  way: Way,
  between = (): Promise<unknown> => Promise.resolve(),
): Promise<{ first: Started; second: Ended }> {
  const { host } = consumer
  hold(host, 'compile')
  const first = await typeEmerge(host, [`=${FLAGS}-1`], { env: { NO_COLOR: '1' } })
  await first.waitFor(USABLE)
  await reached(host, 'compile')
  await between()
  const env = { NO_COLOR: '1', ...UNHELD, ...way.env }
  const second = await host.start(['emerge', '--color=n', ...way.args], { pty: true, env })
  return { first, second: { ...(await second.exited), stdout: second.output() } }
}

/** What the first emerge builds is merged all the same; then nothing of the package is left. */
async function goesOn(consumer: Consumer, first: Started, last = />>> Completed/): Promise<void> {
  const { host } = consumer
  letGo(host, 'compile')
  await first.waitFor(last)
  assert.equal((await left(first)).exitCode, 0, first.output())
  assert.match((await host.run(['flags'])).stdout, /alpha/)
  await host.emerge(['--unmerge', '--quiet', FLAGS])
  assert.ok(!host.exists('/usr/bin/flags'))
}

function count(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].length
}
