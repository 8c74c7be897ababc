/**
 * Most test hosts take over what one real `emerge app-portage/standin` changed on another host; they are as if they had run it themselves.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNetwork } from '../support/host/network.ts'
import type { Snapshot } from '../support/host/snapshot.ts'
import { installStandin } from '../support/standin/install.ts'
import { atEnd } from '../support/atEnd.ts'

/** What two emerges of one package on two hosts differ in as well. */
const OF_EACH_EMERGE = [
  /^\/etc\/((passwd|group|shadow|gshadow)-|\.pwd\.lock)$/, // what useradd keeps of the lists before
  /^\/etc\/(ld\.so\.cache|profile\.env|csh\.env|environment\.d(\/.*)?)$/, // made anew by each merge from all that is installed
  /^\/etc\/machine-id$/,
  /^\/var\/db\/pkg\/[^/]+\/[^/]+\/(BUILD_TIME|COUNTER|CONTENTS|environment\.bz2)$/, // times, and the order of merges
]

/** What lies where, without times and without what tells one host from another. */
function timeless({ entries }: Snapshot): Map<string, string> {
  const kept = [...entries].filter(([path]) => !OF_EACH_EMERGE.some((pattern) => pattern.test(path)))
  return new Map(kept.map(([path, is]) => [path, is.replace(/ \d{19}\b/, '')]))
}

test('a host that took over an emerge of standin has every file, account and entry that one has which ran it', async (t) => {
  const network = await createNetwork({ name: 'layer' })
  atEnd(t, () => network.close())
  const emerged = await network.createHost({ name: 'emerged', hostname: 'same' })
  const layered = await network.createHost({ name: 'layered', hostname: 'same' })
  await installStandin(emerged, { fromSource: true, hook: false })
  await installStandin(layered, { hook: false })

  const below = ['/etc', '/opt', '/usr', '/var/db/pkg']
  const [theirs, ours] = [timeless(await emerged.snapshot({ below })), timeless(await layered.snapshot({ below }))]
  assert.ok([...ours.keys()].some((path) => path === '/usr/lib/standin/daemon.mjs'))
  assert.deepEqual(
    [...new Set([...ours.keys(), ...theirs.keys()])].filter((path) => ours.get(path) !== theirs.get(path)),
    [],
  )
  const names = 'cut -d" " -f1,2 /var/db/pkg/app-portage/standin-*/CONTENTS'
  const [one, other] = await Promise.all([emerged, layered].map((host) => host.run(['sh', '-c', names])))
  assert.equal(one?.stdout, other?.stdout)
  assert.equal(layered.read('/var/lib/portage/world'), emerged.read('/var/lib/portage/world'))
})
