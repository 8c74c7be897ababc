/**
 * Nobody gives anything before they have said so: with `install` alone what was fetched is not passed on, with `seed` it is, also after a restart.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { after, before, test } from 'node:test'
import type { Started } from '../support/host/enter.ts'
import type { Host } from '../support/host/host.ts'
import { createNetwork, type Network } from '../support/host/network.ts'
import { ask, keyIdOf, policyNaming } from '../support/standin/ask.ts'
import { restartDaemon, startDaemon, stopDaemon } from '../support/standin/daemon.ts'
import { installStandin } from '../support/standin/install.ts'
import { PATIENT } from '../support/story/consumer.ts'
import { until } from '../support/story/ours.ts'

const FLAGS = 'test-misc/flags'

let network: Network
let builder: Host
let builderDaemon: Started

before(async () => {
  network = await createNetwork({ name: 'seed' })
  builder = await network.createHost({ name: 'builder' })
  await installStandin(builder, { features: 'publish' })
  builderDaemon = await startDaemon(builder)
  await builder.emerge([FLAGS])
  await builderDaemon.waitFor(/archive \S+ is given to others/)
})
after(() => network.close())

/** Writes STANDIN_FEATURES anew, for all packages and for the one that has a setting of its own. */
function switchTo(host: Host, general: string, forFlags?: string): void {
  host.write(
    '/etc/portage/make.conf',
    host.read('/etc/portage/make.conf').replace(/^STANDIN_FEATURES=.*$/m, `STANDIN_FEATURES="${general}"`),
  )
  host.write('/etc/portage/env/flags', forFlags === undefined ? '' : `STANDIN_FEATURES="${forFlags}"\n`)
  host.write('/etc/portage/package.env', `${FLAGS} flags\n`)
}

const GIVEN = /archive \S+ is given to others/g

/** How many archives a fresh daemon gives, once it has said which. */
async function givenBy(host: Host, daemon: Started, many: number): Promise<Started> {
  const again = await restartDaemon(host, daemon)
  // Nothing is said of what is not given: a fresh peer that listens has been told all.
  await until(
    () => (again.output().match(GIVEN) ?? []).length,
    (given) => given >= many,
  )
  await ask(host, { t: 'status' }, 'status')
  const { builds } = await ask(host, { t: 'list' }, 'list')
  assert.equal(builds.filter(({ shared }) => shared).length, many, again.output())
  return again
}

async function userWith(name: string, features: string): Promise<{ host: Host; daemon: Started; said: string }> {
  const host = await network.createHost({ name })
  await installStandin(host, { features, policy: policyNaming(keyIdOf(builder)), settings: PATIENT })
  const daemon = await startDaemon(host)
  const emerge = await host.start(['emerge', '--color=n', FLAGS], { pty: true })
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  return { host, daemon, said: emerge.output() }
}

const fetchedOn = (host: Host): string[] => readdirSync(host.path('/var/cache/standin/peer/fetched'))

test('what was fetched is given on with seed, and by nobody else', async () => {
  const taker = await userWith('taker', 'install')
  const seeder = await userWith('seeder', 'install seed')
  for (const { said, daemon } of [taker, seeder]) assert.match(said, /can be used now/, daemon.output())
  assert.deepEqual(fetchedOn(taker.host), [])
  assert.equal(fetchedOn(seeder.host).filter((name) => name.endsWith('.gpkg.tar')).length, 1)

  await stopDaemon(builderDaemon)
  const again = await restartDaemon(seeder.host, seeder.daemon)
  await again.waitFor(/archive \S+ is given to others/)
  assert.match((await userWith('second', 'install')).said, /can be used now/, 'the one who seeds is enough')

  await stopDaemon(again)
  assert.doesNotMatch((await userWith('third', 'install')).said, /can be used now/, 'the one who only takes gives nothing')
})

test('own builds are given with publish alone: seed does not give them, and package.env counts after a restart', async () => {
  const host = await network.createHost({ name: 'owner' })
  await installStandin(host, { features: 'install' })
  switchTo(host, 'install', 'publish')
  let daemon = await startDaemon(host)
  await host.emerge([FLAGS, 'test-misc/nothing'])
  await daemon.waitFor(/archive \S+ is given to others/)
  assert.deepEqual(
    (await ask(host, { t: 'list' }, 'list')).builds.map(({ cpv, shared }) => [cpv, shared]),
    [['test-misc/flags-1', true]],
    'what package.env does not name stays at home',
  )
  daemon = await givenBy(host, daemon, 1)
  switchTo(host, 'seed')
  daemon = await givenBy(host, daemon, 0)
  switchTo(host, 'publish')
  daemon = await givenBy(host, daemon, 1)
  await stopDaemon(daemon)
})

test('what package.env lets be given on is given on after a restart, and nothing of it is kept once that is taken away', async () => {
  builderDaemon = await startDaemon(builder)
  const host = await network.createHost({ name: 'keeper' })
  await installStandin(host, { features: 'install', policy: policyNaming(keyIdOf(builder)) })
  switchTo(host, 'install', 'install seed')
  let daemon = await startDaemon(host)
  const emerge = await host.start(['emerge', '--color=n', FLAGS], { pty: true })
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  assert.match(emerge.output(), /can be used now/)
  assert.equal(fetchedOn(host).length, 2)
  daemon = await restartDaemon(host, daemon)
  await daemon.waitFor(/archive \S+ is given to others/)
  assert.equal(fetchedOn(host).length, 2)
  switchTo(host, 'install')
  daemon = await restartDaemon(host, daemon)
  await until(
    () => fetchedOn(host),
    (names) => names.length === 0,
  )
})
