/**
 * A build beside stand-ins, be it its own, that differs from the copy accuses nobody: a clean rebuild says who is right, and so the dispute ends.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { after, before, test } from 'node:test'
import type { DisputeReport } from '../../../src/daemon/controlWire.ts'
import { PROFILE_DEFAULTS } from '../../support/host/etc.ts'
import { createNetwork, type Network } from '../../support/host/network.ts'
import { archivesOn, ask, buildsOf, keyIdOf } from '../../support/standin/ask.ts'
import { append } from '../../support/standin/built.ts'
import { type Consumer, createConsumer, USABLE } from '../../support/story/consumer.ts'
import { hold, letGo, reached } from '../../support/story/gate.ts'
import { settled, until } from '../../support/story/ours.ts'
import { createPublisher, type Publisher } from '../../support/story/publisher.ts'
import { signedOn } from '../../support/story/stranger.ts'

const RANDOM = 'test-misc/random'
const SELFISH = 'test-misc/selfish'
const DIFFERS = /random-1: YOUR OWN BUILD DIFFERS .*\/usr\/share\/random\/seed\. (.*)/

let network: Network
let publisher: Publisher

before(async () => {
  network = await createNetwork({ name: 'dispute' })
  publisher = await createPublisher(network, ['test-misc/slow', RANDOM, SELFISH], {
    makeConf: { RANDOM_SEED: 'theirs', SLOW_SECONDS: '1' },
  })
})
after(() => network.close())

const seedIs = ({ host }: Consumer, seed: string): void => append(host, PROFILE_DEFAULTS, `RANDOM_SEED="${seed}"\n`)

async function said(consumer: Consumer, ...args: readonly string[]): Promise<string> {
  const emerge = await consumer.emerge(...args)
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  return emerge.output()
}

/** Emerges what differs from the copy while a stand-in of another package is live. */
async function buildBeside(consumer: Consumer): Promise<string> {
  append(consumer.host, PROFILE_DEFAULTS, 'SLOW_UNTIL="/tmp/go"\n')
  seedIs(consumer, 'ours')
  const slow = await consumer.emerge('test-misc/slow')
  await slow.waitFor(USABLE)
  const text = await said(consumer, RANDOM)
  await consumer.daemon.waitFor(DIFFERS)
  consumer.host.write('/tmp/go', '')
  assert.equal((await slow.exited).exitCode, 0, slow.output())
  await settled(consumer.host)
  return text + consumer.daemon.output()
}

async function disputeOn({ host }: Consumer): Promise<DisputeReport> {
  const { disputes } = await ask(host, { t: 'status' }, 'status')
  assert.equal(disputes.length, 1)
  return disputes[0] ?? assert.fail()
}

async function whyOn({ host }: Consumer): Promise<string> {
  return (await host.run(['standin', 'why', RANDOM])).stdout
}

test('with install alone: the dispute is open, keeps both archives, and a clean rebuild that gives what the copy had closes it', async () => {
  const user = await createConsumer(publisher, 'beta')
  const text = await buildBeside(user)
  assert.match(text, USABLE)
  assert.match(
    DIFFERS.exec(text)?.[1] ?? text,
    /^open: your build may have found its own stand-in or an installed version, so build it again while none is installed .*both archives are in/,
  )
  const open = await disputeOn(user)
  assert.deepEqual([open.state, open.files], ['open', 'both'])
  const [theirs] = (await buildsOf(publisher.host)).filter(({ cpv }) => cpv.startsWith(RANDOM))
  const { stdout } = await user.host.run(['sha256sum', `${open.kept}/stood-in.gpkg.tar`])
  assert.equal(stdout.split(' ')[0], theirs?.archive, 'the bytes of the copy are kept')
  assert.match(await whyOn(user), /stopped .*dispute +open: your build/)
  assert.deepEqual(archivesOn(user.host), {}, 'nothing is kept for others')

  await user.host.emerge(['--unmerge', '--quiet', RANDOM])
  seedIs(user, 'theirs')
  const rebuild = await said(user, RANDOM)
  assert.match(rebuild, /no stand-in: .*two contents for its recipe/)
  await user.daemon.waitFor(/random-1: your clean rebuild agrees with the copy that stood in, so the dispute is closed in its favour/)
  assert.equal((await disputeOn(user)).state, 'resolved')
  assert.match((await user.host.run(['standin', 'status'])).stdout, /random-1 .*closed in favour of the copy/)
  assert.match(await whyOn(user), /passed .*dispute +closed in favour of the copy/)

  await user.host.emerge(['--unmerge', '--quiet', RANDOM])
  const again = await said(user, RANDOM)
  assert.match(again, USABLE)
  await user.daemon.waitFor(/agrees with the copy that stood in, byte for byte/)
})

test('with publish: a clean rebuild that gives the same again accuses the copy, and nothing stands in for the recipe any more', async () => {
  const user = await createConsumer(publisher, 'gamma', { standin: { features: 'install publish seed' } })
  await buildBeside(user)
  assert.equal((await disputeOn(user)).state, 'open')
  const [theirs] = (await buildsOf(publisher.host)).filter(({ cpv }) => cpv.startsWith(RANDOM))
  const fetched = user.host.path('/var/cache/standin/peer/fetched')
  await until(
    () => readdirSync(fetched),
    (names) => !names.some((name) => name.startsWith(theirs?.archive ?? '')),
  )
  await user.host.emerge(['--unmerge', '--quiet', RANDOM])
  await said(user, '--oneshot', RANDOM)
  await user.daemon.waitFor(/random-1: your clean rebuild agrees with your build before it, so THE COPY THAT STOOD IN IS WRONG/)
  assert.equal((await disputeOn(user)).state, 'accuses')
  assert.match(await whyOn(user), /stopped .*dispute +the copy is not what is built here/)
  assert.match((await user.host.run(['standin', 'status'])).stdout, /random-1 .*the copy is not what is built here/)

  await user.host.emerge(['--unmerge', '--quiet', RANDOM])
  assert.match(await said(user, RANDOM), /no stand-in: .*two contents for its recipe/)
})

test('with install alone: what is never built the same twice accuses nobody, once a clean rebuild has shown that', async () => {
  const user = await createConsumer(publisher, 'delta')
  await said(user, RANDOM)
  await user.daemon.waitFor(DIFFERS)
  assert.equal((await disputeOn(user)).state, 'open')
  await settled(user.host)
  await user.host.emerge(['--unmerge', '--quiet', RANDOM])
  await said(user, '--oneshot', RANDOM)
  await user.daemon.waitFor(/random-1: your clean rebuild differs from both sides of the dispute: .* nobody is accused/)
  await settled(user.host)
  assert.equal((await disputeOn(user)).state, 'irreproducible')
  assert.match(await whyOn(user), /passed .*dispute +never built the same twice here \(\/usr\/share\/random\/seed\)/)
  assert.match((await user.host.run(['standin', 'status'])).stdout, /random-1 .*never built the same twice here/)

  const heard = user.daemon.output().length
  await said(user, '--oneshot', RANDOM)
  await settled(user.host)
  assert.doesNotMatch(user.daemon.output().slice(heard), /your|dispute/, 'there is nothing left to say')
  await user.host.emerge(['--unmerge', '--quiet', RANDOM])
  assert.match(await said(user, RANDOM), USABLE)
  await user.daemon.waitFor(/random-1: your own build can't be compared .*: this package is never built the same twice/)
  await settled(user.host)
  assert.equal((await disputeOn(user)).state, 'irreproducible')
})

/** What the newest build of the host was signed with. */
async function signedLive({ host }: Consumer): Promise<string | undefined> {
  const [envelope] = (await signedOn(host)).offer.attestations
  return /"standinsLive":\w+/.exec(Buffer.from(envelope?.payload ?? '', 'base64').toString())?.[0]
}

/** Everything that the key of a host has signed, as its tables say, and in what it keeps of disputes. */
async function wordsOf({ host }: Consumer): Promise<readonly string[]> {
  const kept = await host.run(['sh', '-c', `grep -l ${keyIdOf(host)} -r /var/lib/standin/disputes; :`])
  const tables =
    "for (const t of ['signed', 'builds', 'disputes']) for (const r of db.prepare(`SELECT * FROM ${t}`).all()) console.log(t, JSON.stringify(r))"
  const open = "const db = new (require('node:sqlite').DatabaseSync)('/var/lib/standin/known.sqlite')"
  const { stdout } = await host.run(['node', '--no-warnings', '-e', `${open};${tables}`])
  const rows = stdout.split('\n').filter((line) => line.startsWith('signed') || line.includes(keyIdOf(host)))
  return [...kept.stdout.split('\n').filter(Boolean), ...rows]
}

test('a build that finds its own stand-in, and is another for that, is not signed, nor is one that finds what is installed', async () => {
  const user = await createConsumer(publisher, 'epsilon', { standin: { features: 'install publish' } })
  hold(user.host, 'compile')
  const emerge = await user.emerge(SELFISH)
  await Promise.all([emerge.waitFor(USABLE), reached(user.host, 'compile')])
  letGo(user.host, 'compile')
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  const waits = /selfish-1: not published: it may have been changed .* and waits for the clean rebuild/
  await user.daemon.waitFor(
    /selfish-1: YOUR OWN BUILD DIFFERS .*\/usr\/bin\/selfish\. open: your build may have found its own stand-in .*\n/,
  )
  await settled(user.host)
  assert.match(emerge.output(), waits)
  assert.equal((await user.host.run(['selfish'])).stdout, 'found\n')
  assert.equal((await disputeOn(user)).state, 'open')
  assert.deepEqual(await wordsOf(user), [])
  assert.deepEqual(archivesOn(user.host), {})

  const beside = await said(user, '--oneshot', SELFISH)
  await settled(user.host)
  assert.match(beside, /selfish-1: it was installed during this build too, which may have run it: /)
  assert.match(beside, waits)
  assert.equal((await disputeOn(user)).state, 'open')
  assert.deepEqual(await wordsOf(user), [])

  await user.host.emerge(['--unmerge', '--quiet', SELFISH])
  await said(user, '--oneshot', SELFISH)
  await user.daemon.waitFor(/selfish-1: your clean rebuild agrees with the copy .* closed in its favour.*\n/)
  await user.daemon.waitFor(/selfish-1: published .*\n/)
  assert.equal((await user.host.run(['selfish'])).stdout, 'fresh\n')
  assert.equal(await signedLive(user), '"standinsLive":false')
  assert.deepEqual(
    (await wordsOf(user)).map((line) => line.split(' ')[0]),
    ['signed', 'builds'],
  )
})
