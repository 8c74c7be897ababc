/**
 * A line that a terminal has no room for, or no turn, is told once it has: whole, once, and before what is said later.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { chmodSync, statSync } from 'node:fs'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { test, type TestContext } from 'node:test'
import { openTeller } from '../../src/daemon/teller.ts'
import { isSameTty, type Tty } from '../../src/portage/tty.ts'
import { atEnd } from '../support/atEnd.ts'

/** A terminal that is full and, where it is told so, that somebody waits to write to; nobody reads until a line comes in. */
const FULL = `
import os, sys, threading
master, slave = os.openpty()
os.set_blocking(slave, False)
try:
    while True: os.write(slave, b"x" * 100)
except BlockingIOError:
    os.set_blocking(slave, True)
if sys.argv[1] == "held":
    threading.Thread(target=lambda: os.write(slave, b"x" * 200000), daemon=True).start()
print(os.ttyname(slave), flush=True)
sys.stdin.readline()
read = b""
while b"later" not in read: read += os.read(master, 4096)
print("|".join(read.replace(b"x", b"").decode().split("\\r\\n")), flush=True)
`

/** As one that nobody's session goes on at. */
function ttyAt(path: string): Tty {
  const { rdev, ctimeNs } = statSync(path, { bigint: true })
  return { path, device: String(rdev), since: String(ctimeNs), leader: null }
}

interface Full {
  readonly terminal: Tty
  /** What is read there besides x, once somebody reads. */
  readonly read: () => Promise<string>
}

async function fullTerminal(t: TestContext, how: 'full' | 'held'): Promise<Full> {
  const child = spawn('python3', ['-c', FULL, how], { stdio: ['pipe', 'pipe', 'inherit'] })
  atEnd(t, () => child.kill('SIGKILL'))
  const lines = createInterface(child.stdout)
  const next = async (): Promise<string> => String((await once(lines, 'line'))[0])
  const path = await next()
  return {
    terminal: ttyAt(path),
    read() {
      child.stdin.write('read\n')
      return next()
    },
  }
}

const LONG = 'long '.repeat(150)

for (const how of ['full', 'held'] as const) {
  test(`a terminal that is ${how} is told later`, async (t) => {
    const { terminal, read } = await fullTerminal(t, how)
    const teller = openTeller()
    for (const line of ['first', LONG, 'later']) teller.tell([terminal], `${line}\n`)
    assert.equal(await read(), `first|${LONG}|later|`)
  })
}

/** Opens a terminal, and one of the same name once a line comes in, which somebody types on before it is told what was meant for the first. */
const REUSED = `
import os, sys, time
master, slave = os.openpty()
name = os.ttyname(slave)
print(name, flush=True)
sys.stdin.readline()
since = os.stat(name).st_ctime_ns
os.close(slave); os.close(master)
# The clock that files are stamped by (CLOCK_REALTIME_COARSE) ticks every few milliseconds.
while time.clock_gettime_ns(5) <= since: pass
others = []
for _ in range(1000):
    master, slave = os.openpty()
    if os.ttyname(slave) == name: break
    others.append((master, slave))
print(os.ttyname(slave), flush=True)
sys.stdin.readline()
os.write(slave, b"end")
read = b""
while b"end" not in read: read += os.read(master, 4096)
print(read.decode(), flush=True)
`

/** The first of them, by now the second; undefined where some other program had the name in between. `read` gives what was read on the second. */
async function reused(t: TestContext): Promise<{ readonly first: Tty; readonly read: () => Promise<string> } | undefined> {
  const child = spawn('python3', ['-c', REUSED], { stdio: ['pipe', 'pipe', 'inherit'] })
  atEnd(t, () => child.kill('SIGKILL'))
  const lines = createInterface(child.stdout)
  const asked = async (line: string): Promise<string> => (child.stdin.write(line), String((await once(lines, 'line'))[0]))
  const [path] = await once(lines, 'line')
  const first = ttyAt(String(path))
  return (await asked('again\n')) === path ? { first, read: () => asked('read\n') } : undefined
}

test('a terminal of somebody else by now, of the same name and number, is told nothing', async (t) => {
  let both = await reused(t)
  for (let tries = 1; both === undefined && tries < 10; tries++) both = await reused(t)
  assert.ok(both !== undefined, 'no name came again')
  openTeller().tell([both.first], 'secret\n')
  assert.equal(await both.read(), 'end')
})

test('what a terminal is told does not make it another one; other rights do, where nobody vouches for it', async (t) => {
  const { terminal, read } = await fullTerminal(t, 'full')
  openTeller().tell([terminal], 'later\n')
  assert.equal(await read(), 'later|')
  assert.ok(isSameTty('/proc', terminal))
  chmodSync(terminal.path, 0o600)
  assert.ok(!isSameTty('/proc', terminal))
})

test('the next terminal is told what the first is no more there for', async (t) => {
  const { terminal, read } = await fullTerminal(t, 'full')
  const teller = openTeller()
  teller.tell([{ ...terminal, path: '/dev/pts/none' }, { ...terminal, since: '1' }, terminal], 'first\n')
  teller.tell([terminal], 'later\n')
  assert.equal(await read(), 'first|later|')
})
