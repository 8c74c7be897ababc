/**
 * A daemon that is hung, of another version, full, closed to this user, or that says rubbish: each is said as what it is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { chmodSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { ask } from '../../src/cli/ask.ts'
import { doorOf } from '../../src/cli/daemonOr.ts'
import { errorDocument } from '../../src/cli/documents.ts'
import type { World } from '../../src/cli/world.ts'
import { HostError } from '../../src/base/errors.ts'
import { answering, daemonIn, statusAnswer } from './support/daemon.ts'
import { standin, standinJson, worldIn } from './support/world.ts'
import { atEnd } from '../support/atEnd.ts'

async function rawServer(t: TestContext, world: World, serve: (socket: Socket) => void): Promise<Server> {
  const server = createServer(serve)
  await new Promise<void>((resolve) => server.listen(world.control, resolve))
  atEnd(t, () => void server.close())
  return server
}

const RUBBISH: readonly [string, string][] = [
  ['no JSON', 'hello\n'],
  ['an unknown answer', '{"t":"frob"}\n'],
  ['another answer than asked for', `${JSON.stringify(statusAnswer())}\n`],
  [
    'a control character',
    '{"t":"why","courses":[{"cpv":"a/b-1\\u001b[2J","repository":"","slot":"","at":"","outcome":"","verdicts":[]}]}\n',
  ],
]

for (const [what, line] of RUBBISH) {
  test(`${what} means that the daemon is of another version`, async (t) => {
    const world = worldIn(t)
    await rawServer(t, world, (socket) => socket.end(line))
    const { code, document } = await standinJson(world, errorDocument, 'why', 'b')
    assert.deepEqual([code, document.code], [1, 'BAD_STATE'])
    assert.match(document.message, /^the daemon is of another version of standin: restart it/)
  })
}

test('a daemon that refuses is quoted, in plain text', async (t) => {
  const world = worldIn(t)
  await daemonIn(t, world, () => Promise.reject(new HostError('DISK_FULL', 'no room\u001b[2J left')))
  const { code, stderr } = await standin(world, 'why', 'b')
  assert.deepEqual([code, stderr], [1, ' * the daemon could not do it: no room?[2J left\n'])
})

test('an endless answer is dropped', async (t) => {
  const world = worldIn(t)
  await rawServer(t, world, (socket) => {
    socket.on('error', () => socket.destroy())
    const more = (): void => {
      while (!socket.destroyed && socket.write('x'.repeat(1024 * 1024)));
    }
    socket.on('drain', more)
    more()
  })
  await assert.rejects(ask(doorOf(world), { t: 'status' }, 'status'), { code: 'TOO_LARGE' })
})

const ABSENT: readonly [string, (socket: Socket) => void][] = [
  ['hangs', () => undefined],
  ['hangs up', (socket) => socket.end()],
  ['ends in the middle of a line', (socket) => socket.end('{"t":')],
]

for (const [what, serve] of ABSENT) {
  test(`a daemon that ${what} does not answer: exit 4`, async (t) => {
    const world = { ...worldIn(t), patienceMs: 50 }
    await rawServer(t, world, serve)
    const { code, stderr } = await standin(world, 'status')
    assert.equal(code, 4)
    assert.match(stderr, /the daemon does not answer at .*control\.sock: restart it/)
  })
}

test('a socket that nobody listens at any more is no daemon', async (t) => {
  const world = worldIn(t)
  writeFileSync(world.control, '')
  await assert.rejects(ask(doorOf(world), { t: 'status' }, 'status'), { name: 'UserError', code: 'NO_DAEMON' })
})

test('Ctrl-C while waiting ends with 130', async (t) => {
  const ending = new AbortController()
  const world = { ...worldIn(t), signal: ending.signal }
  await daemonIn(t, world, () => {
    ending.abort()
    return new Promise(() => undefined)
  })
  assert.deepEqual(await standin(world, 'why', 'x'), { code: 130, stdout: '', stderr: '' })
})

test('a door that is closed to this user', { skip: process.getuid?.() === 0 ? 'root passes every door' : false }, async (t) => {
  const world = worldIn(t)
  await daemonIn(t, world, answering({ status: [statusAnswer()] }))
  chmodSync(world.control, 0)
  const { code, document } = await standinJson(world, errorDocument, 'status')
  assert.deepEqual([code, document.code], [1, 'NOT_ROOT'])
})
