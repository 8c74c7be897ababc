/**
 * The warden is root without a network, the peer is nobody with one, and no other user gets at either; /proc of the live processes shows it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { readFileSync, readlinkSync } from 'node:fs'
import { after, before, test } from 'node:test'
import type { Started } from '../support/host/enter.ts'
import type { Host } from '../support/host/host.ts'
import { createNetwork, type Network } from '../support/host/network.ts'
import { ask } from '../support/standin/ask.ts'
import { startDaemon } from '../support/standin/daemon.ts'
import { installStandin } from '../support/standin/install.ts'

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
