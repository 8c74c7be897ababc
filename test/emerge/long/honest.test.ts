/**
 * An honest host is accused of nothing: not for what an installed version of a package did to its upgrade, nor for what no recipe names.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Started } from '../../support/host/enter.ts'
import type { Host } from '../../support/host/host.ts'
import { createNetwork, type Network } from '../../support/host/network.ts'
import { ask, buildsOf, keyIdOf, policyNaming } from '../../support/standin/ask.ts'
import { startDaemon, stopDaemon } from '../../support/standin/daemon.ts'
import { installStandin } from '../../support/standin/install.ts'
import { type Consumer, createConsumer, USABLE } from '../../support/story/consumer.ts'
import { hold, letGo, reached } from '../../support/story/gate.ts'
import { settled } from '../../support/story/ours.ts'
import { signedOn } from '../../support/story/stranger.ts'

const FLAGS = 'test-misc/flags'
const SELFISH = 'test-misc/selfish'
const HEADER = 'test-misc/header'

/** Links a static library of another package, of which no recipe holds the version. */
const HEADER_EBUILD = `# SPDX-License-Identifier: GPL-2.0-or-later
EAPI=8
DESCRIPTION="Takes a header and a static library from what is installed"
HOMEPAGE="https://example.org/"
S="\${WORKDIR}"
LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"
DEPEND="dev-libs/small"
src_compile() {
	printf '%s\\n' '#include <stdio.h>' '#include <small.h>' 'int main(void) { printf("%d\\n", small()); return 0; }' > header.c || die
	\${CHOST}-gcc \${CFLAGS} \${LDFLAGS} -o header header.c /usr/$(get_libdir)/libsmall.a || die
}
src_install() { dobin header; }
`

let network: Network
let alpha: Host
let daemon: Started

before(async () => {
  network = await createNetwork({ name: 'honest' })
  alpha = await network.createHost({ name: 'alpha' })
  provide(alpha)
  await installStandin(alpha, { features: 'publish' })
  daemon = await startDaemon(alpha)
})
after(() => network.close())

function provide(host: Host): void {
  const folder = `/var/db/repos/gentoo/${SELFISH}`
  host.write(`${folder}/selfish-0.ebuild`, host.read(`${folder}/selfish-1.ebuild`))
  host.write(`/var/db/repos/gentoo/${HEADER}/header-1.ebuild`, HEADER_EBUILD)
}

async function consumer(name: string, features: string): Promise<Consumer> {
  const made = await createConsumer({ host: alpha, daemon, network, policy: policyNaming(keyIdOf(alpha)) }, name, { standin: { features } })
  provide(made.host)
  return made
}

/** What its newest build says of itself. */
async function saysOfItself(host: Host): Promise<string> {
  const { offer } = await signedOn(host)
  const [word] = offer.attestations.map(({ payload }) => /"standinsLive":\w+/.exec(Buffer.from(payload, 'base64').toString())?.[0])
  return `${word ?? 'nothing'} ${offer.content.slice(0, 12)}`
}

/** What the daemon of `of` says of one emerge, to the end of it. */
async function said(of: Consumer, ...args: readonly string[]): Promise<string> {
  const from = of.daemon.output().length
  const emerge = await of.emerge(...args)
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  await settled(of.host)
  return of.daemon.output().slice(from)
}

const disputesOn = async ({ host }: Consumer): Promise<string[]> =>
  (await ask(host, { t: 'status' }, 'status')).disputes.map(({ cpv, state }) => `${cpv} ${state}`)

test('a build beside an installed version of itself says so in what is signed, be it merged or only packed', async () => {
  const off = { env: { STANDIN_FEATURES: '' } }
  const packed = async (): Promise<string> => {
    const from = daemon.output().length
    await alpha.emerge(['--buildpkgonly', FLAGS])
    await daemon.waitFor(new RegExp(`^[^]{${from},}flags-1: published`))
    return (await saysOfItself(alpha)).split(' ')[0] ?? ''
  }
  assert.equal(await packed(), '"standinsLive":false')
  await alpha.emerge([FLAGS], off)
  assert.equal(await packed(), '"standinsLive":true')

  await alpha.emerge([`=${SELFISH}-0`], off)
  await alpha.emerge([`=${SELFISH}-1`])
  await daemon.waitFor(/selfish-1: published/)
  assert.equal((await alpha.run(['selfish'])).stdout, 'found\n')
  assert.match(await saysOfItself(alpha), /^"standinsLive":true/)
})

test('whose clean build differs from an upgrade elsewhere is told that the copy is wrong, and that nobody need have lied', async () => {
  await stopDaemon(daemon)
  const beta = await consumer('beta', 'install publish')
  hold(beta.host, 'install')
  const emerge = await beta.emerge(SELFISH)
  await reached(beta.host, 'install')
  daemon = await startDaemon(alpha)
  await emerge.waitFor(USABLE)
  letGo(beta.host, 'install')
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  await settled(beta.host)
  assert.match(emerge.output(), /YOUR OWN BUILD DIFFERS [^]*open: your build may have found/)
  assert.match(emerge.output(), /not published: it may have been changed .* and waits for the clean rebuild/)
  assert.deepEqual(await disputesOn(beta), [`${SELFISH}-1 open`])

  await beta.host.emerge(['--unmerge', '--quiet', SELFISH])
  const rebuild = await said(beta, '--oneshot', SELFISH)
  assert.match(rebuild, /THE COPY THAT STOOD IN IS WRONG.* whoever signed it says that it may have been changed/)
  assert.match(rebuild, /selfish-1: published/)
  assert.match(await saysOfItself(beta.host), /^"standinsLive":false/)
})

for (const features of ['install publish', 'install']) {
  test(`with ${features}: a static library of another version makes another build, which accuses nobody`, async () => {
    await alpha.emerge(['--oneshot', HEADER])
    await daemon.waitFor(/header-1: published/)
    const user = await consumer(features === 'install' ? 'gamma' : 'delta', features)
    await said(user, '--oneshot', 'dev-libs/small')
    assert.match(await said(user, HEADER), /header-1: your own build agrees with the copy that stood in, byte for byte/)
    const signed = (await buildsOf(user.host)).map(({ content }) => content)

    user.host.write('/etc/portage/package.accept_keywords/small', 'dev-libs/small ~amd64\n')
    await user.host.emerge(['--oneshot', '--update', 'dev-libs/small'], { env: { STANDIN_FEATURES: '' } })
    for (const time of ['once', 'twice']) {
      await user.host.emerge(['--unmerge', '--quiet', HEADER])
      const text = await said(user, HEADER)
      assert.match(text, USABLE, time)
      assert.match(
        text,
        /your own build can't be compared .*: this host has built the same as the copy before, .* no recipe names has changed since/,
      )
      assert.doesNotMatch(text, /DIFFERS|WRONG/)
      assert.equal((await user.host.run(['header'])).stdout, '2\n')
    }
    assert.deepEqual(await disputesOn(user), [])
    assert.deepEqual(
      (await buildsOf(user.host)).map(({ content }) => content),
      signed,
      'one content of a recipe is signed',
    )
  })
}
