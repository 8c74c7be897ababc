/**
 * What happens to a stand-in while it is there: it is edited, it runs, it may not be there at all; nothing of the user's is lost.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Started } from '../support/host/enter.ts'
import type { Host } from '../support/host/host.ts'
import { createNetwork, type Network } from '../support/host/network.ts'
import { ask, keyIdOf, policyNaming } from '../support/standin/ask.ts'
import { startDaemon } from '../support/standin/daemon.ts'
import { installStandin } from '../support/standin/install.ts'
import { PATIENT } from '../support/story/consumer.ts'
import { left, typeEmerge } from '../support/story/typed.ts'

/** A program in Python, whose module is compiled into a `__pycache__` beside it when it runs. */
const SPOKEN = `EAPI=8
DESCRIPTION="Says a word"
HOMEPAGE="https://example.org/"
S="\${WORKDIR}"
LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"
src_compile() {
	until [[ -e \${SLOW_UNTIL} ]]; do sleep 0.05; done
}
src_install() {
	printf '%s\\n' '#!/bin/sh' 'exec python3 /usr/share/spoken/main.py' | newbin - spoken
	insinto /usr/share/spoken
	printf '%s\\n' 'import helper' 'print(helper.word)' | newins - main.py
	printf '%s\\n' 'word = "spoken"' | newins - helper.py
}
`

let network: Network
let builder: Host
let daemon: Started
let user: Host

before(async () => {
  network = await createNetwork({ name: 'place' })
  const slow = { SLOW_UNTIL: '/tmp/go-on', RANDOM_SEED: '7' }
  builder = await network.createHost({ name: 'builder', makeConf: slow })
  user = await network.createHost({ name: 'user', makeConf: slow, features: 'collision-protect' })
  await installStandin(builder, { features: 'publish' })
  daemon = await startDaemon(builder)
  builder.write('/tmp/go-on', '')
  for (const host of [builder, user]) host.write('/var/db/repos/gentoo/test-misc/spoken/spoken-1.ebuild', SPOKEN)
  await builder.emerge(['test-misc/slow', 'test-misc/setid', 'test-misc/libuser', 'test-misc/spoken'])
  await daemon.waitFor(/(is given to others[^]*){5}/)
  await installStandin(user, { features: 'install', policy: policyNaming(keyIdOf(builder)), settings: PATIENT })
  await startDaemon(user)
})
after(() => network.close())

test('a file that the user edits while it stands in is kept aside and named, and the own build is merged', async () => {
  const emerge = await user.start(['emerge', '--color=n', 'test-misc/slow'], { pty: true })
  await emerge.waitFor(/can be used now/)
  assert.equal((await user.run(['slow'])).stdout, 'slow\n')
  await user.run(['sh', '-c', 'echo "# mine" >> /usr/bin/slow'])
  user.write('/tmp/go-on', '')
  const [, keptAs = ''] = await emerge.waitFor(/\/usr\/bin\/slow was changed while it stood in; kept as (\S+)/)
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  assert.match(user.read(keptAs), /# mine\n$/)
  assert.doesNotMatch(user.read('/usr/bin/slow'), /# mine/)
  const { kept } = await ask(user, { t: 'status' }, 'status')
  assert.deepEqual(kept, [{ path: 'usr/bin/slow', keptAs }])
})

test('so is one that an editor writes anew and renames, and the merge is not refused for it', async () => {
  await user.emerge(['--unmerge', '--quiet', 'test-misc/slow'])
  await user.run(['rm', '/tmp/go-on'])
  const emerge = await user.start(['emerge', '--color=n', 'test-misc/slow'], { pty: true })
  await emerge.waitFor(/can be used now/)
  await user.run([
    'sh',
    '-c',
    'cp -p /usr/bin/slow /tmp/slow.edited && echo "# mine again" >> /tmp/slow.edited && mv /tmp/slow.edited /usr/bin/slow',
  ])
  user.write('/tmp/go-on', '')
  const [, keptAs = ''] = await emerge.waitFor(/\/usr\/bin\/slow was replaced while it stood in; kept as (\S+)/)
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  assert.match(user.read(keptAs), /# mine again\n$/)
  assert.doesNotMatch(user.read('/usr/bin/slow'), /mine/)
})

test('bytecode of a program that ran while it stood in goes with it, and what was there before stays', async () => {
  const cache = '/usr/share/spoken/__pycache__'
  const mine = [`${cache}/main.cpython-39.pyc`, `${cache}/helper.pypy310.pyc`, `${cache}/notes`]
  for (const path of mine) user.write(path, 'mine')
  await user.run(['rm', '-f', '/tmp/go-on'])
  const emerge = await user.start(['emerge', '--color=n', 'test-misc/spoken'], { pty: true })
  await emerge.waitFor(/can be used now/)
  const names = async (): Promise<string[]> => (await user.run(['ls', cache])).stdout.trim().split('\n')
  assert.equal((await user.run(['env', '-u', 'PYTHONDONTWRITEBYTECODE', 'spoken'])).stdout, 'spoken\n')
  assert.ok((await names()).some((name) => /^helper\.cpython-\d+\.pyc$/.test(name)))
  user.write('/tmp/go-on', '')
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  assert.deepEqual(await names(), ['helper.pypy310.pyc', 'main.cpython-39.pyc', 'notes'])
  for (const path of mine) assert.equal(user.read(path), 'mine')
})

test('a package with a set-user-id program gets no stand-in, and why says which rule it was', async () => {
  const emerge = await user.start(['emerge', '--color=n', 'test-misc/setid'], { pty: true })
  assert.equal((await emerge.exited).exitCode, 0)
  assert.match(emerge.output(), /standin: test-misc\/setid-1: no stand-in: /)
  const why = (await user.run(['standin', 'why', 'test-misc/setid'])).stdout
  assert.match(why, /set-?id|set-user-id/i)
})

test('a program that needs a library gets it from the library that was merged before it, and no header is ever placed', async () => {
  const emerge = await typeEmerge(user, ['test-misc/libuser'])
  await emerge.waitFor(/standin: test-misc\/libuser-1: your own build agrees/)
  assert.equal((await left(emerge)).exitCode, 0, emerge.output())
  const { courses } = await ask(user, { t: 'why' }, 'why')
  const library = courses.find(({ cpv }) => cpv.startsWith('dev-libs/small'))
  assert.ok(
    library?.verdicts.some(({ rule, text }) => /header|development/i.test(`${rule} ${text}`) && /left out/.test(text)),
    JSON.stringify(library),
  )
})
