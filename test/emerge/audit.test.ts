/**
 * What the user's own builds say of the copy that stood in: they convict a copy that its builder tampered with, and name the files.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import type { Started } from '../support/host/enter.ts'
import type { Host } from '../support/host/host.ts'
import { createNetwork, type Network } from '../support/host/network.ts'
import { ask, buildsOf, keyIdOf, policyNaming } from '../support/standin/ask.ts'
import { append } from '../support/standin/built.ts'
import { restartDaemon, startDaemon } from '../support/standin/daemon.ts'
import { installStandin } from '../support/standin/install.ts'
import { PROFILE_BASHRC } from '../support/story/gate.ts'
import { left, typeEmerge } from '../support/story/typed.ts'

/** A builder who adds to every image of test-misc/flags what the ebuild never installs, and changes what it does. */
const TAMPERED = `
if [[ \${MISC_FUNCTIONS_ARGS} == *__dyn_instprep* && \${PN} == flags ]]; then
	sed -i s/alpha/mined/ "\${D}/usr/bin/flags"
	mkdir -p "\${D}/usr/share/flags"
	echo added > "\${D}/usr/share/flags/added"
fi
`

/** One who says that test-misc/slow needs a library more than it does, which every host has: its linkage is that of no other build then. */
const ONE_MORE = `
if [[ \${MISC_FUNCTIONS_ARGS} == *__dyn_instprep* && \${PN} == slow ]]; then
	sed -i 's/libc\\.so\\.6/libc.so.6 libm.so.6/' "\${PORTAGE_BUILDDIR}/build-info/REQUIRES"
fi
`

let network: Network
let builder: Host
let user: Host
let builderDaemon: Started
let userDaemon: Started

before(async () => {
  network = await createNetwork({ name: 'audit' })
  builder = await network.createHost({ name: 'builder', makeConf: { SLOW_SECONDS: '1' } })
  user = await network.createHost({ name: 'user', makeConf: { SLOW_SECONDS: '2' } })
  await installStandin(builder, { features: 'publish' })
  append(builder, PROFILE_BASHRC, TAMPERED)
  builderDaemon = await startDaemon(builder)
  await installStandin(user, { features: 'install publish', policy: policyNaming(keyIdOf(builder)) })
  userDaemon = await startDaemon(user)
})
after(() => network.close())

/** What becomes of a copy. */
const SAID = /standin: \S+: (no stand-in: |your own build |YOUR OWN BUILD )[^\n]*\n/

/** To the line that `last` is in. */
async function emergeAndRead(atom: string, last = SAID): Promise<string> {
  const emerge = await typeEmerge(user, [atom])
  await emerge.waitFor(last)
  assert.equal((await left(emerge)).exitCode, 0, emerge.output())
  return emerge.output()
}

test('a copy that its builder tampered with is found out by the own build, loudly and by name', async () => {
  await builder.emerge(['test-misc/flags'])
  await builderDaemon.waitFor(/archive \S+ is given to others/)
  const said = await emergeAndRead('test-misc/flags', /flags-1: not published: [^\n]*\n/)
  assert.match(said, /standin: test-misc\/flags-1: can be used now/)
  assert.match(
    said,
    /standin: test-misc\/flags-1: YOUR OWN BUILD DIFFERS from the copy that stood in: .*\/usr\/bin\/flags .*\/usr\/share\/flags\/added/s,
  )
  assert.match((await user.run(['flags'])).stdout, /alpha/, 'what is installed is the own build')
  assert.ok(!user.exists('/usr/share/flags/added'))

  const { disputes } = await ask(user, { t: 'status' }, 'status')
  assert.equal(disputes.length, 1)
  assert.match(said, /flags-1: not published: it may have been changed .* waits for the clean rebuild/)
  assert.deepEqual(await buildsOf(user), [])
})

test('both sides are kept, a recipe in dispute stands in no more, and one more build convicts the copy', async () => {
  const [folder] = (await user.run(['find', '/var/lib/standin/disputes', '-mindepth', '1', '-type', 'd'])).stdout.trim().split('\n')
  assert.ok(folder !== undefined && folder !== '')
  for (const name of ['stood-in.json', 'own.json', 'own.gpkg.tar']) assert.ok(existsSync(user.path(`${folder}/${name}`)), name)
  const theirs = readFileSync(user.path(`${folder}/stood-in.json`), 'utf8')
  assert.ok(theirs.includes('usr/share/flags/added') && theirs.includes(keyIdOf(builder)), 'the signed words of the builder are there')

  await user.emerge(['--unmerge', '--quiet', 'test-misc/flags'])
  const said = await emergeAndRead('test-misc/flags')
  assert.match(said, /standin: test-misc\/flags-1: no stand-in: .*two contents for its recipe/)
  await userDaemon.waitFor(/flags-1: your clean rebuild agrees with your build before it, so THE COPY THAT STOOD IN IS WRONG[^]*published/)
  assert.deepEqual(
    (await buildsOf(user)).map(({ cpv }) => cpv),
    ['test-misc/flags-1'],
  )
})

test('a build that is never the same twice is a dispute too', async () => {
  await builder.emerge(['test-misc/random'])
  await builderDaemon.waitFor(/test-misc\/random-1: published[^]*is given to others/)
  const said = await emergeAndRead('test-misc/random')
  assert.match(said, /YOUR OWN BUILD DIFFERS .*\/usr\/share\/random\/seed/s)
})

test('a builder whose archive says that it needs more than its files do is found out as well', async () => {
  append(builder, PROFILE_BASHRC, ONE_MORE)
  await builder.emerge(['test-misc/slow'])
  await builderDaemon.waitFor(/test-misc\/slow-1: published[^]*is given to others/)
  const said = await emergeAndRead('test-misc/slow')
  assert.match(said, /standin: test-misc\/slow-1: no stand-in: its REQUIRES names x86_64 libm\.so\.6, which none of its files needs/)
  const { stdout } = await user.run(['standin', 'why', 'test-misc/slow'])
  assert.match(stdout, /stopped +linkage +its REQUIRES names/)
})

test('a builder who signs another linkage than that of the archive is found out before anything is placed', async () => {
  const lying = '/usr/lib/standin/daemon.mjs'
  builder.write(lying, builder.read(lying).replaceAll('linkage-1', 'linkage-0'))
  builderDaemon = await restartDaemon(builder, builderDaemon)
  await builder.emerge(['test-misc/big'])
  await builderDaemon.waitFor(/test-misc\/big-1: published[^]*is given to others/)
  const said = await emergeAndRead('test-misc/big')
  assert.match(
    said,
    /standin: test-misc\/big-1: no stand-in: none of 1 offered copy can be used \(.*linkage is not what its own metadata say/,
  )
})
