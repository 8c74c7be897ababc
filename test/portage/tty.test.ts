/**
 * Of a program in a terminal in a terminal both are found, each known by its session, and what was somebody else's is not taken for it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { test, type TestContext } from 'node:test'
import { isSameTty, ttysOf } from '../../src/portage/tty.ts'
import { atEnd } from '../support/atEnd.ts'

/** As sudo with use_pty: a program in an own terminal, whose parent is in the user's. Each line that comes in ends the inner one, then the outer one. */
const NESTED = `
import os, pty, signal, sys
outer, ofd = pty.fork()
if outer == 0:
    inner, ifd = pty.fork()
    if inner == 0:
        if sys.argv[1] == "through /dev/tty": os.dup2(os.open("/dev/tty", os.O_WRONLY), 1)
        os.write(1, b"in")
        signal.pause()
    os.read(ifd, 100)
    os.write(1, b"%d\\n" % inner)
    os.read(0, 1)
    os.kill(inner, 9)
    os.waitpid(inner, 0)
    os.close(ifd)
    os.write(1, b"gone\\n")
    signal.pause()
lines = os.fdopen(ofd, "rb", 0)
print(lines.readline().decode().strip(), outer, flush=True)
sys.stdin.readline()
os.write(ofd, b"x\\n")
while b"gone" not in lines.readline(): pass
print("gone", flush=True)
sys.stdin.read()
`

async function nested(t: TestContext, how: string) {
  const child = spawn('python3', ['-c', NESTED, how], { stdio: ['pipe', 'pipe', 'inherit'] })
  atEnd(t, () => child.kill('SIGKILL'))
  const lines = createInterface(child.stdout)
  const next = async (): Promise<string> => String((await once(lines, 'line'))[0])
  const [inner = 0, outer = 0] = (await next()).split(' ').map(Number)
  return {
    inner,
    outer,
    leave: async () => {
      child.stdin.write('\n')
      assert.equal(await next(), 'gone')
    },
  }
}

for (const how of ['as it is', 'through /dev/tty'])
  test(`the own terminal, ${how}, comes first, then the one it is in; each is its session's`, async (t) => {
    const { inner, outer, leave } = await nested(t, how)
    const [own, around, ...others] = ttysOf('/proc', inner)
    assert.ok(own !== undefined && around !== undefined)
    assert.match(own.path, /^\/dev\/pts\/\d+$/)
    assert.notEqual(own.path, around.path)
    assert.deepEqual([own.leader?.pid, around.leader?.pid], [inner, outer])
    for (const tty of [own, around, ...others]) {
      chmodSync(tty.path, 0o600)
      assert.ok(isSameTty('/proc', tty))
    }
    await leave()
    assert.ok(!isSameTty('/proc', own))
    assert.ok(isSameTty('/proc', around))
  })

test('a leader that is another process by now vouches for nothing', async (t) => {
  const { inner } = await nested(t, 'as it is')
  const [own] = ttysOf('/proc', inner)
  assert.ok(own?.leader != null)
  chmodSync(own.path, 0o600)
  assert.ok(!isSameTty('/proc', { ...own, leader: { ...own.leader, startTime: '1' } }))
  assert.ok(!isSameTty('/proc', { ...own, leader: { ...own.leader, pid: process.pid } }))
})
