/**
 * Unmerging standin while a stand-in is live takes the stand-in away first, for afterwards no hook would, and the merge of the real one would fail.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { version } from '../../packaging/release.ts'
import type { Host } from '../support/host/host.ts'
import { createNetwork, type Network } from '../support/host/network.ts'
import { differences } from '../support/host/snapshot.ts'
import { keyIdOf, policyNaming } from '../support/standin/ask.ts'
import { startDaemon } from '../support/standin/daemon.ts'
import { installStandin } from '../support/standin/install.ts'

const SLOW = 'test-misc/slow'
const GO = '/var/go-on'

let network: Network
let builder: Host
let user: Host

before(async () => {
  network = await createNetwork({ name: 'unmerge' })
  const makeConf = { SLOW_UNTIL: GO, CLEAN_DELAY: '0' }
  builder = await network.createHost({ name: 'builder', makeConf })
  user = await network.createHost({ name: 'user', makeConf, features: 'collision-protect' })
  await installStandin(builder, { features: 'publish' })
  const daemon = await startDaemon(builder)
  builder.write(GO, '')
  await builder.emerge([SLOW])
  await daemon.waitFor(/slow-1: published/)
  await installStandin(user, { features: 'install', policy: policyNaming(keyIdOf(builder)) })
})
after(() => network.close())

test('a live stand-in goes with standin, and its own package is merged without it', async () => {
  const installed = pathsOf(user.read(`/var/db/pkg/app-portage/standin-${version}/CONTENTS`))
  const clean = await user.snapshot({ below: ['/usr'] })
  await startDaemon(user)
  const emerge = await user.start(['emerge', '--color=n', SLOW], { pty: true })
  await emerge.waitFor(/slow-1: can be used now/)
  assert.equal((await user.run(['slow'])).stdout, 'slow\n')

  const { stdout, stderr } = await user.emerge(['--unmerge', 'app-portage/standin'])
  assert.doesNotMatch(stdout + stderr, /could not be taken away/)
  assert.ok(!user.exists('/usr/bin/slow'))
  assert.ok(!user.exists('/usr/lib/standin'))
  const left = differences(clean, await user.snapshot({ below: ['/usr'] }))
  assert.deepEqual(
    left.filter((line) => !installed.has(line.replace(/^removed (\S+) .*/, '$1'))),
    [],
  )

  user.write(GO, '')
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  assert.equal((await user.run(['slow'])).stdout, 'slow\n')
  assert.match(stdout + stderr, /remove STANDIN_FEATURES from make\.conf/)
  const again = await user.emerge(['test-misc/nothing'])
  assert.doesNotMatch(again.stdout + again.stderr, /standin/i)
  assert.match(user.read('/etc/portage/make.conf'), /STANDIN_FEATURES/)
  assert.doesNotMatch(await environmentOf(user, 'test-misc/nothing-1'), /standin/i, 'the line that is left keeps it out')
})

async function environmentOf(host: Host, cpv: string): Promise<string> {
  const { stdout } = await host.run(['bzip2', '-dc', `/var/db/pkg/${cpv}/environment.bz2`])
  assert.match(stdout, /CATEGORY=/)
  return stdout
}

function pathsOf(contents: string): ReadonlySet<string> {
  return new Set([...contents.matchAll(/^(?:obj|dir|sym) (\S+)/gm)].map((match) => match[1] ?? ''))
}
