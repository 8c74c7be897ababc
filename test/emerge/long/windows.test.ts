/**
 * Two honest hosts whose windows are of other widths accuse each other of nothing, and a rebuild as wide as the copy's says who is right.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Started } from '../../support/host/enter.ts'
import type { Host } from '../../support/host/host.ts'
import { createNetwork, type Network } from '../../support/host/network.ts'
import { ask, keyIdOf, policyNaming } from '../../support/standin/ask.ts'
import { startDaemon } from '../../support/standin/daemon.ts'
import { installStandin } from '../../support/standin/install.ts'
import { addGate, hold, letGo, reached } from '../../support/story/gate.ts'
import { settled } from '../../support/story/ours.ts'
import { signedOn } from '../../support/story/stranger.ts'

const HELPFUL = 'test-misc/helpful'

/** Installs what its tool prints for `--help`, as many packages do; a script of bash asks for it that has run something before, as configure has. */
const EBUILD = `# SPDX-License-Identifier: GPL-2.0-or-later
EAPI=8
DESCRIPTION="Installs the help that its own program prints"
HOMEPAGE="https://example.org/"
S="\${WORKDIR}"
LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"
src_compile() {
	cat > helpful <<-'END' || die
#!/usr/bin/python3
import argparse
p = argparse.ArgumentParser(prog="helpful", description="A tool of which the help is so long that it has to be broken somewhere in the middle, as helps are")
p.add_argument("--option", help="what it does is told in so many words that they do not fit into one line of a window that is eighty columns wide")
p.parse_args()
END
	printf '%s\\n' '#!/bin/bash' 'chmod +x helpful' './helpful --help > help.txt' > gen.sh || die
	bash gen.sh || die
}
src_install() { dobin helpful; dodoc help.txt; docompress -x /usr/share/doc; }
`

interface Side {
  readonly host: Host
  readonly daemon: Started
}

let network: Network
let alpha: Side
let beta: Side

async function createSide(name: string, features: string, policy?: string): Promise<Side> {
  const host = await network.createHost({ name })
  host.write(`/var/db/repos/gentoo/${HELPFUL}/helpful-1.ebuild`, EBUILD)
  await installStandin(host, { features, ...(policy === undefined ? {} : { policy }) })
  return { host, daemon: await startDaemon(host) }
}

before(async () => {
  network = await createNetwork({ name: 'windows' })
  alpha = await createSide('alpha', 'publish')
  assert.match(await emergedIn(alpha, 160), /helpful-1: published/)
  beta = await createSide('beta', 'install publish', policyNaming(keyIdOf(alpha.host)))
})
after(() => network.close())

/** What the daemon says of one emerge in a window of this width, to the end of it. */
async function emergedIn({ host, daemon }: Side, columns: number, env: Record<string, string> = {}): Promise<string> {
  const from = daemon.output().length
  const emerge = await startedIn(host, columns, env)
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  await settled(host)
  return daemon.output().slice(from)
}

function startedIn(host: Host, columns: number, env: Record<string, string> = {}): Promise<Started> {
  const typed = `tty > /tmp/tty; stty rows 40 cols ${columns}; exec emerge --color=n --oneshot ${HELPFUL}`
  return host.start(['sh', '-c', typed], { pty: true, env })
}

/** What the daemon says of one without a terminal. */
async function emergedAlone({ host, daemon }: Side, args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const from = daemon.output().length
  await host.emerge([...args, '--oneshot', HELPFUL], { env })
  await settled(host)
  return daemon.output().slice(from)
}

async function signedColumns({ host }: Side): Promise<string | undefined> {
  const [envelope] = (await signedOn(host)).offer.attestations
  return /"columns":(\d+)/.exec(Buffer.from(envelope?.payload ?? '', 'base64').toString())?.[1]
}

const stateOf = async ({ host }: Side): Promise<string[]> => (await ask(host, { t: 'status' }, 'status')).disputes.map(({ state }) => state)
const unmerged = ({ host }: Side): Promise<unknown> => host.emerge(['--unmerge', '--quiet', HELPFUL])

test('who builds it in a narrower window is told that the windows differ, and accuses nobody', async () => {
  assert.equal(await signedColumns(alpha), '160')
  const text = await emergedIn(beta, 80)
  assert.match(text, /YOUR OWN BUILD DIFFERS [^]* the copy was built in a window of 160 columns and yours in one of 80, so build it again/)
  assert.match(text, /then stty cols 160; emerge --oneshot =test-misc\/helpful-1\)/)
  assert.deepEqual(await stateOf(beta), ['open'])
  assert.match((await beta.host.run(['standin', 'why', HELPFUL])).stdout, /stopped .*dispute +open: .*stty cols 160/)
})

test('a bashrc that sets another width leaves none that is known', async () => {
  const bashrc = alpha.host.read('/etc/portage/bashrc')
  alpha.host.write('/etc/portage/bashrc', `COLUMNS=100\n${bashrc}`)
  const text = await emergedIn(alpha, 160).finally(() => alpha.host.write('/etc/portage/bashrc', bashrc))
  assert.match(text, /not published: COLUMNS says 100, and the terminal of its phases has 160 columns: emerge it with COLUMNS unset/)
})

test('a clean rebuild as narrow is signed as what it is, and leaves that open', async () => {
  await unmerged(beta)
  const text = await emergedIn(beta, 80)
  assert.match(text, /no stand-in: .*two contents for its recipe/)
  assert.match(
    text,
    /made in a window of 80 columns, and the copy was built in a window of 160 columns: the dispute about it still waits .*stty cols 160/,
  )
  assert.match(text, /helpful-1: published/)
  assert.deepEqual([await stateOf(beta), await signedColumns(beta)], [['open'], '80'])
})

test('a COLUMNS that is typed does not make the window wider: neither that nor one that is no width says anything of the copy', async () => {
  for (const [COLUMNS, why] of [
    ['160', /not published: COLUMNS says 160, and the terminal of its phases has 80 columns/],
    ['0', /not published: COLUMNS is set to what is no width: unset it/],
  ] as const) {
    await unmerged(beta)
    const text = await emergedIn(beta, 80, { COLUMNS })
    assert.match(text, why)
    assert.doesNotMatch(text, /WRONG|closed/)
    assert.deepEqual(await stateOf(beta), ['open'])
  }
})

test('a clean rebuild in a window as wide as the line asks for closes it, and the copy may stand in again', async () => {
  await unmerged(beta)
  const text = await emergedIn(beta, 160)
  assert.match(text, /clean rebuild agrees with the copy that stood in, so the dispute is closed in its favour/)
  assert.match(text, /not published: .* built in a window of 80 columns, and this in one of 160: in one as wide as that it may be the same/)
  assert.deepEqual(await stateOf(beta), ['resolved'])

  await unmerged(beta)
  const last = await emergedIn(beta, 80)
  assert.match(last, /can be used now/)
  assert.match(
    last,
    /can't be compared .*: this host has built the same as the copy before, .* in one as wide as that it may be the same again/,
  )
  assert.doesNotMatch(last, /DIFFERS|WRONG/)
})

test('one during which its window is resized is neither published nor compared', async () => {
  const { host, daemon } = beta
  await unmerged(beta)
  addGate(host)
  hold(host, 'compile')
  const from = daemon.output().length
  const emerge = await startedIn(host, 160)
  await reached(host, 'compile')
  await host.run(['sh', '-c', 'stty cols 80 <"$(cat /tmp/tty)"'])
  letGo(host, 'compile')
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  await settled(host)
  assert.match(
    daemon.output().slice(from),
    /can't be compared with the copy that stood in, and is not published: its window was resized while it was built, from 160 to 80 columns: /,
  )
})

test('without a terminal it is known how wide a build is: 80, or as COLUMNS says', async () => {
  const gamma = await createSide('gamma', 'publish')
  assert.match(await emergedAlone(gamma, ['--quiet-build=n']), /helpful-1: published/)
  assert.equal(await signedColumns(gamma), '80')
  assert.doesNotMatch(await emergedAlone(gamma, ['--jobs=2']), /not published/)
  assert.match(
    await emergedAlone(gamma, [], { COLUMNS: '160' }),
    /not published: .* built in a window of 80 columns, and this in one of 160/,
  )
})
