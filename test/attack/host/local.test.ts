/**
 * On a real host: the live processes are held to what is promised, local users find every door closed, and a peer that was taken over changes nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test, type TestContext } from 'node:test'
import { build } from 'esbuild'
import { systemCode } from '../../../src/base/errors.ts'
import { PEER_LIMITS } from '../../../src/daemon/peerLimits.ts'
import type { Started } from '../../support/host/enter.ts'
import type { Host } from '../../support/host/host.ts'
import { createNetwork, type Network } from '../../support/host/network.ts'
import { differences } from '../../support/host/snapshot.ts'
import { ask } from '../../support/standin/ask.ts'
import { restartDaemon, startDaemon } from '../../support/standin/daemon.ts'
import { installStandin } from '../../support/standin/install.ts'
import { addGate, hold, letGo, reached } from '../../support/story/gate.ts'
import { BOUNDS, report, unlessWhole } from '../support/bounds.ts'
import { atEnd } from '../../support/atEnd.ts'

let network: Network
let host: Host
let daemon: Started

before(async () => {
  network = await createNetwork({ name: 'attack' })
  host = await network.createHost({ name: 'host' })
  await installStandin(host, { features: 'install publish', settings: { level: '0' } })
  addGate(host)
  daemon = await startDaemon(host)
})
after(() => network.close())

const inside = (pid: number, file: string): string => readFileSync(host.path(`/proc/${pid}/${file}`), 'utf8')
const field = (pid: number, name: string): string | undefined => new RegExp(`^${name}:[ \\t]*(.*)$`, 'm').exec(inside(pid, 'status'))?.[1]
const peerOf = async (): Promise<number> => (await ask(host, { t: 'status' }, 'status')).peer?.pid ?? 0
const networkOf = (pid: number): string => readlinkSync(join(host.path(`/proc/${pid}/ns`), 'net'))

/** What a process has open. It may close something while it is looked at. */
function descriptorsOf(pid: number): string[] {
  const folder = host.path(`/proc/${pid}/fd`)
  return readdirSync(folder).flatMap((fd) => {
    try {
      return [readlinkSync(join(folder, fd))]
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error
      return []
    }
  })
}

test('/proc of the live processes shows what they are held to', async (t) => {
  const peer = await peerOf()
  const limits = inside(peer, 'limits')
  for (const { name, most } of PEER_LIMITS) {
    const [, soft = '', hard = ''] = new RegExp(`^${name} +(\\S+) +(\\S+)`, 'm').exec(limits) ?? []
    assert.ok(Number(soft) <= most && Number(hard) <= most, `${name}: ${soft} and ${hard}, at most ${most}`)
  }
  for (const name of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) assert.equal(field(peer, name), '0000000000000000', name)
  assert.equal(field(peer, 'NoNewPrivs'), '1')
  // A session of its own, and no terminal in it.
  const [, , , session, terminal] = inside(peer, 'stat')
    .replace(/^.*\) /, '')
    .split(' ')
  assert.deepEqual([session, terminal], [field(peer, 'NSpid')?.split('\t').at(-1), '0'])
  const descriptors = descriptorsOf(peer)
  const foreign = descriptors.filter(
    (to) => !/^(socket:|pipe:|anon_inode:|\/dev\/null|\/usr\/lib\/standin\/|\/var\/cache\/standin\/)/.test(to),
  )
  assert.deepEqual(foreign, [], 'the peer holds nothing of the warden')
  assert.notEqual(networkOf(daemon.insidePid), networkOf(1))
  assert.equal(inside(daemon.insidePid, 'net/route').trim().split('\n').length, 1, 'no route')
  report(t, { what: 'limits and capabilities of the live peer', tried: PEER_LIMITS.length + 6, found: 'all set' })
})

test('the DHT is off by itself: the peer has no UDP socket but those of local discovery', async () => {
  const peer = await peerOf()
  const own = new Set(descriptorsOf(peer).flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []))
  const rows = (file: string): string[][] => inside(peer, file).trim().split('\n').slice(1).map((line) => line.trim().split(/\s+/)) // prettier-ignore
  const portsOf = (files: readonly string[]): number[] =>
    files.flatMap(rows).filter((row) => own.has(row[9] ?? '')).map((row) => parseInt(row[1]?.split(':')[1] ?? '', 16)) // prettier-ignore
  const listening = portsOf(['net/tcp', 'net/tcp6'])
  const datagrams = portsOf(['net/udp', 'net/udp6'])
  assert.ok(datagrams.includes(6771) && listening.length > 0, `${datagrams.join()} and ${listening.join()}`)
  // The DHT listens on the port of the peer.
  assert.deepEqual(datagrams.filter((port) => listening.includes(port)), []) // prettier-ignore
})

test('portage and nobody find every door closed, while an image is captured too', async (t) => {
  hold(host, 'postinst')
  const emerge = await host.start(['emerge', '--color=n', 'test-misc/flags'], { pty: true })
  await reached(host, 'postinst')
  const places = ['/run/standin', '/run/standin/control.sock', '/run/standin/hooks', '/run/standin/builds', '/run/standin/notes']
  const stores = ['/var/lib/standin', '/var/lib/standin/key.pem', '/var/lib/standin/journal.sqlite', '/var/lib/standin/known.sqlite']
  const copies = ['/var/lib/standin/captures', '/var/lib/standin/kept', '/var/cache/standin/peer', '/var/cache/standin/peer/staging', '/var/cache/standin/work', '/var/tmp/portage/.standin'] // prettier-ignore
  const all = [...places, ...stores, ...copies]
  assert.ok(host.exists('/var/tmp/portage/.standin'), 'an image is captured')
  for (const user of ['portage', 'nobody']) {
    for (const path of all) {
      const tried = await host.run(['test', '-r', path, '-o', '-w', path, '-o', '-x', path], { user, check: false })
      assert.equal(tried.exitCode, 1, `${user} must not get at ${path}`)
    }
    const code = `require('net').connect('/run/standin/control.sock').on('connect', () => process.exit(0)).on('error', (e) => { console.log(e.code); process.exit(3) })`
    const { stdout, exitCode } = await host.run(['node', '-e', code], { user, check: false })
    assert.deepEqual([stdout.trim(), exitCode], ['EACCES', 3])
  }
  letGo(host, 'postinst')
  await emerge.exited
  await host.run(['emerge', '--unmerge', '--quiet', 'test-misc/flags'])
  report(t, { what: 'doors tried by portage and nobody', tried: 2 * (all.length + 1), found: 'all closed' })
})

/** Puts the hostile program in the place of the peer; the daemon has to be started anew. */
async function takeOver(t: TestContext): Promise<void> {
  const path = '/usr/lib/standin/peer.mjs'
  const honest = host.read(path)
  atEnd(t, () => host.write(path, honest))
  const made = await build({
    entryPoints: [join(import.meta.dirname, '../support/takenPeer.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
  })
  host.write(path, made.outputFiles[0]?.text ?? '')
}

// oxlint-disable-next-line no-control-regex -- as src/portage/terminal.ts writes it
const STAR = /^ \u001b\[3[123];01m\*\u001b\[39;49;00m /

const MODES = ['other bytes', 'link', 'escapes', 'climbs', 'set-id', 'etc']

/** Each of these emerges several times. */
const skip = unlessWhole()

test(
  'a peer that was taken over has nothing placed but what was signed, and nothing raw on a terminal or in a log',
  { skip },
  async (t) => {
    await takeOver(t)
    daemon = await restartDaemon(host, daemon)
    assert.deepEqual(JSON.parse(host.read('/var/cache/standin/peer/tried.json')), [])
    assert.equal(host.exists('/var/cache/standin/peer/connected'), false)
    const tree = () => host.snapshot({ below: ['/bin', '/etc', '/lib', '/lib64', '/opt', '/sbin', '/usr'] })
    const set = (mode: string): void => host.write('/var/cache/standin/peer/MODE', mode)

    const emergeOnce = async (mode: string, until: RegExp): Promise<{ output: string; changed: string[] }> => {
      set(mode)
      const was = await tree()
      hold(host, 'compile')
      const emerge = await host.start(['emerge', '--color=n', '--oneshot', 'test-misc/flags'], { pty: true, env: { NO_COLOR: '1' } })
      await emerge.waitFor(until)
      await reached(host, 'compile')
      const changed = differences(was, await tree())
      emerge.kill('SIGINT')
      letGo(host, 'compile')
      await emerge.exited
      return { output: emerge.output(), changed }
    }

    // What is signed and in order is placed, which shows that the others are stopped for what they are.
    const good = await emergeOnce('good', /can be used now/)
    assert.deepEqual(good.changed.map((line) => line.split(' ').slice(0, 2).join(' ')), ['added /usr/bin/taken']) // prettier-ignore
    for (const mode of MODES) {
      const { output, changed } = await emergeOnce(mode, /no stand-in: .*/)
      t.diagnostic(`${mode}: ${/no stand-in: .*/.exec(output)?.[0].trim()}`)
      assert.deepEqual(changed, [], mode)
      const ours = output.split('\n').filter((line) => line.includes('standin: '))
      assert.deepEqual(ours.filter(isSteering), [], mode)
    }
    for (const command of [
      ['standin', 'why'],
      ['standin', 'status'],
      ['standin', 'list', '--json'],
      ['standin', 'why', '--json'],
    ]) {
      // prettier-ignore
      const { stdout } = await host.run(command, { check: false })
      assert.deepEqual(stdout.split('\n').filter(isSteering), [], command.join(' '))
    }
    assert.deepEqual(daemon.output().split('\n').filter(isSteering), [])
    assert.match(daemon.output(), /^peer: .*app-misc\/hello: can be used now$/m)
    report(t, {
      what: 'copies staged by a taken-over peer on a real host',
      tried: MODES.length + 1,
      found: 'the signed one placed, no other; no raw text',
    })
  },
)

/** But for the carriage return that a terminal adds, and for our own star in its colour. */
function isSteering(line: string): boolean {
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  return /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/.test(line.replace(/\r$/, '').replace(STAR, ''))
}

test('a peer that was taken over floods the warden with archives that it gives', { skip }, async (t) => {
  await takeOver(t)
  host.write('/var/cache/standin/peer/MODE', 'flood')
  daemon = await restartDaemon(host, daemon)
  const { warden } = await ask(host, { t: 'status' }, 'status')
  const lines = daemon.output().split('\n').length
  assert.ok(warden.megabytes < BOUNDS.wardenMegabytes, `the warden has ${warden.megabytes} MB`)
  assert.ok(lines < 6000, `${lines} lines in the log`)
  report(t, {
    what: 'archives that a taken-over peer says it gives',
    tried: 200_000,
    found: `warden ${warden.megabytes} MB, ${lines} lines in its log`,
  })
})
