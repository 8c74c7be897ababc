/**
 * Who switches standin on, where, and for what: tokens, package.env, the command line; whatever way Portage takes then, it is followed or left alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, test, type TestContext } from 'node:test'
import { createNetwork, type Network } from '../support/host/network.ts'
import { differences } from '../support/host/snapshot.ts'
import { archivesOn, ask, buildOf, buildsOf } from '../support/standin/ask.ts'
import { type Consumer, createConsumer, PATIENT, PURGED, USABLE } from '../support/story/consumer.ts'
import { hold, letGo, reached } from '../support/story/gate.ts'
import { freeze, leftOn, settled, wake } from '../support/story/ours.ts'
import { createPublisher, type Publisher } from '../support/story/publisher.ts'
import { left, typeEmerge } from '../support/story/typed.ts'

const [FLAGS, NOTHING, RANDOM] = ['test-misc/flags', 'test-misc/nothing', 'test-misc/random']
const SEED = { RANDOM_SEED: 'sown' }

let network: Network
let publisher: Publisher
before(async () => {
  network = await createNetwork({ name: 'switch' })
  publisher = await createPublisher(network, [FLAGS, NOTHING, RANDOM], { makeConf: SEED })
})
after(() => network.close())

test('an unknown token is said once on the terminal, and the others count', async () => {
  const consumer = await createConsumer(publisher, 'tokens', {
    makeConf: SEED,
    standin: { features: 'instal install -audit', settings: PATIENT },
  })
  const emerge = await consumer.emerge(FLAGS, RANDOM)
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  assert.equal(count(emerge.output(), /standin: STANDIN_FEATURES: "instal" is unknown and passed over/g), 1, emerge.output())
  assert.equal(count(emerge.output(), USABLE), 2)
  assert.equal(count(emerge.output(), PURGED), 2)
  assert.deepEqual(await buildsOf(consumer.host), [], 'publish is not among them')
  const { courses } = await ask(consumer.host, { t: 'why' }, 'why')
  assert.deepEqual(
    courses.map(({ cpv, outcome }) => `${cpv} ${outcome.slice(0, 6)}`),
    ['test-misc/flags-1 placed', 'test-misc/random-1 placed'],
    'the clean phase after a merge is no beginning',
  )
})

test('unset: bash tells the daemon nothing', async (t) => {
  const consumer = await createConsumer(publisher, 'unset', { standin: { features: '' } })
  const { host } = consumer
  assert.deepEqual(await toldAtSetup(t, consumer), { unread: false, doors: [] })
  assert.deepEqual(await leftOn(host), [])
  assert.deepEqual((await ask(host, { t: 'why' }, 'why')).courses, [])
})

test('nothing but -install: bash tells the daemon, which follows no such build', async (t) => {
  const consumer = await createConsumer(publisher, 'minus', { standin: { features: '-install' } })
  const { host } = consumer
  const { unread, doors } = await toldAtSetup(t, consumer)
  assert.deepEqual([unread, doors.length], [true, 1])
  await settled(host)
  assert.deepEqual((await ask(host, { t: 'why' }, 'why')).courses, [])
})

/** What has been told by the time an emerge of flags comes to setup, while the daemon is stopped and reads nothing; then it merges. */
async function toldAtSetup(t: TestContext, consumer: Consumer): Promise<{ unread: boolean; doors: string[] }> {
  const { host, daemon } = consumer
  freeze(t, daemon)
  hold(host, 'setup')
  const typed = await consumer.emerge(FLAGS)
  await reached(host, 'setup')
  const { exitCode } = await host.run(['bash', '-c', 'exec {hooks}<>/run/standin/hooks && read -r -t 0 -u "${hooks}"'], { check: false })
  const doors = (await leftOn(host)).filter((path) => path.startsWith('/run/standin/builds/'))
  wake(daemon)
  letGo(host, 'setup')
  assert.equal((await typed.exited).exitCode, 0, typed.output())
  assert.doesNotMatch(typed.output(), /standin: /)
  return { unread: exitCode === 0, doors }
}

test('with -install in make.conf package.env switches it on for one package, the command line for one emerge', async () => {
  const consumer = await createConsumer(publisher, 'packages', {
    makeConf: SEED,
    packageEnv: { [RANDOM]: 'stand-in' },
    env: { 'stand-in': 'STANDIN_FEATURES="install"\n' },
    standin: { features: '-install', settings: PATIENT },
  })
  const emerge = await consumer.emerge(FLAGS, RANDOM)
  assert.equal((await emerge.exited).exitCode, 0)
  assert.match(emerge.output(), /standin: test-misc\/random-1: can be used now/)
  assert.doesNotMatch(consumer.daemon.output(), /flags/)

  const { host } = consumer
  const typed = await host.start(['emerge', '--color=n', NOTHING], { pty: true, env: { STANDIN_FEATURES: 'install' } })
  assert.equal((await typed.exited).exitCode, 0)
  assert.match(typed.output(), /standin: test-misc\/nothing-1: can be used now/)
})

test('with FEATURES=buildpkg and with -B a build is published from the package of Portage; a merge of that package is none of our business', async () => {
  const consumer = await createConsumer(publisher, 'packager', {
    features: 'buildpkg',
    makeConf: SEED,
    standin: { features: 'install publish', settings: PATIENT },
  })
  const { host, daemon } = consumer
  const merged = await typeEmerge(host, [RANDOM])
  await merged.waitFor(USABLE)
  await merged.waitFor(/your own build agrees with the copy that stood in, byte for byte/)
  assert.equal((await left(merged)).exitCode, 0)
  assert.ok(!host.exists('/var/tmp/portage/.standin'), 'nothing was captured')

  const packed = await consumer.emerge('--buildpkgonly', FLAGS)
  assert.equal((await packed.exited).exitCode, 0)
  await daemon.waitFor(/test-misc\/flags-1: published/)
  await daemon.waitFor(/(?:is given to others[^]*?){2}/)
  assert.ok(!host.exists('/usr/bin/flags'))
  const [theirs, ours] = [await buildOf(publisher.host, FLAGS), await buildOf(host, FLAGS)]
  assert.deepEqual([ours.recipe, ours.content, ours.archive], [theirs.recipe, theirs.content, theirs.archive])
  assert.equal(Object.keys(archivesOn(host)).length, 2)
  await settled(host)

  const told = daemon.output()
  await host.emerge(['--usepkgonly', FLAGS])
  assert.ok(host.exists('/usr/bin/flags'))
  assert.equal(daemon.output(), told)
  await settled(host)
})

test("the user's own functions and bashrc.d run as ever", async () => {
  const consumer = await createConsumer(publisher, 'own', { standin: { settings: PATIENT } })
  const { host } = consumer
  const own = `
pre_pkg_setup() { echo "own pre_pkg_setup" >> /tmp/own; }
post_src_install() { echo "own post_src_install" >> /tmp/own; }
for own in /etc/portage/bashrc.d/*.sh; do source "\${own}"; done
`
  host.write('/etc/portage/bashrc', `${host.read('/etc/portage/bashrc')}${own}`)
  host.write('/etc/portage/bashrc.d/10-more.sh', 'post_pkg_preinst() { echo "bashrc.d post_pkg_preinst" >> /tmp/own; }\n')
  const emerge = await consumer.emerge(NOTHING)
  await emerge.waitFor(USABLE)
  assert.equal((await emerge.exited).exitCode, 0)
  assert.deepEqual(host.read('/tmp/own').split('\n').slice(0, -1), [
    'own pre_pkg_setup',
    'own post_src_install',
    'bashrc.d post_pkg_preinst',
  ])
})

test('`ebuild FILE clean install qmerge` by hand is followed too', async () => {
  const consumer = await createConsumer(publisher, 'hand', { features: 'collision-protect', standin: { features: 'install publish' } })
  const { host } = consumer
  const clean = await consumer.tree()
  hold(host, 'compile')
  hold(host, 'preinst')
  const file = '/var/db/repos/gentoo/test-misc/flags/flags-1.ebuild'
  const hand = await host.start(['ebuild', '--color=n', file, 'clean', 'install', 'qmerge'], { pty: true })
  await hand.waitFor(USABLE)
  await reached(host, 'compile')
  letGo(host, 'compile')
  await reached(host, 'preinst')
  assert.deepEqual(differences(clean, await consumer.tree()), [])
  letGo(host, 'preinst')
  assert.equal((await hand.exited).exitCode, 0, hand.output())
  await consumer.daemon.waitFor(/your own build agrees with the copy that stood in, byte for byte/)
  await settled(host)
})

function count(text: string, pattern: RegExp): number {
  return [...text.matchAll(new RegExp(pattern, 'g'))].length
}
