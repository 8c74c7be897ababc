/**
 * `standin status --watch`: redrawn on a terminal, one line a change anywhere else, and how it ends.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import { statusDocument } from '../../src/cli/documents.ts'
import type { Responder } from '../../src/daemon/control.ts'
import { daemonIn, liveOne, type StatusAnswer, statusAnswer } from './support/daemon.ts'
import { standin, terminal, worldIn } from './support/world.ts'

const idle = { live: [], transfers: [], disputes: [] }
const down = statusAnswer().transfers[0]
assert.ok(down !== undefined)
const at = (bytes: number): StatusAnswer => statusAnswer({ ...idle, transfers: [{ ...down, bytes }] })
const STEPS = [statusAnswer(idle), statusAnswer(idle), at(1_350_000), at(2_700_000), statusAnswer({ ...idle, live: [liveOne()] })]

/** Sends all steps, and then either hangs up or is interrupted. */
function sending(steps: readonly StatusAnswer[], then: () => void): Responder {
  return async (request, send) => {
    assert.equal(request.t, 'watch')
    for (const step of steps) send(step)
    then()
  }
}

test('not on a terminal: one line each time that something changes', async (t) => {
  const world = worldIn(t)
  await daemonIn(
    t,
    world,
    sending(STEPS, () => undefined),
  )
  const { code, stdout, stderr } = await standin(world, 'status', '--watch')
  assert.deepEqual(stdout.split('\n'), [
    '0 stand-ins live; no transfer',
    '0 stand-ins live; app-misc/hello-2.12  down  50 % of 2.7 MB, 1.1 MB/s, 3 peers',
    '0 stand-ins live; app-misc/hello-2.12  down  100 % of 2.7 MB, 1.1 MB/s, 3 peers',
    '1 stand-in live; no transfer',
    '',
  ])
  assert.deepEqual([code, stderr], [4, ' * the daemon has ended\n'])
})

test('as JSON: one document a line', async (t) => {
  const world = worldIn(t)
  await daemonIn(
    t,
    world,
    sending(STEPS, () => undefined),
  )
  const { stdout } = await standin(world, 'status', '--watch', '--json')
  const lines = stdout.trimEnd().split('\n')
  const documents = lines.slice(0, STEPS.length).map((line) => v.parse(statusDocument, JSON.parse(line)))
  assert.deepEqual(
    documents.map(({ transfers }) => transfers[0]?.bytes),
    [undefined, undefined, 1_350_000, 2_700_000, undefined],
  )
})

test('on a terminal the lines before are drawn over, and none wraps or scrolls', async (t) => {
  const rows = 6
  const small = { ...terminal, size: () => ({ columns: 60, rows }) }
  const world = { ...worldIn(t), stdout: small }
  const many = statusAnswer({ ...idle, live: Array.from({ length: 9 }, (_, at_) => liveOne({ id: String(at_) })) })
  await daemonIn(
    t,
    world,
    sending([at(1_350_000), many], () => undefined),
  )
  const { stdout } = await standin(world, 'status', '--watch', '--color=no')
  const [first = '', second = ''] = stdout.split('\r\u001b[J').slice(1)
  assert.equal(first, 'transfers  1 down, 0 up\n  [==========>         ] 50 % app-misc/hello-2.12  1.4 MB o\nstand-ins  0 live\n\u001b[3A')
  const drawn = second.trimEnd().split('\n')
  assert.equal(drawn.length, rows - 1)
  assert.equal(drawn.at(-1), 'and 7 more')
  for (const line of drawn) assert.ok(line.length < 60, line)
})

test('Ctrl-C ends it with 130 and says nothing', async (t) => {
  const ending = new AbortController()
  const world = { ...worldIn(t), signal: ending.signal }
  await daemonIn(t, world, async (_, send, signal) => {
    send(statusAnswer(idle))
    setImmediate(() => ending.abort())
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
  })
  const { code, stderr } = await standin(world, 'status', '--watch')
  assert.deepEqual([code, stderr], [130, ''])
})

test('without a daemon there is nothing to watch', async (t) => {
  const { code, stdout, stderr } = await standin(worldIn(t), 'status', '--watch')
  assert.deepEqual([code, stdout], [4, ''])
  assert.match(stderr, /the daemon is not running/)
})
