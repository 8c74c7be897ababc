/**
 * A stand-in that nobody would take away before the merge never stays: the hook is switched off, or the bashrc ends before it, and every merge is clean.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Started } from '../support/host/enter.ts'
import type { Host } from '../support/host/host.ts'
import { createNetwork, type Network } from '../support/host/network.ts'
import { differences } from '../support/host/snapshot.ts'
import { append } from '../support/standin/built.ts'
import { killDaemon, startDaemon, stopDaemon } from '../support/standin/daemon.ts'
import { createConsumer, USABLE } from '../support/story/consumer.ts'
import { hold, letGo, reached } from '../support/story/gate.ts'
import { createPublisher, type Publisher } from '../support/story/publisher.ts'

const FLAGS = 'test-misc/flags'
const BASHRC = '/etc/portage/bashrc'
const TROUBLE = /NOT merged|collision\(|collisions|despite|did not run/

let network: Network
let publisher: Publisher
let serving: Started
before(async () => {
  network = await createNetwork({ name: 'off' })
  publisher = await createPublisher(network, [FLAGS])
  serving = publisher.daemon
})
after(() => network.close())

const KINDS = [
  { name: 'protected', features: 'collision-protect', daemon: true },
  { name: 'alarmed', features: '', daemon: true },
  { name: 'alone', features: 'collision-protect', daemon: false },
] as const

for (const { name, features, daemon } of KINDS) {
  test(`switched off while a stand-in is live, FEATURES="${features}", ${daemon ? 'by the daemon' : 'the daemon was killed'}`, async () => {
    const consumer = await createConsumer(publisher, name, { features })
    const { host } = consumer
    const clean = await consumer.tree()
    hold(host, 'compile')
    const emerge = await consumer.emerge(FLAGS)
    await emerge.waitFor(USABLE)
    await reached(host, 'compile')
    if (!daemon) await killDaemon(consumer.daemon)
    const { stdout, stderr } = await host.run(['standin', 'hook', '--disable'])
    assert.match(stdout + stderr, daemon ? /flags-1: purged \(/ : /flags-1: purged without the daemon/)
    assert.match(stdout + stderr, /remove STANDIN_FEATURES from make\.conf/)
    const changed = differences(clean, await consumer.tree())
    assert.deepEqual(
      changed.filter((line) => !line.includes(BASHRC)),
      [],
    )
    letGo(host, 'compile')
    const { exitCode } = await emerge.exited
    assert.deepEqual([exitCode, TROUBLE.exec(emerge.output())?.[0]], [0, undefined], emerge.output())
    await mergesAgain(host)
  })
}

test('switched off while a copy is looked for: nothing is placed any more', async () => {
  const consumer = await createConsumer(publisher, 'late', { features: 'collision-protect' })
  const { host } = consumer
  await stopDaemon(serving)
  hold(host, 'compile')
  const emerge = await consumer.emerge(FLAGS)
  await reached(host, 'compile')
  await host.run(['standin', 'hook', '--disable'])
  serving = await startDaemon(publisher.host)
  await emerge.waitFor(/flags-1: no stand-in: the hook is off: \/etc\/portage\/bashrc does not source standin/)
  assert.ok(!host.exists('/usr/bin/flags'))
  letGo(host, 'compile')
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  assert.doesNotMatch(emerge.output(), USABLE)
})

const EARLY: readonly [string, string, number][] = [
  ['returns', '[[ -z ${EBUILD_PHASE} ]] && return 0\n', 1],
  ['cases', 'case ${EBUILD_PHASE} in\n\tclean|setup|compile) : ;;\n\t*) return ;;\nesac\n', 3],
]

for (const [name, text, line] of EARLY) {
  test(`a bashrc that ${name} before the merge asks for the way: no stand-in, which is said, and a clean merge`, async () => {
    const consumer = await createConsumer(publisher, name, { features: 'collision-protect', standin: { hook: false } })
    const { host } = consumer
    append(host, '/etc/portage/make.conf', 'STANDIN_FEATURES="install"\n')
    host.write(BASHRC, text)
    const why = `line ${line} of /etc/portage/bashrc may end it before the merge asks for the way`
    const enabled = await host.run(['standin', 'hook', '--enable'])
    assert.ok((enabled.stdout + enabled.stderr).includes(why), enabled.stdout + enabled.stderr)
    const doctor = await host.run(['standin', 'doctor', '--quiet'], { check: false })
    assert.ok(doctor.stdout.includes(why), doctor.stdout)
    const emerge = await consumer.emerge(FLAGS)
    const { exitCode } = await emerge.exited
    assert.equal(exitCode, 0, emerge.output())
    assert.ok(emerge.output().includes(`standin: ${FLAGS}-1: no stand-in: ${why}`), emerge.output())
    assert.doesNotMatch(emerge.output(), TROUBLE)
    await mergesAgain(host)
  })
}

async function mergesAgain(host: Host): Promise<void> {
  assert.ok(host.exists(`/var/db/pkg/${FLAGS}-1`))
  const { stdout, stderr } = await host.emerge([FLAGS])
  assert.doesNotMatch(stdout + stderr, TROUBLE)
  assert.equal((await host.run(['sh', '-c', 'flags >/dev/null && standin purge --all --pretend --quiet'])).stdout, '')
}
