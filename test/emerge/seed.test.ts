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
import { keyIdOf, policyNaming } from '../support/standin/ask.ts'
import { restartDaemon, startDaemon, stopDaemon } from '../support/standin/daemon.ts'
import { installStandin } from '../support/standin/install.ts'

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

async function userWith(name: string, features: string): Promise<{ host: Host; daemon: Started; said: string }> {
  const host = await network.createHost({ name })
  await installStandin(host, { features, policy: policyNaming(keyIdOf(builder)) })
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
