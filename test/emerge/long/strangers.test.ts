/**
 * Strangers between honest publishers on a real network: what they say of a copy counts nothing, and what cannot be used is left for the next.
 *
 * No machine that runs these tests has a CPU with XOP, which one maker built into CPUs of 2011 to 2015.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { createNetwork, type Network } from '../../support/host/network.ts'
import { keyIdOf, policyNaming } from '../../support/standin/ask.ts'
import { startDaemon, stopDaemon } from '../../support/standin/daemon.ts'
import { type Consumer, createConsumer, USABLE } from '../../support/story/consumer.ts'
import { hold, letGo } from '../../support/story/gate.ts'
import { createPublisher, type Publisher } from '../../support/story/publisher.ts'
import { createStranger, signedOn, withMetadata } from '../../support/story/stranger.ts'

const FLAGS = 'test-misc/flags'
const ODD = '-O2 -mxop'

let network: Network
let odd: Publisher
let plain: Publisher

before(async () => {
  network = await createNetwork({ name: 'strangers' })
  odd = await createPublisher(network, [FLAGS], { name: 'odd', cflags: ODD })
  plain = await createPublisher(network, [FLAGS], { name: 'plain' })
})
after(() => network.close())

/** From now on these publishers give to others, and nobody else does. */
async function gives(...wanted: readonly Publisher[]): Promise<void> {
  for (const one of [odd, plain]) await stopDaemon(one.daemon)
  if (wanted.includes(odd)) odd = { ...odd, daemon: await startDaemon(odd.host) }
  if (wanted.includes(plain)) plain = { ...plain, daemon: await startDaemon(plain.host) }
}

/** Emerges while the compile phase is held until a stand-in is there, or it is said that there will be none. */
async function saidTo(user: Consumer): Promise<{ text: string; seconds: number; why: string }> {
  const { host } = user
  hold(host, 'compile')
  const began = performance.now()
  const emerging = await user.emerge(FLAGS)
  await emerging.waitFor(/can be used now|no stand-in: /)
  const seconds = (performance.now() - began) / 1000
  letGo(host, 'compile')
  assert.equal((await emerging.exited).exitCode, 0, emerging.output())
  const { stdout } = await host.run(['standin', 'why', FLAGS])
  await host.emerge(['--unmerge', '--quiet', FLAGS])
  return { text: emerging.output(), seconds, why: stdout }
}

test('a stranger who repacks honest files for every CPU places nothing, and is named in why', async () => {
  const signed = await signedOn(odd.host)
  const repacked = await withMetadata(odd.host, signed, (honest) => ({ ...honest, CFLAGS: '-O2', CXXFLAGS: '-O2' }))
  await gives()
  const stranger = await createStranger(network, 'stranger', signed, [repacked], true)
  const user = await createConsumer(odd, 'alone')
  const { text, why } = await saidTo(user)
  assert.doesNotMatch(text, USABLE)
  assert.match(text, /no stand-in: none of 1 offered copy can be used \(.*its metadata are not what was signed/)
  assert.match(why, /stopped +fetch .*its metadata are not what was signed/)
  await stranger.reboot()
})

test('where a rule refuses the best copy, the next one is taken, and why names what stopped the first', async () => {
  await gives(odd, plain)
  const policy = policyNaming(keyIdOf(odd.host), keyIdOf(plain.host))
  const user = await createConsumer({ ...odd, policy }, 'between', { cflags: ODD })
  const { text, why } = await saidTo(user)
  assert.match(text, USABLE)
  assert.doesNotMatch(text, /no stand-in/)
  assert.match(why, /stopped +cpu-options +[0-9a-f]{12}: it was built for a CPU with xop/)
})

test('where a rule refuses every copy, one line says why', async () => {
  await gives(odd)
  const user = await createConsumer(odd, 'odd-user', { cflags: ODD })
  const { text } = await saidTo(user)
  assert.deepEqual(
    text.match(/no stand-in: .*/g)?.map((line) => line.trim()),
    ['no stand-in: it was built for a CPU with xop'],
  )
})

test('a stranger with ten archives of nothing costs seconds, and silences nobody', async (t) => {
  await gives(plain)
  const signed = await signedOn(plain.host)
  // Of another recipe than the copy, so that the search waits for more than one offer, and the smallest is asked for first.
  const user = await createConsumer(plain, 'flooded', { cflags: '-O1' })
  const calm = await saidTo(user)
  assert.match(calm.text, USABLE)
  const archives = Array.from({ length: 10 }, (_, at) => randomBytes(1000 + at))
  await createStranger(network, 'flooder', signed, archives, false)
  const { text, seconds } = await saidTo(user)
  assert.match(text, USABLE)
  const vain = user.daemon.output().match(/STALLED/g)?.length ?? 0
  t.diagnostic(`${calm.seconds.toFixed(1)} s without, ${seconds.toFixed(1)} s with the flooder, ${vain} of whose archives were asked for`)
  assert.ok(seconds < calm.seconds + 30)
})
