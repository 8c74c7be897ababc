/**
 * What may become of the daemon while others go on, and what holds all the same: emerge ends as it would without standin, and a stand-in is gone before the merge.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { before, describe, test, type TestContext } from 'node:test'
import type { Network } from '../host/network.ts'
import { differences } from '../host/snapshot.ts'
import { buildsOf } from '../standin/ask.ts'
import { killDaemon, startDaemon, stopDaemon } from '../standin/daemon.ts'
import { type Consumer, createConsumer } from './consumer.ts'
import { hold, letGo, reached } from './gate.ts'
import { freeze, hooksRunning, sameLog, settled, wake } from './ours.ts'
import type { Publisher } from './publisher.ts'

export const FLAGS = ['--quiet-build=n', 'test-misc/flags']

/** What may have become of the daemon, and how to get there from one that runs. */
export const FAULTS: Readonly<Record<string, (consumer: Consumer, t: TestContext) => Promise<unknown> | void>> = {
  'stopped as a service is': ({ daemon }) => stopDaemon(daemon),
  'killed, with its socket and FIFOs left behind': ({ daemon }) => killDaemon(daemon),
  'hung, with a full FIFO': ({ host, daemon }, t) => {
    freeze(t, daemon)
    return host.run(['sh', '-c', 'dd if=/dev/zero bs=4096 count=16 1<>/run/standin/hooks'])
  },
  hung: ({ daemon }, t) => freeze(t, daemon),
  'alive, with its FIFO replaced by a file': ({ host }) => host.run(['sh', '-c', 'cd /run/standin && rm hooks && : > hooks']),
  'alive, with its folder below /run removed': ({ host }) => host.run(['rm', '-r', '/run/standin']),
  'alive, without a Node for hooks': ({ host }) => host.run(['rm', '/usr/bin/node']),
}

/** Declares a test for each of `names` of FAULTS. */
export function besideLive(where: () => { network: Network; publisher: Publisher }, names: readonly string[]): void {
  describe('beside a stand-in that is live, the daemon is', () => {
    let log: string
    before(async () => {
      const plain = await where().network.createHost({ name: 'plain', features: 'collision-protect' })
      log = sameLog((await plain.emerge(FLAGS)).stdout)
    })
    for (const [name, happens] of Object.entries(FAULTS).filter(([fault]) => names.includes(fault))) {
      test(name, async (t) => {
        const consumer = await createConsumer(where().publisher, 'beta', {
          features: 'collision-protect',
          standin: { features: 'install publish' },
        })
        const { host, daemon } = consumer
        const clean = await consumer.tree()
        hold(host, 'compile')
        hold(host, 'preinst')
        const emerge = await host.start(['emerge', '--color=n', ...FLAGS], { env: { NO_COLOR: '1' } })
        await daemon.waitFor(/can be used now/)
        await reached(host, 'compile')
        assert.match((await host.run(['flags'])).stdout, /alpha/)

        await happens(consumer, t)
        letGo(host, 'compile')

        await reached(host, 'preinst')
        assert.deepEqual(withoutNode(differences(clean, await consumer.tree())), [])
        letGo(host, 'preinst')
        const ended = await emerge.exited
        assert.equal(ended.exitCode, 0, ended.stderr)
        const ours = /^ \* standin: test-misc\/flags-1: stand-in purged without the daemon \(\d+ names?\)\n/m
        assert.equal(sameLog(ended.stdout + ended.stderr).replace(ours, ''), log)
        assert.deepEqual(await hooksRunning(host), [])
        await comesBack(consumer)
        assert.match((await host.run(['flags'])).stdout, /alpha/)
        await host.close()
      })
    }
  })
}

/** A test takes Node away itself. */
function withoutNode(lines: readonly string[]): string[] {
  return lines.filter((line) => !line.startsWith('removed /usr/bin/node '))
}

/** A daemon that wakes up, or is started again, finds nothing to do, and publishes nothing that it may have seen half. */
export async function comesBack({ host, daemon }: Consumer): Promise<void> {
  wake(daemon)
  if (existsSync(`/proc/${daemon.pid}`) && host.exists('/run/standin/hooks')) await settled(host)
  await stopDaemon(daemon)
  if (!host.exists('/usr/bin/node')) return
  const again = await startDaemon(host)
  await settled(host)
  const misjudged = (await buildsOf(host)).filter(({ audit }) => audit !== 'agree')
  assert.deepEqual(misjudged, [])
  assert.doesNotMatch(again.output(), /placed|purged|settled|(?<!not )published/)
  await stopDaemon(again)
}
