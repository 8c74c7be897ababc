/**
 * What pkg_postinst makes of a file is none of the build: it has one content, whether that is taken from Portage's own package or from the image.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createNetwork, type Network } from '../../support/host/network.ts'
import { buildOf } from '../../support/standin/ask.ts'
import { startDaemon } from '../../support/standin/daemon.ts'
import { installStandin } from '../../support/standin/install.ts'

const CAPPED = 'test-misc/capped'

let network: Network

before(async () => {
  network = await createNetwork({ name: 'capability' })
})
after(() => network.close())

async function publishedOn(name: string, features: string): Promise<{ recipe: string; content: string }> {
  const host = await network.createHost({ name, features })
  await installStandin(host, { features: 'publish' })
  const daemon = await startDaemon(host)
  await host.emerge([CAPPED])
  await daemon.waitFor(/capped-1: (not )?published.*\n/)
  assert.match(daemon.output(), /capped-1: published/)
  const { stdout } = await host.run(['sh', '-c', 'stat -c %a.%g /usr/bin/capped; getcap /usr/bin/capped'])
  assert.match(stdout, /^711\.250\n.*cap_net_raw/)
  const { recipe, content } = await buildOf(host, CAPPED)
  return { recipe, content }
}

test('a capability, a mode and a group that come after the merge are not published, by either way', async () => {
  assert.deepEqual(await publishedOn('alpha', 'buildpkg'), await publishedOn('beta', '-buildpkg'))
})
