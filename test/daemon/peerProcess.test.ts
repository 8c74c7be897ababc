/**
 * The peer as a process: it comes back when it dies, is ended when it breaks the protocol, and never outlives the warden's close.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { test, type TestContext } from 'node:test'
import { keepPeer, type PeerProcess } from '../../src/daemon/peerProcess.ts'
import type { FromPeer } from '../../src/daemon/peerWire.ts'
import { atEnd } from '../support/atEnd.ts'

interface Kept {
  readonly peer: PeerProcess
  readonly events: EventEmitter
  readonly heard: FromPeer[]
  readonly lines: string[]
}

/** A peer that runs `script`, with its channel as `channel`. */
function keep(t: TestContext, script: string): Kept {
  const events = new EventEmitter()
  const [heard, lines]: [FromPeer[], string[]] = [[], []]
  const program = `const channel = new (require('node:net').Socket)({ fd: 3 }); channel.on('end', () => process.exit()); ${script}`
  const peer = keepPeer({
    argv: [process.execPath, '-e', program],
    env: {},
    heard(message) {
      heard.push(message)
      events.emit('heard', message)
    },
    started: () => events.emit('started'),
    ended: () => events.emit('ended'),
    log: (line) => lines.push(line),
  })
  atEnd(t, () => peer.close())
  return { peer, events, heard, lines }
}

const READY = `channel.write(JSON.stringify({ t: 'ready', pid: process.pid }) + '\\n');`

test('a peer that is killed comes back, and the warden hears of both', async (t) => {
  const { peer, events, heard } = keep(t, READY)
  await once(events, 'heard')
  const first = peer.pid
  const ended = once(events, 'ended')
  process.kill(first ?? 0, 'SIGKILL')
  await ended
  assert.equal(peer.pid, undefined)
  await once(events, 'heard')
  assert.notEqual(peer.pid, first)
  assert.equal(heard.length, 2)
})

const BROKEN: [string, string, RegExp][] = [
  ['no JSON', `channel.write('rubbish\\n'); setInterval(() => {}, 1000);`, /SCHEMA|not JSON/],
  ['a message that nobody knows', `channel.write('{"t":"format"}\\n'); setInterval(() => {}, 1000);`, /Invalid type|Expected/],
  ['a path where an id belongs', `channel.write('{"t":"staged","id":"../../etc","seconds":1}\\n'); setInterval(() => {}, 1000);`, /id/],
  ['a line without end', `setInterval(() => channel.write('x'.repeat(1 << 20)), 1);`, /a line of more than/],
]

for (const [what, script, reason] of BROKEN) {
  test(`a peer that sends ${what} is ended, and nothing of it is heard`, async (t) => {
    const { events, heard, lines } = keep(t, script)
    await once(events, 'ended')
    assert.deepEqual(heard, [])
    assert.match(lines.join('\n'), reason)
  })
}

test('a peer that cannot be started is said to be so, and tried again later', async (t) => {
  const lines: string[] = []
  const events = new EventEmitter()
  const options = { env: {}, heard: () => undefined, started: () => events.emit('started'), ended: () => undefined }
  const peer = keepPeer({ ...options, argv: ['/nowhere/peer'], log: (line) => events.emit('line', lines.push(line)) })
  atEnd(t, () => peer.close())
  await once(events, 'started')
  assert.match(lines.join('\n'), /could not start/)
  assert.match(lines.join('\n'), /starts again in 400 ms/)
})

test('closing ends a peer that hears nothing', async (t) => {
  const { peer, events } = keep(
    t,
    `process.on('SIGTERM', () => {}); channel.removeAllListeners('end'); ${READY} setInterval(() => {}, 1000);`,
  )
  await once(events, 'heard')
  const pid = peer.pid ?? 0
  await peer.close()
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' })
})

test('what a peer writes goes into the log under its own name, steers nothing, and has neither a terminal nor the log itself', async (t) => {
  const script = `
    const { readdirSync, readlinkSync, readFileSync } = require('node:fs');
    console.log('to nobody');
    console.error('app-misc/hello: \\u001b[2Jcan be used now');
    for (let at = 0; at < 100000; at++) process.stderr.write('flood ' + at + '\\n');
    const [, , , , , session, terminal] = readFileSync('/proc/self/stat', 'utf8').replace(/\\(.*\\)/, 'x').split(' ');
    process.stderr.write('', () => channel.write(JSON.stringify({ t: 'failed', id: '0'.repeat(16), code: 'IO',
      message: [session === String(process.pid), terminal, readlinkSync('/proc/self/fd/1'), readlinkSync('/proc/self/fd/2').split(':')[0]].join(' ') }) + '\\n'));
    setInterval(() => {}, 1000);`
  const { events, heard, lines } = keep(t, script)
  await once(events, 'heard')
  assert.deepEqual(
    heard.map((one) => one.t === 'failed' && one.message),
    ['true 0 /dev/null socket'],
  )
  assert.equal(lines[0], 'peer: app-misc/hello:  [2Jcan be used now')
  assert.ok(lines.length < 1000, `${lines.length} lines in the log`)
  assert.ok(lines.includes('peer: it says too much, the rest of this second is left out'))
})

test('a peer that leaves children behind comes back all the same', async (t) => {
  const child = `require('node:child_process').spawn('sleep', ['20'], { stdio: ['ignore', 'inherit', 'inherit', 3] })`
  const { events } = keep(t, `const left = ${child}; ${READY.replace('process.pid', 'left.pid')} setTimeout(() => process.exit(), 100);`)
  const [first] = await once(events, 'heard')
  atEnd(t, () => process.kill(first.pid))
  const [next] = await once(events, 'heard')
  atEnd(t, () => process.kill(next.pid))
  assert.notEqual(next.pid, first.pid)
})
