/**
 * What must not be passed on stays at home, whatever the user has switched on: no archive of it is left, and nobody is offered one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { after, before, test } from 'node:test'
import type { Started } from '../support/host/enter.ts'
import type { Host } from '../support/host/host.ts'
import { createNetwork, type Network } from '../support/host/network.ts'
import { archivesOn, ask, buildsOf } from '../support/standin/ask.ts'
import { append } from '../support/standin/built.ts'
import { killDaemon, restartDaemon, startDaemon } from '../support/standin/daemon.ts'
import { installStandin } from '../support/standin/install.ts'
import { addGate, hold, letGo, PROFILE_BASHRC, reached } from '../support/story/gate.ts'
import { until } from '../support/story/ours.ts'

const PACKAGE = 'test-misc/flags'
const EBUILD = '/var/db/repos/gentoo/test-misc/flags/flags-1.ebuild'

let network: Network
let host: Host
let daemon: Started
before(async () => {
  network = await createNetwork({ name: 'home' })
  host = await network.createHost({ name: 'alpha' })
  await installStandin(host, { features: 'publish' })
  daemon = await startDaemon(host)
})
after(() => network.close())

/** What the daemon says of a build of it, and `standin why` too, after which no archive may be there. */
async function outcome(name = PACKAGE, env: Record<string, string> = {}): Promise<string> {
  const from = daemon.output().length
  await host.emerge(['--oneshot', name], { env })
  const [, said = ''] = await daemon.waitFor(new RegExp(`^[^]{${from},}?${name}-1: ((?:not )?published.*)\\n`))
  assert.deepEqual([await buildsOf(host), archivesOn(host)], [[], {}], said)
  const { courses } = await ask(host, { t: 'why' }, 'why')
  assert.deepEqual(courses.find(({ cpv }) => cpv === `${name}-1`)?.verdicts, [{ rule: 'publish', passed: false, text: said }])
  return said
}

for (const [restrict, word] of [
  ['bindist', 'bindist'],
  ['mirror fetch', 'fetch'],
]) {
  test(`an ebuild with RESTRICT="${restrict}"`, async () => {
    const text = host.read(EBUILD)
    host.write(EBUILD, `${text}\nRESTRICT="${restrict}"\n`)
    assert.equal(await outcome(), `not published: RESTRICT="${word}": copies of it must not be passed on`)
    host.write(EBUILD, text)
  })
}

for (const [what, traces, file] of [
  ['a war with a jar', 'war', 'usr/share/traces/traces.war'],
  ['an lzma file', 'lzma', 'usr/share/doc/traces-1/LIST.lzma'],
])
  test(`${what} in which the path of the build is`, async () => {
    const said = await outcome('test-misc/traces', { TRACES: traces ?? '', PORTAGE_COMPRESS: '' })
    assert.match(said, new RegExp(`^not published: ${file} holds the path of the build: `))
  })

test('a build that fails is no longer said to be what an earlier one of it was', async () => {
  const word = async (): Promise<string | undefined> => {
    const { courses } = await ask(host, { t: 'why' }, 'why')
    return courses.find(({ cpv }) => cpv === 'test-misc/fails-1')?.verdicts.find(({ rule }) => rule === 'publish')?.text
  }
  await outcome('test-misc/fails', { FAILS_IN: 'none', EXTRA_ECONF: '--mine' })
  assert.match((await word()) ?? '', /EXTRA_ECONF/)
  assert.notEqual((await host.emerge(['--oneshot', 'test-misc/fails'], { check: false })).exitCode, 0)
  await until(word, (text) => text === 'not published: the build came to no merge')
})

test('a name that the host had when the build began, and neither the host nor an earlier daemon tells any more', async () => {
  addGate(host)
  host.write('/etc/hostname', 'zephyrbook\n')
  hold(host, 'preinst')
  const emerge = await host.start(['emerge', '--color=n', '--oneshot', 'test-misc/traces'], { env: { TRACES: 'host' } })
  await reached(host, 'preinst')
  host.write('/etc/hostname', 'localhost\n')
  await killDaemon(daemon)
  daemon = await startDaemon(host)
  letGo(host, 'preinst')
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  rmSync(host.path(PROFILE_BASHRC))
  const [, said = ''] = await daemon.waitFor(/traces-1: ((?:not )?published.*)\n/)
  assert.match(said, /^not published: usr\/share\/doc\/traces-1\/PLACE\S* holds the name of this host \(zephyrbook\): /)
  // It is said, and then thrown away.
  await until(
    () => archivesOn(host),
    (archives) => Object.keys(archives).length === 0,
  )
})

test('a repository that publish_repos does not name', async () => {
  append(host, '/etc/portage/standin.conf', 'publish_repos = elsewhere\n')
  daemon = await restartDaemon(host, daemon)
  assert.equal(await outcome(), 'not published: publish_repos does not name repository gentoo')
})
