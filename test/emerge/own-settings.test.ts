/**
 * What the user's own settings make of a build: one recipe means one content, and what others would not build has no recipe or stays at home.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { after, before, test } from 'node:test'
import type { Started } from '../support/host/enter.ts'
import type { Host } from '../support/host/host.ts'
import { createNetwork, type Network } from '../support/host/network.ts'
import { ask } from '../support/standin/ask.ts'
import { startDaemon } from '../support/standin/daemon.ts'
import { installStandin } from '../support/standin/install.ts'
import { addGate, hold, letGo, PROFILE_BASHRC, reached } from '../support/story/gate.ts'

const PACKAGE = 'test-misc/flags'

let network: Network
let host: Host
let daemon: Started
before(async () => {
  network = await createNetwork({ name: 'own' })
  host = await network.createHost({ name: 'alpha' })
  await installStandin(host, { features: 'publish' })
  daemon = await startDaemon(host)
})
after(() => network.close())

/** What the daemon says of the build, the part behind the package's name, and `standin why` too. */
async function outcome(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const heard = daemon.output().length
  await host.emerge([...args, PACKAGE], { env })
  const said = /^test-misc\/flags-\S+: ((not )?published.*)$/m
  await daemon.waitFor(new RegExp(`^[^]{${heard},}?test-misc/flags-\\S+: (not )?published.*$`, 'm'))
  const line = said.exec(daemon.output().slice(heard))?.[1] ?? ''
  const { courses } = await ask(host, { t: 'why' }, 'why')
  const verdicts = [{ rule: 'publish', passed: line.startsWith('published'), text: line }]
  assert.deepEqual(
    courses.map(({ outcome: what, verdicts: words }) => [what.startsWith('no stand-in: '), words]),
    [[true, verdicts]],
  )
  return line
}

const content = (line: string): string | undefined => /content ([0-9a-f]+)/.exec(line)?.[1]

test('a binary package that lacks something of the image is not what is published', async () => {
  const plain = content(await outcome(['--oneshot']))
  assert.ok(plain)
  const masked = { FEATURES: 'buildpkg', PKG_INSTALL_MASK: '/usr/share' }
  assert.equal(content(await outcome(['--oneshot'], masked)), plain)
  assert.equal(content(await outcome(['--oneshot'], { FEATURES: 'buildpkg -binpkg-docompress' })), plain)
  assert.match(await outcome(['--buildpkgonly'], masked), /^not published: PKG_INSTALL_MASK leaves files out of binary packages$/)
})

test('a binary package in another format than gpkg is not published, and that is said', async () => {
  const xpak = { BINPKG_FORMAT: 'xpak' }
  assert.match(await outcome(['--buildpkgonly'], xpak), /^not published: emerge has made no gpkg of it, as BINPKG_FORMAT asks for/)
  assert.ok(content(await outcome(['--oneshot'], { ...xpak, FEATURES: 'buildpkg' })), 'the image that is merged is')
})

test('what is changed right after the merge is not what was built, and that is said once', async () => {
  // Portage leaves an installed file where it is that has the same bytes.
  rmSync(host.path('/usr/bin/flags'))
  host.write(PROFILE_BASHRC, '[[ ${EBUILD_PHASE} == postinst ]] && echo >> "${EROOT}/usr/bin/flags"\n:\n')
  assert.equal(
    await outcome(['--oneshot']),
    'not published: the archive was not made: usr/bin/flags has been changed since the build (1 file)',
  )
  rmSync(host.path(PROFILE_BASHRC))
})

test('what nobody else has in their build has no recipe', async () => {
  host.write(`/etc/portage/env/${PACKAGE}`, 'post_src_install() { echo mine > "${D}/usr/share/mine"; }\n')
  assert.match(await outcome(['--oneshot']), /^not published: \/etc\/portage\/env\/test-misc\/flags changes what is built$/)
  rmSync(host.path(`/etc/portage/env/${PACKAGE}`))

  const bashrc = host.read('/etc/portage/bashrc')
  host.write('/etc/portage/bashrc', `post_src_install() { :; }\n${bashrc}`)
  assert.match(await outcome(['--oneshot']), /^not published: post_src_install in your bashrc may change what is built$/)
  host.write('/etc/portage/bashrc', bashrc)
})

test('tokens that only take away leave the others of make.conf, in package.env and on the command line', async () => {
  const plain = await outcome(['--oneshot'], { STANDIN_FEATURES: '-seed' })
  assert.ok(content(plain), plain)
  host.write('/etc/portage/env/less', 'STANDIN_FEATURES="-seed"\n')
  host.write('/etc/portage/package.env', `${PACKAGE} less\n`)
  assert.equal(content(await outcome(['--oneshot'])), content(plain))
  host.write('/etc/portage/package.env', '')
})

test('publish that is switched off during a build is off for that build', async () => {
  const makeConf = host.read('/etc/portage/make.conf')
  addGate(host)
  hold(host, 'compile')
  const line = outcome(['--oneshot'])
  await reached(host, 'compile')
  host.write('/etc/portage/make.conf', makeConf.replace(/^STANDIN_FEATURES=.*$/m, 'STANDIN_FEATURES=""'))
  letGo(host, 'compile')
  assert.match(await line, /^not published: publish is not in STANDIN_FEATURES any more$/)
})
