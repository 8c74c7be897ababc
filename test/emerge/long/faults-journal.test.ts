/**
 * A journal that somebody has locked, be it a warden that hangs inside of its own transaction, keeps no emerge from its normal course, and what was
 * merged meanwhile is whole after everybody has woken up.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Started } from '../../support/host/enter.ts'
import type { Host } from '../../support/host/host.ts'
import { createNetwork, type Network } from '../../support/host/network.ts'
import { differences, type Snapshot } from '../../support/host/snapshot.ts'
import { ask, buildsOf } from '../../support/standin/ask.ts'
import { killDaemon, startDaemon } from '../../support/standin/daemon.ts'
import { hangIn, hung, startHanging } from '../../support/standin/hang.ts'
import { type Consumer, createConsumer, USABLE } from '../../support/story/consumer.ts'
import { hold, letGo, reached } from '../../support/story/gate.ts'
import { freeze, settled, wake } from '../../support/story/ours.ts'
import { createPublisher, type Publisher } from '../../support/story/publisher.ts'
import { atEnd } from '../../support/atEnd.ts'

const FLAGS = 'test-misc/flags'
const ALONE = /test-misc\/flags-1: stand-in purged without the daemon/

/** From the end of the build to the merge, on a machine that has other things to do as well; test/standin/locked.test.ts holds what a lock costs. */
const SECONDS = 15

let network: Network
let publisher: Publisher
before(async () => {
  network = await createNetwork({ name: 'journal' })
  publisher = await createPublisher(network, [FLAGS])
})
after(() => network.close())

/** One that has heard of a merge and hangs then is waited for as long as it is said. */
const consumerOf = (): Promise<Consumer> =>
  createConsumer(publisher, 'beta', { features: 'collision-protect', standin: { settings: { purge_wait: '2' } } })

/** Somebody who looks into the journal, and stays there. */
async function lockJournal(host: Host): Promise<Started> {
  const open = "const {DatabaseSync}=require('node:sqlite');const d=new DatabaseSync('/var/lib/standin/journal.sqlite')"
  const lock = await host.start([
    'node',
    '--no-warnings',
    '-e',
    `${open};d.exec('BEGIN IMMEDIATE');console.log('locked');setInterval(()=>{},1000)`,
  ])
  await lock.waitFor(/locked/)
  return lock
}

/** Lets the build go on and merges it; gives what the merge has made of the host. */
async function merges(consumer: Consumer, emerge: Started, clean: Snapshot): Promise<Snapshot> {
  const { host } = consumer
  hold(host, 'preinst')
  const began = performance.now()
  letGo(host, 'compile')
  await reached(host, 'preinst')
  const took = (performance.now() - began) / 1000
  assert.ok(took < SECONDS, `the merge began after ${took} s\n${emerge.output()}`)
  assert.deepEqual(differences(clean, await consumer.tree()), [])
  letGo(host, 'preinst')
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  assert.doesNotMatch(emerge.output(), /in the way of this merge|could not (open|purge)/)
  return consumer.tree()
}

/** Nothing stands in, nothing is doubted, and the daemon has touched nothing. */
async function atRest(consumer: Consumer, merged: Snapshot): Promise<void> {
  const { host } = consumer
  await settled(host)
  assert.deepEqual((await ask(host, { t: 'list' }, 'list')).live, [])
  assert.deepEqual(
    (await buildsOf(host)).filter(({ audit }) => audit !== 'agree'),
    [],
  )
  assert.deepEqual(differences(merged, await consumer.tree()), [])
  assert.match((await host.run(['flags'])).stdout, /alpha/)
  await host.close()
}

describe('another program has locked it, and the daemon is', () => {
  for (const fate of ['dead', 'hung', 'at work'] as const) {
    test(fate, async (t) => {
      const consumer = await consumerOf()
      const { host, daemon } = consumer
      const clean = await consumer.tree()
      hold(host, 'compile')
      const emerge = await consumer.emerge('--quiet-build=n', FLAGS)
      await emerge.waitFor(USABLE)
      await reached(host, 'compile')
      if (fate === 'dead') await killDaemon(daemon)
      const lock = await lockJournal(host)
      if (fate === 'hung') freeze(t, daemon)
      const merged = await merges(consumer, emerge, clean)
      if (fate !== 'at work') assert.match(emerge.output(), ALONE)
      lock.kill('SIGKILL')
      await lock.exited
      if (fate === 'dead') await startDaemon(host)
      wake(daemon)
      await atRest(consumer, merged)
    })
  }
})

/** What it is about, in SQL. */
const TRANSACTIONS = {
  'that names what becomes visible': "SET state = 'placing'",
  'that calls all of it placed': "SET state = 'placed'",
  'that begins to take it away': "SET state = 'purging'",
  'that calls it gone': "SET state = 'purged'",
} as const

describe('the daemon hangs inside of the transaction', () => {
  for (const [name, sql] of Object.entries(TRANSACTIONS)) {
    test(name, async (t) => {
      const consumer = await consumerOf()
      const { host } = consumer
      const daemon = await startHanging(host, consumer.daemon)
      const clean = await consumer.tree()
      atEnd(t, () => wake(daemon))
      hold(host, 'compile')
      const placing = sql.includes('plac')
      if (placing) hangIn(host, sql)
      const emerge = await consumer.emerge('--quiet-build=n', FLAGS)
      if (placing) await hung(host, daemon)
      else await emerge.waitFor(USABLE)
      await reached(host, 'compile')
      if (!placing) hangIn(host, sql)
      const merged = await merges(consumer, emerge, clean)
      await hung(host, daemon)
      wake(daemon)
      await atRest(consumer, merged)
    })
  }
})
