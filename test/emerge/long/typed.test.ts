/**
 * What was typed before emerge lets a build be given as long as its file is what it was; then nobody is offered it any more.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { readdirSync, rmSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { createNetwork, type Network } from '../../support/host/network.ts'
import { ask, buildOf, keyIdOf, policyNaming } from '../../support/standin/ask.ts'
import { startDaemon } from '../../support/standin/daemon.ts'
import { installStandin } from '../../support/standin/install.ts'
import { addGate, hold, letGo } from '../../support/story/gate.ts'
import { until } from '../../support/story/ours.ts'

let network: Network
before(async () => {
  network = await createNetwork({ name: 'typed' })
})
after(() => network.close())

test('what was typed before emerge is given until its file is removed, and then not even offered', async () => {
  const host = await network.createHost({ name: 'typer' })
  await installStandin(host, { features: '' })
  const daemon = await startDaemon(host)
  const typed = await host.start(['emerge', '--color=n', 'test-misc/nothing'], { pty: true, env: { STANDIN_FEATURES: 'publish' } })
  assert.equal((await typed.exited).exitCode, 0, typed.output())
  await daemon.waitFor(/archive \S+ is given to others/)
  assert.equal((await buildOf(host, 'test-misc/nothing')).shared, true)
  const archives = '/var/cache/standin/archives'
  for (const name of readdirSync(host.path(archives))) rmSync(host.path(`${archives}/${name}`))

  const asker = await network.createHost({ name: 'asker' })
  await installStandin(asker, { features: 'install', policy: policyNaming(keyIdOf(host)) })
  await startDaemon(asker)
  addGate(asker)
  hold(asker, 'install')
  const emerge = await asker.start(['emerge', '--color=n', 'test-misc/nothing'], { pty: true })
  await emerge.waitFor(/no stand-in: .*/)
  assert.match(emerge.output(), /no stand-in: nobody offers a copy/)
  letGo(asker, 'install')
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())

  assert.deepEqual((await ask(host, { t: 'list' }, 'list')).builds, [])
  assert.match(daemon.output(), /test-misc\/nothing-1: archive \S+ is dropped: its file is not what it was/)
  // What is built anew is given again.
  const again = await host.start(['emerge', '--color=n', 'test-misc/nothing'], { pty: true, env: { STANDIN_FEATURES: 'publish' } })
  assert.equal((await again.exited).exitCode, 0, again.output())
  await until(
    () => ask(host, { t: 'list' }, 'list'),
    ({ builds: [one] }) => one?.shared === true,
  )
})
