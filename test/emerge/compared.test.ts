/**
 * A copy that stood in and can't be held against the own build is never passed over in silence: one line says why, and so does `standin why`.
 *
 * Nor does somebody who publishes nothing read that something is not published.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createNetwork, type Network } from '../support/host/network.ts'
import { killDaemon, startDaemon } from '../support/standin/daemon.ts'
import { type Consumer, createConsumer, USABLE } from '../support/story/consumer.ts'
import { hold, letGo, reached } from '../support/story/gate.ts'
import { settled } from '../support/story/ours.ts'
import { createPublisher, type Publisher } from '../support/story/publisher.ts'
import { left, typeEmerge } from '../support/story/typed.ts'

const FLAGS = 'test-misc/flags'
const COPY = "your own build can't be compared with the copy that stood in"

let network: Network
let publisher: Publisher
before(async () => {
  network = await createNetwork({ name: 'compared' })
  publisher = await createPublisher(network, [FLAGS])
})
after(() => network.close())

async function whyOn({ host }: Consumer): Promise<string> {
  return (await host.run(['standin', 'why', FLAGS])).stdout
}

/** Emerges it with a stand-in, to the end of all that standin says. */
async function said(consumer: Consumer): Promise<string> {
  const { host } = consumer
  hold(host, 'compile')
  const emerge = await typeEmerge(host, [FLAGS])
  await emerge.waitFor(USABLE)
  letGo(host, 'compile')
  await emerge.waitFor(new RegExp(COPY))
  await settled(host)
  assert.equal((await left(emerge)).exitCode, 0, emerge.output())
  return emerge.output()
}

/** What stands in front of standin's lines in the bashrc, and what comes of it. */
const UNKEPT: readonly [string, string, string, RegExp][] = [
  ['a bashrc that reaches into it', 'beta', 'post_src_install() { :; }', /post_src_install in your bashrc may change what is built/],
  [
    'an image of which nothing could be kept',
    'gamma',
    '[[ ${EBUILD_PHASE} == install ]] && post_src_install() { mkfifo "${D}/usr/pipe"; }',
    /usr\/pipe is a device, a FIFO or a socket/,
  ],
]

function prepend({ host }: Consumer, line: string): void {
  host.write('/etc/portage/bashrc', `${line}\n${host.read('/etc/portage/bashrc')}`)
}

for (const [what, name, line, why] of UNKEPT) {
  test(`${what}: with install alone that is said of the copy, and nothing of publishing`, async () => {
    const consumer = await createConsumer(publisher, name)
    prepend(consumer, line)
    const text = await said(consumer)
    assert.match(text.split('\n').find((one) => one.includes(COPY)) ?? '', why, text)
    assert.doesNotMatch(text + consumer.daemon.output(), /published/)
    assert.match(await whyOn(consumer), new RegExp(`stopped +own-build +${COPY}: .*${why.source}`))
    await consumer.host.close()
  })
}

test('with publish both are said in one line', async () => {
  const consumer = await createConsumer(publisher, 'epsilon', { standin: { features: 'install publish' } })
  prepend(consumer, UNKEPT[0]?.[2] ?? assert.fail())
  const text = await said(consumer)
  assert.equal(text.split('\n').filter((line) => /published|compared/.test(line)).length, 1)
  assert.match(text, new RegExp(`${COPY}, and is not published: post_src_install in your bashrc`))
  await consumer.host.close()
})

test('a build that was merged while no daemon ran: the next one says so, on the terminal if it is still there', async () => {
  const consumer = await createConsumer(publisher, 'zeta')
  const { host } = consumer
  hold(host, 'compile')
  hold(host, 'postinst')
  const emerge = await typeEmerge(host, [FLAGS])
  await emerge.waitFor(USABLE)
  await reached(host, 'compile')
  await killDaemon(consumer.daemon)
  letGo(host, 'compile')
  await reached(host, 'postinst')
  consumer.daemon = await startDaemon(host)
  letGo(host, 'postinst')
  await emerge.waitFor(new RegExp(`flags-1: ${COPY}: no daemon heard the merge ask for the way`))
  await settled(host)
  assert.equal((await left(emerge)).exitCode, 0, emerge.output())
  assert.doesNotMatch(emerge.output() + consumer.daemon.output(), /published/)
  assert.match(await whyOn(consumer), new RegExp(`stopped +own-build +${COPY}: no daemon heard the merge ask for the way`))

  await host.emerge(['--unmerge', '--quiet', FLAGS])
  hold(host, 'compile')
  const next = await consumer.emerge(FLAGS)
  await next.waitFor(USABLE)
  await reached(host, 'compile')
  await killDaemon(consumer.daemon)
  letGo(host, 'compile')
  assert.equal((await next.exited).exitCode, 0, next.output())
  consumer.daemon = await startDaemon(host)
  await consumer.daemon.waitFor(new RegExp(`flags-1: ${COPY}: no daemon heard the merge ask for the way`))
  await settled(host)
  assert.match(await whyOn(consumer), new RegExp(`stopped +own-build +${COPY}: no daemon heard the merge ask for the way`))
  await host.close()
})
