/**
 * What Portage saves of a build holds nothing of standin, or it would be in every binary package and run again years later.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { HOOK_LINES } from '../../src/portage/hookblock.ts'
import { createNetwork, type Network } from '../support/host/network.ts'
import { append } from '../support/standin/built.ts'
import { type Consumer, createConsumer, PATIENT, PURGED } from '../support/story/consumer.ts'
import { createPublisher, type Publisher } from '../support/story/publisher.ts'

const CPV = 'test-misc/flags-1'

let network: Network
let publisher: Publisher
let consumer: Consumer
before(async () => {
  network = await createNetwork({ name: 'environment' })
  publisher = await createPublisher(network, ['test-misc/flags'])
  consumer = await createConsumer(publisher, 'beta', { features: 'buildpkg', standin: { hook: false, settings: PATIENT } })
})
after(() => network.close())

test('environment.bz2 of a build beside a stand-in is that of a build with the hooks off', async () => {
  const off = [await built(consumer), await built(consumer)] as const
  append(consumer.host, '/etc/portage/bashrc', `${HOOK_LINES.join('\n')}\n`)
  append(consumer.host, '/etc/portage/make.conf', 'STANDIN_FEATURES="install publish"\n')
  const on = await built(consumer)
  assert.match(consumer.daemon.output(), PURGED, 'a copy stood in')
  await consumer.daemon.waitFor(/your own build agrees/)

  for (const which of ['installed', 'packaged'] as const) {
    const [first, second, third] = [definitions(off[0][which]), definitions(off[1][which]), definitions(on[which])]
    assert.ok(first.size > 50 && first.has('src_compile ()') && first.has('CFLAGS'), `${which}: what was read is an environment`)
    assert.deepEqual([...third.keys()].toSorted(), [...second.keys()].toSorted())
    assert.deepEqual(differing(third, second), differing(second, first), `${which}: what differs is what differs between any two builds`)
    assert.doesNotMatch(on[which], /standin/i)
  }
})

/** Emerges it anew and gives back both environments that are kept of it. */
async function built({ host }: Consumer): Promise<{ installed: string; packaged: string }> {
  if (host.exists(`/var/db/pkg/${CPV}`)) await host.emerge(['--unmerge', '--quiet', `=${CPV}`])
  await host.run(['rm', '-rf', '/var/cache/binpkgs'])
  await host.emerge([`=${CPV}`])
  const { stdout: installed } = await host.run(['bzip2', '-dc', `/var/db/pkg/${CPV}/environment.bz2`])
  const unpack =
    'tar -xOf /var/cache/binpkgs/test-misc/flags/*.gpkg.tar flags-1-1/metadata.tar.zst | zstd -dc | tar -xO metadata/environment.bz2 | bzip2 -dc'
  const { stdout: packaged } = await host.run(['bash', '-o', 'pipefail', '-c', unpack])
  return { installed, packaged }
}

/** Every variable and every function, by name, with its text. */
function definitions(environment: string): Map<string, string> {
  const all = new Map<string, string>()
  let name = ''
  for (const line of environment.split('\n')) {
    const [, variable, fn] = /^declare (?:-\S+ )?(\w+)|^(\S+ \(\)) $/.exec(line) ?? []
    name = variable ?? fn ?? name
    all.set(name, `${all.get(name) ?? ''}${line}\n`)
  }
  return all
}

function differing(a: Map<string, string>, b: Map<string, string>): string[] {
  return [...a.keys()].filter((name) => a.get(name) !== b.get(name)).toSorted()
}
