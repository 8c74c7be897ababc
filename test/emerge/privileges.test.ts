/**
 * The warden is root without a network, the peer is nobody with one, and no other user gets at either; /proc of the live processes shows it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Started } from '../support/host/enter.ts'
import type { Host } from '../support/host/host.ts'
import { createNetwork, type Network } from '../support/host/network.ts'
import { ask } from '../support/standin/ask.ts'
import { startDaemon } from '../support/standin/daemon.ts'
import { installStandin } from '../support/standin/install.ts'
import { until } from '../support/story/ours.ts'

let network: Network
let host: Host
let daemon: Started
let peer: number

before(async () => {
  network = await createNetwork({ name: 'privileges' })
  host = await network.createHost({ name: 'host' })
  await installStandin(host, { features: 'install publish' })
  daemon = await startDaemon(host)
  peer = (await ask(host, { t: 'status' }, 'status')).peer?.pid ?? 0
})
after(() => network.close())

const inside = (pid: number, file: string): string => readFileSync(host.path(`/proc/${pid}/${file}`), 'utf8')
const field = (pid: number, name: string): string | undefined => new RegExp(`^${name}:[ \\t]*(.*)$`, 'm').exec(inside(pid, 'status'))?.[1]
const networkOf = (pid: number): string => readlinkSync(`${host.path(`/proc/${pid}/ns`)}/net`)

test('the warden is root in a network of its own, in which there is nothing', () => {
  const warden = daemon.insidePid
  assert.match(field(warden, 'Uid') ?? '', /^0\t0\t/)
  assert.notEqual(networkOf(warden), networkOf(1))
  const interfaces = inside(warden, 'net/dev').split('\n').slice(2).filter(Boolean)
  assert.deepEqual(
    interfaces.map((line) => line.trim().split(':')[0]),
    ['lo'],
  )
  assert.equal(inside(warden, 'net/route').trim().split('\n').length, 1, 'no route')
})

test('the peer is user standin in the network of the host, without a capability, and can gain none', async () => {
  const uid = (await host.run(['id', '-u', 'standin'])).stdout.trim()
  assert.equal(field(peer, 'Uid'), Array(4).fill(uid).join('\t'))
  assert.equal(networkOf(peer), networkOf(1))
  for (const name of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) assert.equal(field(peer, name), '0000000000000000', name)
  assert.equal(field(peer, 'NoNewPrivs'), '1')
  assert.equal(field(peer, 'Groups')?.trim(), '')
})

test('no other user opens the control socket, the hooks, the key, the journal or the staging', async () => {
  const closed = [
    '/run/standin/control.sock',
    '/run/standin/hooks',
    '/var/lib/standin/key.pem',
    '/var/lib/standin/journal.sqlite',
    '/var/cache/standin/peer',
  ]
  for (const user of ['portage', 'nobody', 'standin']) {
    for (const path of closed) {
      if (user === 'standin' && path.endsWith('peer')) continue
      const tried = await host.run(['test', '-r', path, '-o', '-w', path], { user, check: false })
      assert.equal(tried.exitCode, 1, `${user} must not get at ${path}`)
    }
  }
  assert.equal(
    (await host.run(['stat', '-c', '%U %a', '/run/standin', '/run/standin/control.sock', '/var/lib/standin/key.pem'])).stdout,
    'root 700\nroot 600\nroot 600\n',
  )
})

test('the peer can write only below its own part of the cache', async () => {
  const writable = await host.run(
    ['find', '/run', '/var/lib/standin', '/var/cache', '/usr/lib/standin', '/etc', '-xdev', '-writable', '-not', '-type', 'l'],
    { user: 'standin', check: false },
  )
  const paths = writable.stdout
    .split('\n')
    .filter((path) => path !== '' && !path.startsWith('/var/cache/standin/peer') && path !== '/run/lock')
  assert.deepEqual(paths, [])
})

const peerNow = async (): Promise<number> => (await ask(host, { t: 'status' }, 'status')).peer?.pid ?? 0
const anotherThan = (old: number): Promise<number> => until(peerNow, (pid) => pid !== 0 && pid !== old)
/** `MOUNTPOINT OPTIONS` of each mount. */
const mountsOf = (pid: number): string[] =>
  inside(pid, 'mountinfo').trim().split('\n').map((line) => line.split(' ').slice(4, 6).join(' ')) // prettier-ignore
const RO = 'ro,nosuid,nodev,relatime'
const DEVICE = 'rw,nosuid,noexec,relatime'
const VIEW = [
  '/ ro,nosuid,nodev,noexec,relatime',
  ...['/dev/null', '/dev/random', '/dev/urandom'].map((path) => `${path} ${DEVICE}`),
  ...['/etc', '/etc/ssl/certs', '/usr', '/var/cache/standin/archives'].map((path) => `${path} ${RO}`),
  '/var/cache/standin/peer rw,nosuid,nodev,noexec,relatime',
]

test('the peer sees programs, its own part of the cache, own archives, and how names are looked up; no other file and no process', () => {
  assert.deepEqual(mountsOf(peer).toSorted(), VIEW)
  const seen = join(host.root, `proc/${peer}/root`)
  const below = (path: string): string[] => readdirSync(join(seen, path)).toSorted()
  assert.deepEqual(below('/'), ['bin', 'dev', 'etc', 'lib', 'lib64', 'proc', 'sbin', 'usr', 'var'].filter((name) => existsSync(join(seen, name)))) // prettier-ignore
  assert.deepEqual([below('proc'), below('var'), below('var/cache'), below('var/cache/standin')], [[], ['cache'], ['standin'], ['archives', 'peer']]) // prettier-ignore
  const settings = ['gai.conf', 'host.conf', 'hosts', 'ld.so.cache', 'ld.so.preload', 'nsswitch.conf', 'resolv.conf', 'ssl']
  assert.deepEqual(below('etc').filter((name) => !settings.includes(name)), []) // prettier-ignore
  assert.ok(below('etc').includes('resolv.conf') && below('usr/bin').includes('node'), 'what it needs is there')
  for (const path of [
    '/home',
    '/root',
    '/etc/portage',
    '/etc/passwd',
    '/etc/machine-id',
    '/var/db',
    '/var/lib/standin',
    '/run',
    '/tmp',
    '/proc/1',
  ])
    assert.ok(host.exists(path) && !existsSync(join(seen, path)), path)
})

test('a peer that died comes back with the same view; doors and mounts of the host are as they were', async () => {
  const doors = (): Promise<string> => host.run(['sh', '-c', 'stat -c "%n %i" /run/standin/hooks /run/standin/builds /run/standin/control.sock']).then(({ stdout }) => stdout) // prettier-ignore
  const [were, mounted] = [await doors(), [mountsOf(1), mountsOf(daemon.insidePid)]]
  await host.run(['kill', '-KILL', String(peer)])
  const next = await anotherThan(peer)
  await until(
    () => mountsOf(next).toSorted(),
    (mounts) => mounts.join() === VIEW.join(),
  )
  assert.deepEqual([await doors(), [mountsOf(1), mountsOf(daemon.insidePid)]], [were, mounted])
  peer = next
})

test('where the kernel refuses a step of the view there is no peer, and one line says so', async () => {
  const umount = host.path('/usr/bin/umount')
  const honest = readFileSync(umount)
  host.write('/usr/bin/umount', '#!/bin/sh\necho "umount: refused" >&2\nexit 1\n', 0o755)
  await host.run(['kill', '-KILL', String(peer)])
  await daemon.waitFor(
    /^peer: umount: refused\npeer: no peer runs, for the kernel does not give it a view of its own\n(peer: .*\n)?peer: ended \(exit code 1\)/m,
  )
  const { stdout } = await host.run(['ps', '-u', 'standin', '-o', 'pid='], { check: false })
  assert.equal(stdout, '')
  host.write('/usr/bin/umount', honest, 0o755)
  peer = await anotherThan(peer)
})
