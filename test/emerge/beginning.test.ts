/**
 * A build is signed as what it was when it began: what a sync, an update or its user changes until it is merged never makes it another in anybody's eyes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { rmSync, utimesSync } from 'node:fs'
import { after, before, test } from 'node:test'
import type { Started } from '../support/host/enter.ts'
import type { Host } from '../support/host/host.ts'
import { createNetwork, type Network } from '../support/host/network.ts'
import { buildsOf } from '../support/standin/ask.ts'
import { killDaemon, startDaemon } from '../support/standin/daemon.ts'
import { installStandin } from '../support/standin/install.ts'
import { addGate, hold, letGo, reached } from '../support/story/gate.ts'

const PACKAGE = 'test-misc/flags'
const FOLDER = `/var/db/repos/gentoo/${PACKAGE}`
const EBUILD = `${FOLDER}/flags-1.ebuild`
const PATCH = `/etc/portage/patches/${PACKAGE}/mine.patch`
const GCC = '/usr/bin/x86_64-pc-linux-gnu-gcc'
const CHANGED = 'not published: its ebuild, an eclass, the compiler or a file of yours changed while it was built'

let network: Network
let host: Host
let daemon: Started
before(async () => {
  network = await createNetwork({ name: 'beginning' })
  host = await network.createHost({ name: 'alpha' })
  await installStandin(host, { features: 'publish' })
  addGate(host)
  daemon = await startDaemon(host)
})
after(() => network.close())

/** What the daemon says of a build during which `change` happens. */
async function said(change: () => unknown): Promise<string> {
  hold(host, 'compile')
  const emerge = await host.start(['emerge', '--oneshot', PACKAGE])
  await reached(host, 'compile')
  await change()
  const from = daemon.output().length
  letGo(host, 'compile')
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  const [, line = ''] = await daemon.waitFor(new RegExp(`^[^]{${from},}?flags-1: ((?:not )?published.*)\\n`))
  return line
}

const signed = async (): Promise<string[]> => (await buildsOf(host)).map(({ recipe, content }) => `${recipe} ${content}`)

/** Portage takes what it knows of an ebuild for fresh where it was written down in the very second in which that was changed. */
function replaceEbuild(text: string): void {
  host.write(EBUILD, text)
  const hourAgo = new Date(Date.now() - 3_600_000)
  utimesSync(host.path(EBUILD), hourAgo, hourAgo)
}

/** As a sync that comes with metadata, or the next emerge of anything, leaves it. */
async function sync(): Promise<void> {
  replaceEbuild(host.read(EBUILD).replace('dobin flags', 'dobin flags\n\techo fixed > fixed || die\n\tdodoc fixed'))
  await host.run(['emerge', '--pretend', PACKAGE])
}

test('an ebuild that a sync replaces during the build is not taken for the one that was built', async () => {
  const old = host.read(EBUILD)
  assert.equal(await said(sync), CHANGED)
  assert.deepEqual(await signed(), [])
  assert.match(await said(() => undefined), /^published /, 'the next build is what the new one says')
  replaceEbuild(old)
  assert.match(await said(() => undefined), /^published /)
  assert.equal(new Set(await signed()).size, 2)
})

test('nor is what changes beside the ebuild', async () => {
  const known = await signed()
  const bashrc = host.read('/etc/portage/bashrc')
  assert.equal(await said(() => host.write(`${FOLDER}/files/new.patch`, 'x\n')), CHANGED)
  rmSync(host.path(`${FOLDER}/files`), { recursive: true })
  assert.equal(await said(replaceCompiler), CHANGED)
  await host.run(['mv', `${GCC}.real`, GCC])
  assert.match(
    await said(() => host.write('/etc/portage/bashrc', `trap : EXIT\n${bashrc}`)),
    /^not published: line 1 of \/etc\/portage\/bashrc/,
  )
  assert.match(await said(() => host.write('/etc/portage/bashrc', bashrc)), /^not published: line 1 of \/etc\/portage\/bashrc/)
  host.write(PATCH, '--- a/none\n+++ b/added\n@@ -0,0 +1 @@\n+x\n')
  assert.equal(
    await said(() => rmSync(host.path('/etc/portage/patches'), { recursive: true })),
    'not published: user patches were applied to it',
  )
  assert.deepEqual(await signed(), known)
})

/** By one that says that it is another. */
async function replaceCompiler(): Promise<void> {
  await host.run(['mv', GCC, `${GCC}.real`])
  host.write(GCC, `#!/bin/sh\n[ "$1" = --version ] && echo "gcc (Other) 99.1" && exit\nexec ${GCC}.real "$@"\n`, 0o755)
}

test('a warden that is killed during a build knows afterwards what it was, or publishes nothing', async () => {
  const line = await said(async () => {
    await killDaemon(daemon)
    daemon = await startDaemon(host)
  })
  assert.match(line, /^published /)
  const unknown = await said(async () => {
    await killDaemon(daemon)
    const [note = ''] = (await host.run(['sh', '-c', 'echo /run/standin/notes/*'])).stdout.trim().split(' ')
    const { recipe, ...rest } = JSON.parse(host.read(note))
    assert.ok('id' in recipe, 'it was known')
    host.write(note, JSON.stringify(rest))
    daemon = await startDaemon(host)
  })
  assert.equal(unknown, 'not published: the daemon was started again before it knew what this build is made of')
})
