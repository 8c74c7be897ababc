/**
 * On a real emerge: what acts by lying there stays away while the program runs, and what cannot be itself here gets no stand-in; `standin why` says each.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Host } from '../../support/host/host.ts'
import { createNetwork, type Network } from '../../support/host/network.ts'
import { differences } from '../../support/host/snapshot.ts'
import { ask, keyIdOf, policyNaming } from '../../support/standin/ask.ts'
import { startDaemon } from '../../support/standin/daemon.ts'
import { installStandin } from '../../support/standin/install.ts'
import { addGate, hold, letGo, reached } from '../../support/story/gate.ts'

const ebuild = (body: string): string => `EAPI=8
DESCRIPTION="Made for a rule"
HOMEPAGE="https://example.org/"
S="\${WORKDIR}"
SLOT="0"
KEYWORDS="amd64"
${body}
`

/** A program with all that a desktop package brings along. */
const DESK = ebuild(`LICENSE="GPL-2+"
src_install() {
	printf '%s\\n' '#!/bin/sh' 'cat /usr/share/desk/text' | newbin - desk
	local path
	for path in /usr/share/{desk/text,applications/desk.desktop,bash-completion/completions/desk,dbus-1/services/desk.service} \\
		/usr/lib/{systemd/system/desk.service,udev/rules.d/60-desk.rules,tmpfiles.d/desk.conf} \\
		/etc/{desk.conf,cron.daily/desk,profile.d/desk.sh,xdg/autostart/desk.desktop} /usr/include/desk.h; do
		insinto "\${path%/*}"
		echo "desk" | newins - "\${path##*/}"
	done
}`)

const LEFT = [
  'no-header: headers are not placed: 1 left out',
  'systemd-units: systemd units are not placed: 1 left out',
  'udev-rules: udev rules are not placed: 1 left out',
  'made-at-boot: users and files that a boot makes are not placed: 1 left out',
  'cron-jobs: cron jobs and log rotation are not placed: 1 left out',
  'login-settings: settings of shells and logins are not placed: 1 left out',
  'completions: completions of shells are not placed: a shell would run them: 1 left out',
  'autostart: what starts with a session is not placed: 1 left out',
  'session-bus: services of the session bus are not placed: 1 left out',
  'desktop-files: menu entries, file types and their handlers are not placed: 1 left out',
  'settings: settings below /etc are not placed; a program then goes by its defaults: 1 left out',
]

const RIGHTS = ebuild(`LICENSE="GPL-2+"
src_install() {
	printf '%s\\n' '#!/bin/sh' | newbin - rights
	insinto /usr/share/polkit-1/actions
	echo "<policyconfig/>" | newins - org.example.rights.policy
}`)

const LICENSED = ebuild(`LICENSE="GPL-2+ extra? ( unRAR )"
IUSE="extra"
src_install() { printf '%s\\n' '#!/bin/sh' "echo licensed $(usev extra)" | newbin - licensed; }`)

/** A library whose soname stays, and whose second version has one symbol more. */
const library = (version: number): string =>
  ebuild(`LICENSE="GPL-2+"
src_compile() {
	printf '%s\\n' 'int one(void) { return 1; }' > ver.c || die
	echo 'VER_1 { global: one; local: *; };' > map || die
	if [[ ${version} == 2 ]]; then
		echo 'int two(void) { return 2; }' >> ver.c || die
		echo 'VER_2 { global: two; } VER_1;' >> map || die
	fi
	\${CHOST}-gcc \${CFLAGS} \${LDFLAGS} -fPIC -shared -Wl,-soname,libver.so.1,--version-script,map -o libver.so.1 ver.c || die
}
src_install() {
	dolib.so libver.so.1
	dosym libver.so.1 /usr/$(get_libdir)/libver.so
}`)

const VER_USER = ebuild(`LICENSE="GPL-2+"
RDEPEND="test-misc/ver"
DEPEND="\${RDEPEND}"
src_compile() {
	local last=one
	grep -q VER_2 "\${ESYSROOT}/usr/$(get_libdir)/libver.so.1" && last=two
	echo "int \${last}(void); int main(void) { return \${last}(); }" > veruser.c || die
	\${CHOST}-gcc \${CFLAGS} \${LDFLAGS} -o veruser veruser.c -lver || die
}
src_install() { dobin veruser; }`)

const PACKAGES = ['test-misc/desk', 'test-misc/rights', 'test-misc/licensed', 'test-misc/veruser']

let network: Network
let beta: Host

before(async () => {
  network = await createNetwork({ name: 'may-stand-in' })
  const alpha = await network.createHost({ name: 'alpha' })
  beta = await network.createHost({ name: 'beta', features: 'collision-protect' })
  for (const [host, version] of [
    [alpha, 2],
    [beta, 1],
  ] as const) {
    const texts = { desk: DESK, rights: RIGHTS, licensed: LICENSED, ver: library(version), veruser: VER_USER }
    for (const [name, text] of Object.entries(texts)) host.write(`/var/db/repos/gentoo/test-misc/${name}/${name}-1.ebuild`, text)
  }
  alpha.write('/etc/portage/package.use/extra', 'test-misc/licensed extra\n')
  for (const host of [alpha, beta]) await host.emerge(['--oneshot', 'test-misc/ver'])
  await installStandin(alpha, { features: 'publish' })
  const daemon = await startDaemon(alpha)
  await alpha.emerge(PACKAGES)
  for (const name of PACKAGES) await daemon.waitFor(new RegExp(`${name}-1: published`))
  await installStandin(beta, { features: 'install', policy: policyNaming(keyIdOf(alpha)), settings: { install_wait: '30' } })
  addGate(beta)
  await startDaemon(beta)
})
after(() => network.close())

interface Fate {
  readonly outcome: string
  readonly broken: readonly string[]
  readonly leftOut: readonly string[]
}

async function fateOf(name: string): Promise<Fate> {
  const { courses } = await ask(beta, { t: 'why' }, 'why')
  const course = courses.find(({ cpv }) => cpv === `${name}-1`)
  assert.ok(course !== undefined, `${name} was never asked for`)
  const said = course.verdicts.map(({ rule, passed, text }) => ({ passed, line: `${rule}: ${text}` }))
  return {
    outcome: course.outcome,
    broken: said.filter(({ passed }) => !passed).map(({ line }) => line),
    leftOut: said.map(({ line }) => line).filter((line) => / \d+ left out$/.test(line)),
  }
}

test('units, rules, jobs, completions, menus and settings of a program stay away while it can be used', async () => {
  const tree = (): ReturnType<Host['snapshot']> => beta.snapshot({ below: ['/bin', '/etc', '/lib', '/opt', '/usr'] })
  hold(beta, 'install')
  hold(beta, 'preinst')
  const bare = await tree()
  const emerge = await beta.start(['emerge', '--color=n', '--oneshot', 'test-misc/desk'], { pty: true, env: { NO_COLOR: '1' } })
  await emerge.waitFor(/can be used now/)
  await reached(beta, 'install', 180)
  assert.equal((await beta.run(['desk'])).stdout, 'desk\n')
  const added = differences(bare, await tree()).filter((line) => line.startsWith('added '))
  assert.deepEqual(
    added.map((line) => line.split(' ')[1] ?? '').toSorted((a, b) => (a < b ? -1 : 1)),
    ['/usr/bin/desk', '/usr/share/desk', '/usr/share/desk/text'],
  )
  const { outcome, broken, leftOut } = await fateOf('test-misc/desk')
  assert.match(outcome, /^placed/)
  assert.deepEqual([broken, leftOut], [[], LEFT])
  const { stdout } = await beta.run(['standin', 'why', 'test-misc/desk'])
  for (const line of LEFT) assert.ok(stdout.includes(line.slice(line.indexOf(': ') + 2)), line)
  letGo(beta, 'install')
  await reached(beta, 'preinst', 180)
  assert.deepEqual(differences(bare, await tree()), [])
  letGo(beta, 'preinst')
  assert.equal((await emerge.exited).exitCode, 0, emerge.output())
  assert.ok(beta.exists('/etc/cron.daily/desk'), 'the merge brings all of it')
})

for (const [name, line] of [
  [
    'test-misc/rights',
    'polkit: polkit actions and rules give rights, and a program that asks for one fails without: /usr/share/polkit-1/actions/org.example.rights.policy',
  ],
  ['test-misc/licensed', 'licence-accepted: ACCEPT_LICENSE let this build through without its unRAR'],
  ['test-misc/veruser', 'symbol-versions: libver.so.1 has no VER_2 here'],
] as const)
  test(`${name} gets none, for ${line.split(':')[0]}`, async () => {
    await beta.emerge(['--oneshot', name])
    const { outcome, broken } = await fateOf(name)
    assert.deepEqual(broken, [line])
    assert.equal(outcome, `no stand-in: ${line.slice(line.indexOf(': ') + 2)}`)
    assert.ok(beta.exists(`/usr/bin/${name.split('/')[1]}`), 'the own build is merged as ever')
  })
