/**
 * Two networks with a router between them, which passes no multicast: a tracker alone is enough to find a copy.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Started } from '../support/host/enter.ts'
import type { Host } from '../support/host/host.ts'
import { createNetwork, type Network } from '../support/host/network.ts'
import { createRouter } from '../support/host/router.ts'
import { ask, keyIdOf, policyNaming } from '../support/standin/ask.ts'
import { startDaemon } from '../support/standin/daemon.ts'
import { installStandin } from '../support/standin/install.ts'
import { startTracker } from '../support/standin/tracker.ts'
import { left, typeEmerge } from '../support/story/typed.ts'

const FLAGS = 'test-misc/flags'
const AGREES = /your own build agrees with the copy/

let here: Network
let there: Network
let router: { close(): Promise<void> }
let builder: Host
let daemon: Started
let announce: string

before(async () => {
  here = await createNetwork({ name: 'near' })
  there = await createNetwork({ name: 'far' })
  router = await createRouter(here, there)
  builder = await here.createHost({ name: 'builder' })
  announce = await startTracker(builder)
  await installStandin(builder, { features: 'publish', settings: { local_discovery: 'no', trackers: announce } })
  daemon = await startDaemon(builder)
  await builder.emerge([FLAGS])
  await daemon.waitFor(/archive \S+ is given to others/)
})
after(async () => {
  await router.close()
  await here.close()
  await there.close()
})

async function emergeOn(host: Host, settings: Record<string, string>, last: RegExp): Promise<string> {
  await installStandin(host, { features: 'install', settings, policy: policyNaming(keyIdOf(builder)) })
  await startDaemon(host)
  const emerge = await typeEmerge(host, [FLAGS])
  await emerge.waitFor(last)
  assert.equal((await left(emerge)).exitCode, 0, emerge.output())
  return emerge.output()
}

test('across a router, a tracker alone finds the copy', async () => {
  const user = await there.createHost({ name: 'user' })
  const said = await emergeOn(user, { local_discovery: 'no', trackers: announce }, AGREES)
  assert.match(said, /standin: test-misc\/flags-1: can be used now/)
})

test('across a router, without a tracker, nobody is found and emerge takes its normal course', async () => {
  const user = await there.createHost({ name: 'lonely' })
  const said = await emergeOn(user, {}, />>> Completed/)
  assert.doesNotMatch(said, /can be used now/)
  assert.equal((await user.run(['flags'])).exitCode, 0)
  assert.equal((await ask(user, { t: 'why' }, 'why')).courses.at(-1)?.outcome.startsWith('no stand-in'), true)
})
