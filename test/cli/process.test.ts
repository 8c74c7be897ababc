/**
 * `standin` as a real process: pipes, terminals, signals and exit codes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import { statusDocument } from '../../src/cli/documents.ts'
import { execute } from '../../src/cli/execute.ts'
import type { Responder } from '../../src/daemon/control.ts'
import { answering, courseOf, daemonIn, liveOne, statusAnswer } from './support/daemon.ts'
import { EXECUTES, PROGRAM, start, startOnTerminal } from './support/process.ts'
import { worldIn } from './support/world.ts'

const RED = '\u001b[31;01mstopped\u001b[39;49;00m'
const why = answering({ why: [{ t: 'why', courses: [courseOf()] }] })

/** Sends the state again and again, as the daemon does, until the client goes. */
const watched: Responder = async (_, send, signal) => {
  for (let step = 1; !signal.aborted; step += 1) {
    send(statusAnswer({ live: Array.from({ length: step % 5 }, (_one, at) => liveOne({ id: String(at) })) }))
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

test('on a pipe: JSON of a running daemon', async (t) => {
  const world = worldIn(t)
  await daemonIn(t, world, answering({ status: [statusAnswer()] }))
  const { code, stdout, stderr } = await start([...PROGRAM, 'status', '--json'], { EPREFIX: world.root }).ended
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
  assert.equal(v.parse(statusDocument, JSON.parse(stdout)).daemon?.warden.pid, 11)
})

test('exit codes of a host without a daemon', async (t) => {
  const { root } = worldIn(t)
  const codes: readonly [string[], number][] = [
    [['--version'], 0],
    [['frob'], 2],
    [['why', 'a/b-1'], 2],
    [['why', 'hello'], 3],
    [['status'], 4],
  ]
  for (const [words, code] of codes)
    assert.deepEqual([words, (await start([...PROGRAM, ...words], { EPREFIX: root }).ended).code], [words, code])
})

const COLOURS: readonly [boolean, string[], Record<string, string>, boolean][] = [
  [true, [], {}, true],
  [true, [], { NO_COLOR: '1' }, false],
  [true, [], { NO_COLOR: '' }, true],
  [true, [], { TERM: 'dumb' }, false],
  [true, ['--color=no'], {}, false],
  [true, ['--color=yes'], { NO_COLOR: '1' }, true],
  [false, [], {}, false],
  [false, ['--color=yes'], {}, true],
]

for (const [onTerminal, options, env, coloured] of COLOURS) {
  const where = onTerminal ? 'on a terminal' : 'on a pipe'
  test(`${where}, ${JSON.stringify(env)} ${options.join(' ')}: ${coloured ? 'colour' : 'no colour'}`, async (t) => {
    const world = worldIn(t)
    await daemonIn(t, world, why)
    const argv = [...PROGRAM, 'why', 'hello', ...options]
    const { code, stdout } = await (onTerminal ? startOnTerminal : start)(argv, { EPREFIX: world.root, ...env }).ended
    assert.deepEqual([code, stdout.includes(RED), stdout.includes('\u001b')], [0, coloured, coloured])
  })
}

test('--watch on a terminal draws over itself, and Ctrl-C ends it with 130', async (t) => {
  const world = worldIn(t)
  await daemonIn(t, world, watched)
  const running = startOnTerminal([...PROGRAM, 'status', '--watch'], { EPREFIX: world.root })
  await running.shows('4 live')
  running.child.stdin.write('\u0003')
  const { code, stdout } = await running.ended
  assert.equal(code, 130)
  // Each redraw goes up as many lines as the one before has drawn: transfers, one of them, stand-ins, one, disputes.
  // oxlint-disable-next-line no-control-regex -- the sequences of ours
  assert.match(stdout, /\u001b\[5A\r\u001b\[J.*\u001b\[6A\r\u001b\[J/s)
})

test('--watch on a pipe: lines, and SIGINT ends it with 130', async (t) => {
  const world = worldIn(t)
  await daemonIn(t, world, watched)
  const running = start([...PROGRAM, 'status', '--watch'], { EPREFIX: world.root })
  await running.shows('2 stand-ins live')
  running.child.kill('SIGINT')
  const { code, stdout, stderr } = await running.ended
  assert.deepEqual([code, stderr], [130, ''])
  assert.match(stdout, /^1 stand-in live; app-misc\/hello-2\.12 .*\n2 stand-ins live/)
})

test('a reader that has seen enough is no error to talk about', async (t) => {
  const world = worldIn(t)
  await daemonIn(t, world, watched)
  const running = start([...PROGRAM, 'status', '--watch', '--json'], { EPREFIX: world.root })
  await running.shows('\n')
  running.child.stdout.destroy()
  const { code, stderr } = await running.ended
  assert.deepEqual([code, stderr], [0, ''])
})

for (const words of [['--help'], ['why', 'hello'], ['why', 'hello', '--json']]) {
  test(`output that is lost is a failure, and said: ${words.join(' ')} > /dev/full`, async (t) => {
    const world = worldIn(t)
    await daemonIn(t, world, why)
    const { code, stderr } = await start(['sh', '-c', 'exec "$@" > /dev/full', 'lost', ...PROGRAM, ...words], { EPREFIX: world.root }).ended
    assert.deepEqual([code, stderr.split('\n').length], [1, 2], stderr)
    assert.match(stderr, /^ \* not all could be written to standard output: .*ENOSPC/)
  })
}

/** Sends the state once, and then nothing until the client goes. */
const still: Responder = async (_, send, signal) => {
  send(statusAnswer())
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
}

test('--watch ends once its reader is gone, also while nothing changes', { timeout: 60_000 }, async (t) => {
  const world = worldIn(t)
  await daemonIn(t, world, still)
  const script = '"$@" | head -n 1; echo "${PIPESTATUS[0]}"'
  const { stdout, stderr } = await start(['bash', '--norc', '-c', script, 'watch', ...PROGRAM, 'status', '--watch'], {
    EPREFIX: world.root,
  }).ended
  assert.match(stdout, /^1 stand-in live; app-misc\/hello-2\.12 [^\n]*\n0\n$/)
  assert.equal(stderr, '')
})

test('what is run in the place of standin gives its exit code, and gets the signals', async () => {
  assert.equal(await execute('/bin/sh', ['-c', 'exit 7']), 7)
  assert.equal(await execute('/bin/sh', ['-c', 'kill -KILL $$']), 128 + 9)
  await assert.rejects(execute('/nowhere/program', []), { name: 'HostError', code: 'MISSING_PROGRAM' })
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) {
    const running = start([...EXECUTES, 'trap "exit 9" TERM HUP INT; echo ready; while :; do sleep 0.05; done'], {})
    await running.shows('ready')
    running.child.kill(signal)
    assert.deepEqual([signal, (await running.ended).code], [signal, 9])
  }
})
