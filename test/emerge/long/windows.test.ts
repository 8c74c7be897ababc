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
import { settled } from '../../support/story/ours.ts'
import { signedOn } from '../../support/story/stranger.ts'

const HELPFUL = 'test-misc/helpful'

/** Installs what its tool prints for `--help`, as many packages do. */
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
	chmod +x helpful || die
	./helpful --help > help.txt || die
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
  const typed = `stty rows 40 cols ${columns}; exec emerge --color=n --oneshot ${HELPFUL}`
  const emerge = await host.start(['sh', '-c', typed], { pty: true, env })
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
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
  assert.match(text, /then COLUMNS=160 emerge --oneshot =test-misc\/helpful-1\)/)
  assert.deepEqual(await stateOf(beta), ['open'])
  assert.match((await beta.host.run(['standin', 'why', HELPFUL])).stdout, /stopped .*dispute +open: .*COLUMNS=160/)
})

test('a bashrc that sets the width is heard: what it is when the build begins counts', async () => {
  const bashrc = alpha.host.read('/etc/portage/bashrc')
  alpha.host.write('/etc/portage/bashrc', `COLUMNS=100\n${bashrc}`)
  const text = await emergedIn(alpha, 160).finally(() => alpha.host.write('/etc/portage/bashrc', bashrc))
  assert.match(text, /not published: .* built in a window of 160 columns, and this in one of 100: with COLUMNS=160 it may be the same/)
})

test('a clean rebuild as narrow is signed as what it is, and leaves that open', async () => {
  await unmerged(beta)
  const text = await emergedIn(beta, 80)
  assert.match(text, /no stand-in: .*two contents for its recipe/)
  assert.match(text, /made in a window of 80 columns, the copy in one of 160: the dispute about it still waits .*COLUMNS=160/)
  assert.match(text, /helpful-1: published/)
  assert.deepEqual([await stateOf(beta), await signedColumns(beta)], [['open'], '80'])
})

test('a clean rebuild in a window as narrow, but with the COLUMNS that is asked for, closes it, and the copy may stand in again', async () => {
  await unmerged(beta)
  const text = await emergedIn(beta, 80, { COLUMNS: '160' })
  assert.match(text, /clean rebuild agrees with the copy that stood in, so the dispute is closed in its favour/)
  assert.match(text, /not published: .* built in a window of 80 columns, and this in one of 160: with COLUMNS=80 it may be the same/)
  assert.deepEqual(await stateOf(beta), ['resolved'])

  await unmerged(beta)
  const last = await emergedIn(beta, 80)
  assert.match(last, /can be used now/)
  assert.match(last, /can't be compared .*: this host has built the same as the copy before, .* with COLUMNS=160 it may be the same again/)
  assert.doesNotMatch(last, /DIFFERS|WRONG/)
})
