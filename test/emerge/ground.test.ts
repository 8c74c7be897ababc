/**
 * The ground itself: real Portage builds upstream source on hosts that differ on purpose, that hear each other, and that leave nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { closeSync, existsSync, openSync, readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { paths } from '../support/ground/paths.ts'
import { processName } from '../support/host/leftovers.ts'
import { createNetwork, type Network } from '../support/host/network.ts'
import { createRouter } from '../support/host/router.ts'
import { differences } from '../support/host/snapshot.ts'

const GROUP = '239.192.152.143'
const PORT = 6771

let network: Network
before(async () => (network = await createNetwork({ name: 'ground' })))
after(() => network.close())

test('hello is emerged from its upstream source and greets', async () => {
  const host = await network.createHost({ name: 'greeter', hostname: 'greeter.test' })
  const features = await host.run(['portageq', 'envvar', 'FEATURES'])
  for (const feature of ['network-sandbox', 'ipc-sandbox', 'pid-sandbox', 'userpriv', 'merge-wait', 'strict']) {
    assert.ok(features.stdout.split(/\s+/).includes(feature), `${feature} is a default`)
  }
  const clean = await host.snapshot({ below: ['/usr'] })

  await host.emerge(['app-misc/hello'])

  assert.equal((await host.run(['hello'])).stdout, 'Hello, world!\n')
  const added = differences(clean, await host.snapshot({ below: ['/usr'] }))
  assert.ok(added.some((line) => line.startsWith('added /usr/bin/hello (file 755 0:0 ')))
  assert.deepEqual(
    added.filter((line) => !line.startsWith('added /usr/')),
    [],
  )

  await host.emerge(['--unmerge', '--quiet', 'app-misc/hello'])
  assert.deepEqual(differences(clean, await host.snapshot({ below: ['/usr'] })), [])
})

test('hosts differ in what they were told to differ in', async () => {
  const plain = await network.createHost({ name: 'plain' })
  const other = await network.createHost({
    name: 'other',
    hostname: 'other.test',
    timezone: 'Asia/Tokyo',
    user: 'berta',
    makeopts: '-j1',
    clockOffsetSeconds: -86_400,
    tmpdir: { kind: 'tmpfs' },
    features: 'collision-protect',
    cflags: '-Os -pipe',
    packageUse: { 'test-misc/flags': 'beta -alpha' },
  })
  for (const host of [plain, other]) await host.emerge(['test-misc/flags'])
  assert.equal((await plain.run(['flags'])).stdout, 'alpha \n')
  assert.equal((await other.run(['flags'])).stdout, ' beta\nsmall\n')
  assert.match((await other.run(['portageq', 'envvar', 'FEATURES'])).stdout, /\bcollision-protect\b/)
  const seen = await other.run([
    'sh',
    '-c',
    'hostname; date +%Z; echo $USER $SUDO_USER $HOME; stat -f -c %T /var/tmp; portageq envvar MAKEOPTS',
  ])
  assert.deepEqual(seen.stdout.trimEnd().split('\n'), ['other.test', 'JST', 'berta berta /home/berta', 'tmpfs', '-j1'])
  const ago = Date.now() / 1000 - Number(other.read('/var/db/pkg/test-misc/flags-1/BUILD_TIME'))
  assert.ok(ago > 86_000 && ago < 87_000, `built ${ago} s ago, as the machine counts`)
})

test('a library is bound by its subslot', async () => {
  const host = await network.createHost({ name: 'bound' })
  await host.emerge(['test-misc/libuser'])
  assert.equal((await host.run(['libuser'])).stdout, 'small 1\n')
  assert.equal(host.read('/var/db/pkg/test-misc/libuser-1/RDEPEND'), 'dev-libs/small:0/1=\n')
  assert.equal(host.read('/var/db/pkg/test-misc/libuser-1/REQUIRES'), 'x86_64: libc.so.6 libsmall.so.1\n')
})

test('accounts are made as GLEP 81 says', async () => {
  const host = await network.createHost({ name: 'accounts' })
  await host.emerge(['acct-user/tester'])
  assert.match(host.read('/etc/passwd'), /^tester:x:642:642:System user; tester:\/var\/lib\/tester:\/sbin\/nologin$/m)
  assert.match(host.read('/usr/lib/sysusers.d/acct-user-tester.conf'), /^u tester 642:tester /)
  const seen = await host.run(['sh', '-c', 'id -Gn; stat -c "%U:%G %a" /var/lib/tester; echo $USER $SUDO_USER'], { user: 'tester' })
  assert.deepEqual(seen.stdout.trimEnd().split('\n'), ['tester portage', 'tester:tester 750', 'tester'])
})

test('hosts of a network hear each other by unicast and multicast, hosts behind a router by unicast alone', async () => {
  const far = await createNetwork({ name: 'far' })
  const router = await createRouter(network, far)
  try {
    const [listener, speaker] = [await network.createHost({ name: 'listener' }), await network.createHost({ name: 'speaker' })]
    const distant = await far.createHost({ name: 'distant' })
    const listen = `
      const socket = require('node:dgram').createSocket({ type: 'udp4', reuseAddr: true })
      socket.on('message', (message) => console.log('heard ' + message))
      socket.bind(${PORT}, () => { socket.addMembership('${GROUP}'); console.log('listening') })`
    const send = (text: string): string[] => {
      const script = `const socket = require('node:dgram').createSocket('udp4'); socket.bind(() => { socket.setMulticastTTL(4)
        socket.send('${text}', ${PORT}, '${GROUP}', () => socket.close()) })`
      return ['node', '-e', script]
    }
    const hearing = await listener.start(['node', '-e', listen])
    await hearing.waitFor(/listening/)
    await distant.run(send('from far'))
    await speaker.run(['ping', '-c1', '-W5', distant.address])
    await speaker.run(send('from near'))
    await hearing.waitFor(/heard from near/)
    assert.doesNotMatch(hearing.output(), /from far/)
    hearing.kill('SIGTERM')
    assert.equal((await hearing.exited).exitCode, 143)
  } finally {
    await far.close()
    await router.close()
  }
})

test('a program on a terminal of a host can be read, typed to and killed', async () => {
  const host = await network.createHost({ name: 'terminal' })
  const started = await host.start(['bash', '-c', 'test -t 1 && tty; read -r line; echo "got $line"; exec sleep 1000'], { pty: true })
  await started.waitFor(/\/dev\/pts\/\d+/)
  assert.equal(host.read(`/proc/${started.insidePid}/comm`), 'bash\n')
  started.write('words\n')
  await started.waitFor(/got words/)
  started.kill('SIGKILL')
  assert.notEqual((await started.exited).exitCode, 0)
})

test('a reboot empties /run and /tmp, ends every process, and keeps the rest', async () => {
  const host = await network.createHost({ name: 'rebooted' })
  const sleeping = await host.start(['sleep', '1000'])
  const id = host.read('/proc/sys/kernel/random/boot_id')
  for (const path of ['/run/one', '/tmp/two', '/var/lib/three']) host.write(path, 'here')
  await host.reboot()
  assert.equal((await sleeping.exited).exitCode, 137)
  assert.deepEqual(
    ['/run/one', '/tmp/two', '/var/lib/three'].map((path) => host.exists(path)),
    [false, false, true],
  )
  assert.notEqual(host.read('/proc/sys/kernel/random/boot_id'), id)
  await host.run(['ping', '-c1', '-W5', host.address])
})

test('a snapshot tells what of the machine a host changed, removed or hid, and not what it only touched', async () => {
  const host = await network.createHost({ name: 'changed' })
  host.write('/usr/bin/mine', 'mine', 0o755)
  const clean = await host.snapshot()
  const commands = [
    'cp -a /usr/bin/printf /usr/bin/copy && mv /usr/bin/copy /usr/bin/printf',
    'touch -d @0 /usr/bin/env',
    'rm /etc/debian_version',
    'rm -r /etc/apt && mkdir /etc/apt && echo one > /etc/apt/one',
    'rm /usr/bin/mine && ln -s env /usr/bin/mine',
    'mkdir -p /usr/share/some/where',
    'echo two > /var/lib/two',
  ]
  await host.run(['sh', '-e', '-c', commands.join('\n')])
  const found = differences(clean, await host.snapshot()).map((line) => line.replace(/ \(.*/, ''))
  const ofApt = found.filter((line) => line.startsWith('removed /etc/apt/'))
  assert.ok(ofApt.includes('removed /etc/apt/sources.list.d'))
  assert.deepEqual(
    found.filter((line) => !ofApt.includes(line)),
    [
      'added /etc/apt/one',
      'removed /etc/debian_version',
      'changed /usr/bin/env',
      'changed /usr/bin/mine',
      'added /usr/share/some',
      'added /usr/share/some/where',
    ],
  )
  await host.run(['rm', '-r', '/usr/share/some'])
  assert.deepEqual(
    differences(clean, await host.snapshot()).filter((line) => line.includes(' /usr/share')),
    [],
  )
})

test('a closed network leaves no process, no mount, no namespace and no folder', async () => {
  const gone = await createNetwork({ name: 'gone' })
  const host = await gone.createHost({ name: 'closed', tmpdir: { kind: 'tmpfs' } })
  await host.start(['sleep', '1000'])
  const kinds = ['mnt', 'net', 'pid', 'uts', 'ipc']
  const namespaces = new Set(kinds.map((kind) => readlinkSync(`/proc/${host.pid}/ns/${kind}`)))
  // While they are open their numbers are not given to hosts of other tests.
  const held = kinds.map((kind) => openSync(`/proc/${host.pid}/ns/${kind}`, 'r'))
  assert.deepEqual(
    kinds.filter((kind) => namespaces.has(readlinkSync(`/proc/self/ns/${kind}`))),
    [],
    'a host has namespaces of its own',
  )
  assert.equal(foldersOf(gone).length, 1)

  await gone.close()

  assert.equal(host.pid, 0)
  assert.deepEqual(processesIn(namespaces), [])
  for (const fd of held) closeSync(fd)
  assert.doesNotMatch(readFileSync('/proc/self/mounts', 'utf8'), /^standin |\.ground/m)
  assert.deepEqual(foldersOf(gone), [])
})

function foldersOf({ name }: Network): string[] {
  const own = join(paths.hosts, processName(process.pid))
  // It goes with the last host.
  return existsSync(own) ? readdirSync(own).filter((folder) => folder.startsWith(`${name}-`)) : []
}

function processesIn(namespaces: ReadonlySet<string>): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => ['mnt', 'net', 'pid'].some((kind) => namespaces.has(linkOr(`/proc/${pid}/ns/${kind}`))))
}

/** A process may end, or be a kernel's, while it is looked at. */
function linkOr(path: string): string {
  try {
    return existsSync(path) ? readlinkSync(path) : ''
  } catch {
    return ''
  }
}
