/**
 * A peer that dies while a copy is looked for, or on its way, costs the moment that the next one needs, and one that hangs half a minute: the copy
 * comes all the same.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Host } from '../../support/host/host.ts'
import { createNetwork, type Network } from '../../support/host/network.ts'
import { ask } from '../../support/standin/ask.ts'
import { createConsumer, USABLE } from '../../support/story/consumer.ts'
import { hold, letGo, reached } from '../../support/story/gate.ts'
import { settled, until } from '../../support/story/ours.ts'
import { createPublisher, type Publisher } from '../../support/story/publisher.ts'
import { atEnd } from '../../support/atEnd.ts'

const [FLAGS, BIG] = ['test-misc/flags', 'test-misc/big']
const MEGABYTES = { BIG_MEGABYTES: '12' }

let network: Network
let publisher: Publisher
before(async () => {
  network = await createNetwork({ name: 'peer' })
  publisher = await createPublisher(network, [FLAGS, BIG], { makeConf: MEGABYTES })
})
after(() => network.close())

async function peerOf(host: Host): Promise<number> {
  const { peer } = await until(
    () => ask(host, { t: 'status' }, 'status'),
    (status) => status.peer !== null,
  )
  return peer?.pid ?? 0
}

const signal = (host: Host, name: string, pid: number): Promise<unknown> => host.run(['kill', `-${name}`, String(pid)])

/** What is on its way to `host`, once there is more of it than `least` bytes. */
async function comingTo(host: Host, least: number): Promise<{ bytes: number; total: number }> {
  const { transfers } = await until(
    () => ask(host, { t: 'status' }, 'status'),
    ({ transfers: [first] }) => first?.direction === 'down' && first.bytes > least,
  )
  return transfers[0] ?? { bytes: 0, total: 0 }
}

test('a peer that is killed while it fetches is followed by one that goes on where it was', async () => {
  const consumer = await createConsumer(publisher, 'beta', { makeConf: MEGABYTES, standin: { settings: { download_limit: '1M' } } })
  const { host } = consumer
  hold(host, 'compile')
  const emerge = await consumer.emerge(BIG)
  const first = await peerOf(host)
  const { bytes, total } = await comingTo(host, 2_000_000)
  assert.ok(bytes < total)
  await signal(host, 'KILL', first)
  const next = await comingTo(host, 0)
  assert.notEqual(await peerOf(host), first)
  // What was not whole of its pieces is fetched again.
  assert.ok(next.bytes > bytes - 1_000_000, `${next.bytes} after ${bytes} of ${total}`)
  await emerge.waitFor(USABLE)
  letGo(host, 'compile')
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  assert.doesNotMatch(emerge.output(), /no stand-in/)
  await settled(host)
})

test('a peer that is killed while it looks for a copy is followed by one that looks on', async (t) => {
  const consumer = await createConsumer(publisher, 'gamma')
  const { host } = consumer
  const giver = await peerOf(publisher.host)
  await signal(publisher.host, 'STOP', giver)
  atEnd(t, () => signal(publisher.host, 'CONT', giver))
  hold(host, 'compile')
  const emerge = await consumer.emerge(FLAGS)
  await reached(host, 'compile')
  const first = await peerOf(host)
  await signal(host, 'KILL', first)
  await consumer.daemon.waitFor(/peer: ended \(SIGKILL\), starts again/)
  await signal(publisher.host, 'CONT', giver)
  await emerge.waitFor(USABLE)
  letGo(host, 'compile')
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  assert.doesNotMatch(emerge.output(), /no stand-in/)
  await settled(host)
})

test('a peer that hangs while it looks for a copy is said to, is killed, and the next one finds it', async () => {
  const consumer = await createConsumer(publisher, 'delta')
  const { host } = consumer
  const first = await peerOf(host)
  assert.equal((await ask(host, { t: 'status' }, 'status')).peer?.answers, true)
  await signal(host, 'STOP', first)
  hold(host, 'compile')
  const emerge = await consumer.emerge(FLAGS)
  await reached(host, 'compile')
  const began = performance.now()
  const { stdout } = await host.run(['standin', 'status'])
  const took = (performance.now() - began) / 1000
  assert.match(stdout, /, peer \d+ \(\d+ MB, does not answer just now\)$/m)
  assert.ok(took < 4, `${took} s`)
  assert.match((await host.run(['standin', 'doctor'], { check: false })).stdout, /its peer \(pid \d+\) does not answer just now/)
  await consumer.daemon.waitFor(/peer: has not answered for 30 s: it is killed/)
  await emerge.waitFor(USABLE)
  assert.notEqual(await peerOf(host), first)
  letGo(host, 'compile')
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  assert.doesNotMatch(emerge.output(), /no stand-in/)
  assert.match((await host.run(['standin', 'doctor'], { check: false })).stdout, /daemon.*pids \d+ and \d+/)
  await settled(host)
})
