/**
 * What the host knows of its packages forbids a stand-in on a real emerge: the queue, blockers, @system and what is missing; and nothing else does.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Host } from '../support/host/host.ts'
import { createNetwork, type Network } from '../support/host/network.ts'
import { ask, buildOf, keyIdOf, policyNaming } from '../support/standin/ask.ts'
import { startDaemon } from '../support/standin/daemon.ts'
import { installStandin } from '../support/standin/install.ts'

const NOTHING = 'test-misc/nothing'
const NEEDY = 'test-misc/needy'

/** An ebuild that installs one command, with more lines. */
const ebuild = (...lines: readonly string[]): string => `EAPI=8
DESCRIPTION="One command, and dependencies"
HOMEPAGE="https://example.org/"
S="\${WORKDIR}"
LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="amd64"
${lines.join('\n')}
src_install() { printf '%s\\n' "#!/bin/sh" "echo \${PN}" | newbin - \${PN}; }
`

const EBUILDS: Readonly<Record<string, string>> = {
  needy: ebuild('RDEPEND="test-misc/flags"'),
  runs: ebuild(`BDEPEND="${NOTHING}"`),
  links: ebuild(`DEPEND="${NOTHING}"`),
  apart: ebuild('BDEPEND="test-misc/flags"'),
}

let network: Network
let beta: Host

before(async () => {
  network = await createNetwork({ name: 'rules' })
  const alpha = await network.createHost({ name: 'alpha' })
  // Nobody is asked for the others: what is about one package need not wait until nobody has answered for another.
  const others = [...Object.keys(EBUILDS).filter((name) => name !== 'needy'), 'flags', 'setid'].map((name) => [`test-misc/${name}`, 'off'])
  beta = await network.createHost({ name: 'beta', packageEnv: Object.fromEntries(others), env: { off: 'STANDIN_FEATURES=""\n' } })
  for (const host of [alpha, beta])
    for (const [name, text] of Object.entries(EBUILDS)) host.write(`/var/db/repos/gentoo/test-misc/${name}/${name}-1.ebuild`, text)
  await installStandin(alpha, { features: 'publish' })
  const daemon = await startDaemon(alpha)
  await alpha.emerge(['test-misc/flags'], { env: { STANDIN_FEATURES: '' } })
  for (const name of [NOTHING, NEEDY]) {
    await alpha.emerge([name])
    await daemon.waitFor(new RegExp(`${name}-1: published`))
  }
  assert.equal((await buildOf(alpha, NEEDY)).shared, true)
  await installStandin(beta, { features: 'install', policy: policyNaming(keyIdOf(alpha)), settings: { install_wait: '30' } })
  await startDaemon(beta)
})
after(() => network.close())

/** What became of the request for a package that is merged with others, and the rules that were broken; they are unmerged again. */
async function fate(cpv: string, args: readonly string[]): Promise<{ outcome: string; broken: string[]; leftOut: string[] }> {
  await beta.emerge([...args])
  await beta.emerge(['--unmerge', '--quiet', ...args.filter((arg) => !arg.startsWith('-'))])
  const { courses } = await ask(beta, { t: 'why' }, 'why')
  const course = courses.find((one) => one.cpv === cpv)
  assert.ok(course !== undefined, `${cpv} was never asked for`)
  const broken = course.verdicts.filter(({ passed }) => !passed).map(({ rule, text }) => `${rule}: ${text}`)
  const leftOut = course.verdicts.filter(({ text }) => / \d+ left out$/.test(text)).map(({ rule }) => rule)
  return { outcome: course.outcome, broken, leftOut }
}

describe('a package that is queued with it', () => {
  test('and has it in BDEPEND forbids it', async () => {
    const { outcome, broken } = await fate(`${NOTHING}-1`, [NOTHING, 'test-misc/runs'])
    assert.deepEqual(broken, ['not-a-tool: a queued package has it in BDEPEND or IDEPEND'])
    assert.match(outcome, /^no stand-in: a queued package has it/)
  })

  test('and has it in DEPEND keeps its commands away, and without them there is nothing to run', async () => {
    const { outcome, broken, leftOut } = await fate(`${NOTHING}-1`, [NOTHING, 'test-misc/links'])
    assert.deepEqual([broken, leftOut], [['useful: no command or library of it is left to use'], ['no-command-for-builds']])
    assert.match(outcome, /^no stand-in/)
  })

  test('and builds itself with another says nothing of it', async () => {
    const { outcome, broken, leftOut } = await fate(`${NOTHING}-1`, [NOTHING, 'test-misc/apart'])
    assert.deepEqual([broken, leftOut], [[], []])
    assert.match(outcome, /^placed: level 3/)
  })
})

test('a package of @system gets none', async () => {
  beta.write('/etc/portage/profile/packages', `*${NOTHING}\n`)
  assert.deepEqual((await fate(`${NOTHING}-1`, [NOTHING])).broken, ['not-vital: never for this package: it belongs to @system'])
  await beta.run(['rm', '/etc/portage/profile/packages'])
})

test('what an installed package blocks gets none', async () => {
  await beta.emerge(['--oneshot', 'test-misc/setid'])
  // As an ebuild would have it; Portage itself refuses the merge then, unless it is told not to look.
  await beta.run([
    'sh',
    '-c',
    `echo '!${NOTHING}' > /var/db/pkg/test-misc/setid-1/new && mv /var/db/pkg/test-misc/setid-1/new /var/db/pkg/test-misc/setid-1/RDEPEND`,
  ])
  const { broken } = await fate(`${NOTHING}-1`, ['--nodeps', NOTHING])
  assert.deepEqual(broken, [`no-blocker: blocked: test-misc/setid-1 blocks it (!${NOTHING})`])
})

test('what needs a package that is not here gets none, and one when it is here', async () => {
  await beta.emerge(['--unmerge', '--quiet', 'test-misc/flags'])
  assert.deepEqual((await fate(`${NEEDY}-1`, ['--nodeps', NEEDY])).broken, ['dependencies-met: not installed: test-misc/flags'])
  const { outcome, broken } = await fate(`${NEEDY}-1`, [NEEDY])
  assert.deepEqual(broken, [])
  assert.match(outcome, /^placed: level 3/)
})
