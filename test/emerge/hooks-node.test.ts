/**
 * Where a FIFO does not do, hooks go by Node and the control socket: lines above 4,000 bytes, no FIFO, the wait that install_wait allows, a dead daemon.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Host } from '../support/host/host.ts'
import { createNetwork, type Network } from '../support/host/network.ts'
import { differences } from '../support/host/snapshot.ts'
import { killDaemon, startDaemon } from '../support/standin/daemon.ts'
import { type Consumer, createConsumer, PURGED, USABLE } from '../support/story/consumer.ts'
import { hold, letGo, reached } from '../support/story/gate.ts'
import { freeze, settled } from '../support/story/ours.ts'
import { createPublisher, type Publisher } from '../support/story/publisher.ts'
import { left, typeEmerge } from '../support/story/typed.ts'

let network: Network
let publisher: Publisher
let consumer: Consumer
before(async () => {
  network = await createNetwork({ name: 'node' })
  publisher = await createPublisher(network, ['test-misc/wide', 'test-misc/flags'])
  consumer = await createConsumer(publisher, 'beta', { features: 'collision-protect' })
  await writeDownNode(consumer.host)
})
after(() => network.close())

test('a line that is too long for one write to the FIFO arrives whole', async () => {
  const emerge = await typeEmerge(consumer.host, ['test-misc/wide'])
  await emerge.waitFor(USABLE)
  await emerge.waitFor(PURGED)
  await emerge.waitFor(/your own build agrees with the copy that stood in, byte for byte/)
  assert.equal((await left(emerge)).exitCode, 0)
  assert.equal((await consumer.host.run(['wide'])).stdout, '201\n')
  assert.deepEqual(hooksStarted(consumer.host), ['fetch', 'fetch'], 'once for the package, once for the last clean')
  await settled(consumer.host)
})

test('without the FIFO all goes by the socket, and nothing is lost', async () => {
  const { host } = consumer
  const clean = await consumer.tree()
  await host.run(['rm', '/run/standin/hooks'])
  hold(host, 'preinst')
  const emerge = await typeEmerge(host, ['test-misc/flags'])
  await emerge.waitFor(USABLE)
  await reached(host, 'preinst')
  assert.deepEqual(differences(clean, await consumer.tree()), [])
  letGo(host, 'preinst')
  await emerge.waitFor(/your own build agrees with the copy that stood in, byte for byte/)
  assert.equal((await left(emerge)).exitCode, 0)
  assert.deepEqual(hooksStarted(host), ['fetch', 'purge', 'publish', 'fetch'])
  await settled(host)
})

test('without the FIFO a build that fails is told of as well', async () => {
  const { host, daemon } = consumer
  const emerge = await consumer.emerge('test-misc/fails')
  assert.equal((await emerge.exited).exitCode, 1)
  assert.deepEqual(hooksStarted(host), ['fetch', 'fetch', 'abandon'], 'Portage cleans behind pkg_pretend too')
  await settled(host)
  assert.doesNotMatch(daemon.output(), /error/i)
})

test('with install_wait the build begins when its stand-in can be used', async () => {
  const waiting = await createConsumer(publisher, 'gamma', { standin: { settings: { install_wait: '30' } } })
  await writeDownNode(waiting.host)
  const emerge = await waiting.emerge('--quiet-build=n', 'test-misc/flags')
  await emerge.waitFor(/Compiling source/)
  assert.match(emerge.output(), USABLE)
  assert.ok(emerge.output().search(USABLE) < emerge.output().indexOf('Unpacking source'), emerge.output())
  assert.equal((await emerge.exited).exitCode, 0)
  assert.deepEqual(waits(hooksStarted(waiting.host)), ['install'])
  await settled(waiting.host)
})

test('with install_wait a package that nobody offers is waited for as long as an offer takes, and a daemon that hangs once', async (t) => {
  const waiting = await createConsumer(publisher, 'delta', { standin: { settings: { install_wait: '60' } } })
  const { host, daemon } = waiting
  await writeDownNode(host)
  const took = async (...names: readonly string[]): Promise<number> => {
    const began = performance.now()
    const emerge = await waiting.emerge('--quiet-build=n', ...names)
    assert.equal((await emerge.exited).exitCode, 0, emerge.output())
    return (performance.now() - began) / 1000
  }
  const unoffered = await took('test-misc/nothing')
  // The search goes on for 30 s.
  assert.ok(unoffered < 30, `${unoffered} s`)
  assert.deepEqual(waits(hooksStarted(host)), ['install'])
  assert.ok(!host.exists('/run/standin/silent'))

  freeze(t, daemon)
  const hung = await took('test-misc/eapi7', 'test-misc/probe')
  assert.ok(hung < 50, `${hung} s`)
  assert.deepEqual(waits(hooksStarted(host)), ['install'])
  assert.ok(host.exists('/run/standin/silent'))
  t.diagnostic(`nobody offers it: ${unoffered.toFixed(1)} s; two packages beside a daemon that hangs: ${hung.toFixed(1)} s`)
})

test('what an ebuild exports for its own Node is not for that of the hook', async () => {
  publisher.host.write(YARN, yarn)
  await publisher.host.emerge(['test-misc/yarn'])
  await publisher.daemon.waitFor(/^test-misc\/yarn-\S+: published/m)
  const { host, daemon } = consumer
  host.write(YARN, yarn)
  const clean = await consumer.tree()
  for (const phase of ['compile', 'preinst'] as const) hold(host, phase)
  const emerge = await consumer.emerge('test-misc/yarn')
  await emerge.waitFor(USABLE)
  await reached(host, 'compile')
  await killDaemon(daemon)
  letGo(host, 'compile')
  await reached(host, 'preinst')
  assert.deepEqual(differences(clean, await consumer.tree()), [], emerge.output())
  letGo(host, 'preinst')
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  assert.match(emerge.output(), /yarn-1: stand-in purged without the daemon \(1 name\)/)
  assert.doesNotMatch(emerge.output(), /Cannot find module|Debugger|does not run/)
  consumer.daemon = await startDaemon(host)
  await settled(host)
})

const YARN = '/var/db/repos/gentoo/test-misc/yarn/yarn-1.ebuild'

/** As the Plug'n'Play of Yarn asks for it; Portage saves what is exported, and the merge has it too. */
const yarn = `EAPI=8
DESCRIPTION="builds itself with Node"
HOMEPAGE="https://example.org/"
S="\${WORKDIR}"
LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"
src_compile() { export NODE_OPTIONS="--inspect=127.0.0.1:0 --require \${S}/.pnp.cjs"; }
src_install() { printf '%s\n' '#!/bin/sh' 'echo yarn' | newbin - yarntool; }
`

const STARTED = '/tmp/hooks-started'

/** From now on each start of Node for a hook is written down on `host`. */
async function writeDownNode(host: Host): Promise<void> {
  await host.run(['mv', '/usr/bin/node', '/usr/bin/node.real'])
  host.write(
    '/usr/bin/node',
    `#!/bin/sh\nprintf '%s\\n' "$@" | grep 'hooks/[a-z]*[.]mjs$' >> ${STARTED}\nexec /usr/bin/node.real "$@"\n`,
    0o755,
  )
}

/** A word goes by Node as well where the warden has not read the one before it, as the last clean right behind a merge. */
const waits = (hooks: readonly string[]): string[] => hooks.filter((hook) => hook !== 'fetch' && hook !== 'publish')

/** Hooks that Node was started for since the last call. */
function hooksStarted(host: Host): string[] {
  const text = host.exists(STARTED) ? host.read(STARTED) : ''
  host.write(STARTED, '')
  return [...text.matchAll(/\/hooks\/([a-z]+)\.mjs$/gm)].map(([, name]) => name ?? '')
}
