/**
 * A Gentoo user's whole dealings with the package: emerge it, look what came, switch it on, change settings, unmerge it with the hook still on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { after, before, test } from 'node:test'
import { version } from '../../packaging/release.ts'
import type { Host } from '../support/host/host.ts'
import { createNetwork, type Network } from '../support/host/network.ts'
import { differences } from '../support/host/snapshot.ts'
import { builtStandin, provideStandin } from '../support/standin/built.ts'
import { startDaemon, stopDaemon } from '../support/standin/daemon.ts'
import { valuesOf } from '../support/standin/service.ts'

const CONF = '/etc/portage/standin.conf'
const DOC = `/usr/share/doc/standin-${version}`

/** Mode, owner, path. */
const INSTALLED = [
  '-rw-r--r-- root:root /etc/conf.d/standin',
  '-rw-r--r-- root:root /etc/logrotate.d/standin',
  '-rw-r--r-- root:root /etc/portage/standin.conf',
  '-rw-r--r-- root:root /etc/portage/standin.policy',
  '-rw-r--r-- root:root /usr/lib/standin/daemon.mjs',
  '-rw-r--r-- root:root /usr/lib/standin/hooks/abandon.mjs',
  '-rw-r--r-- root:root /usr/lib/standin/hooks/fetch.mjs',
  '-rw-r--r-- root:root /usr/lib/standin/hooks/install.mjs',
  '-rw-r--r-- root:root /usr/lib/standin/hooks/publish.mjs',
  '-rw-r--r-- root:root /usr/lib/standin/hooks/purge.mjs',
  '-rw-r--r-- root:root /usr/lib/standin/maker.mjs',
  '-rw-r--r-- root:root /usr/lib/standin/peer.mjs',
  '-rw-r--r-- root:root /usr/lib/standin/standin.bash',
  '-rw-r--r-- root:root /usr/lib/standin/standin.mjs',
  '-rw-r--r-- root:root /usr/lib/systemd/system/standin.service',
  `-rw-r--r-- root:root ${DOC}/LICENSE.bz2`,
  `-rw-r--r-- root:root ${DOC}/LICENSES-OF-PACKAGES.bz2`,
  `-rw-r--r-- root:root ${DOC}/README.bz2`,
  `-rw-r--r-- root:root ${DOC}/examples/bashrc.bz2`,
  '-rw-r--r-- root:root /usr/share/bash-completion/completions/standin',
  '-rw-r--r-- root:root /usr/share/man/man1/standin.1.bz2',
  '-rw-r--r-- root:root /usr/share/man/man5/standin.conf.5.bz2',
  '-rw-r--r-- root:root /usr/share/zsh/site-functions/_standin',
  '-rwxr-xr-x root:root /etc/init.d/standin',
  '-rwxr-xr-x root:root /usr/bin/standin',
  '-rwxr-xr-x root:root /usr/lib/standin/bin/standin-daemon',
]

let network: Network
let host: Host
before(async () => {
  network = await createNetwork({ name: 'install' })
  host = await network.createHost({ name: 'gentoo', makeConf: { CLEAN_DELAY: '0' } })
})
after(() => network.close())

test('without the tarball that the overlay was made for, emerge refuses and says where it comes from', async () => {
  const built = await builtStandin()
  provideStandin(host, built)
  const distfile = `/var/cache/distfiles/${basename(built.tarball)}`
  host.write(distfile, 'another tarball of the same name')
  const another = await host.emerge(['--oneshot', '--nodeps', 'app-portage/standin'], { check: false })
  assert.equal(another.exitCode, 1)
  await host.run(['sh', '-c', `rm -f ${distfile}*`])
  const missing = await host.emerge(['--oneshot', '--nodeps', 'app-portage/standin'], { check: false })
  assert.equal(missing.exitCode, 1)
  assert.match(missing.stdout + missing.stderr, /npm run dist/)
  assert.ok(!host.exists('/usr/lib/standin'))
})

test('emerge installs it, makes its user, and switches nothing on', async () => {
  provideStandin(host, await builtStandin())
  const clean = await host.snapshot({ below: ['/etc', '/usr', '/opt'] })
  await host.emerge(['app-portage/standin'])

  const contents = host.read(`/var/db/pkg/app-portage/standin-${version}/CONTENTS`)
  const files = [...contents.matchAll(/^obj (\S+) /gm)].map((match) => match[1] ?? '')
  const { stdout } = await host.run(['stat', '--format=%A %U:%G %n', ...files])
  assert.deepEqual(stdout.trimEnd().split('\n').toSorted(), INSTALLED.toSorted())

  const [, , , , , home, shell] = (await host.run(['getent', 'passwd', 'standin'])).stdout.trimEnd().split(':')
  assert.deepEqual([home, shell], ['/dev/null', '/sbin/nologin'])
  assert.equal((await host.run(['id', '--groups', '--name', 'standin'])).stdout, 'standin\n')

  // Of what was there before, only the lists of accounts have changed, and what each merge writes anew.
  const changed = differences(clean, await host.snapshot({ below: ['/etc', '/usr', '/opt'] }))
    .filter((line) => !line.startsWith('added '))
    .map((line) => line.split(' ')[1] ?? '')
  const allowed = /^\/etc\/((passwd|group|shadow|gshadow)-?|ld\.so\.cache|profile\.env|csh\.env|environment\.d)$/
  assert.deepEqual(
    changed.filter((path) => !allowed.test(path)),
    [],
  )
  assert.ok(!host.exists('/etc/portage/bashrc'))
  assert.doesNotMatch((await host.emerge(['test-misc/nothing'])).stdout, /standin/)
})

test('its daemon and its command run, as root and as user standin', async () => {
  const daemon = await startDaemon(host)
  const { stdout } = await host.run(['standin', '--json', 'status'])
  assert.deepEqual(Object.keys(JSON.parse(stdout)).slice(0, 1), ['standin'])
  const owners = await host.run(['ps', '-eo', 'user=,args='])
  assert.match(owners.stdout, /^root +\/usr\/bin\/node .*\/daemon\.mjs$/m)
  assert.match(owners.stdout, /^standin +\/usr\/bin\/node \/usr\/lib\/standin\/peer\.mjs$/m)
  assert.equal((await stopDaemon(daemon)).exitCode, 0)
  assert.equal(daemon.output().replace(/^warden \S+ is ready\n/, ''), '')
})

test('its units are sound', async (context) => {
  await host.run(['bash', '-n', '/etc/init.d/standin'])
  await host.run(['bash', '-n', '/etc/conf.d/standin'])
  const unit = host.read('/usr/lib/systemd/system/standin.service')
  // A stop that empties /run/standin would leave a merge without the marks of what must be purged first.
  assert.deepEqual(valuesOf(unit, 'RuntimeDirectory'), [])
  if (!existsSync('/usr/bin/systemd-analyze')) return context.skip('systemd-analyze is not on this machine')
  const verified = await host.run(['systemd-analyze', 'verify', '--man=no', '/usr/lib/systemd/system/standin.service'])
  assert.equal(verified.stderr, '')
})

test('what the user set stays as it is when standin is emerged again', async () => {
  const mine = `${host.read(CONF)}port = 4711\n`
  host.write(CONF, mine)
  await host.emerge(['app-portage/standin'])
  assert.equal(host.read(CONF), mine)
  // etc-update offers the new one; this user keeps the old one.
  const offered = '/etc/portage/._cfg0000_standin.conf'
  assert.doesNotMatch(host.read(offered), /4711/)
  await host.run(['rm', offered])
})

test('unmerged with its hook still on, emerge goes on working and says nothing of it', async () => {
  host.write('/etc/portage/make.conf', `${host.read('/etc/portage/make.conf')}STANDIN_FEATURES="install publish"\n`)
  const bashrc = 'export FROM_MY_BASHRC=1\n'
  host.write('/etc/portage/bashrc', bashrc)
  await host.run(['standin', 'hook', '--enable'])
  const on = host.read('/etc/portage/bashrc')
  assert.ok(on.startsWith(bashrc) && on.length > bashrc.length)

  await host.emerge(['--unmerge', 'app-portage/standin'])
  for (const path of ['/usr/bin/standin', '/usr/lib/standin', '/etc/init.d/standin']) assert.ok(!host.exists(path), path)
  assert.ok(host.read(CONF).endsWith('port = 4711\n'), 'changed settings are the user\u2019s')
  assert.equal(host.read('/etc/portage/bashrc'), on)

  const { stdout, stderr } = await host.emerge(['test-misc/nothing', 'test-misc/flags'])
  assert.match(stdout, />>> Completed \(2 of 2\)/)
  assert.doesNotMatch(stdout + stderr, /standin/i)
  assert.equal((await host.run(['flags'])).stdout, 'alpha \n')
  assert.doesNotMatch((await host.run(['bzcat', '/var/db/pkg/test-misc/flags-1/environment.bz2'])).stdout, /__standin|standin\.bash/)
})
