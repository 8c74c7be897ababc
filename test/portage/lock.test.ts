/**
 * The emerge that owns a build is found by the lock it really holds, and a terminal is told one harmless line or nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { readlinkSync, symlinkSync } from 'node:fs'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test, type TestContext } from 'node:test'
import { findOwner, isAlive, ownerOf } from '../../src/portage/lock.ts'
import { controllingTerminalOf, terminalOf } from '../../src/portage/tty.ts'
import { plainLine, portageLine, type TellOptions, writeTerminal } from '../../src/portage/terminal.ts'
import { rootWith } from './tree.ts'
import { atEnd } from '../support/atEnd.ts'

const HOLD = `import fcntl, sys
f = open(sys.argv[1], 'a')
print('started', flush=True)
fcntl.lockf(f, fcntl.LOCK_EX)
print('held', flush=True)
sys.stdin.read()
`
// As an emerge that had to wait: the lock is held by its child.
const HELP = `import subprocess, sys
p = subprocess.Popen([sys.executable, sys.argv[1], sys.argv[2]])
p.wait()
`
// A terminal: what the program inside writes, and what is written to it, comes out as lines of JSON.
const TERMINAL = `import json, os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    print('ready', flush=True)
    sys.stdin.read()
print(pid, flush=True)
rest = b''
while True:
    try:
        rest += os.read(fd, 4096)
    except OSError:
        break
    while b'\\n' in rest:
        line, rest = rest.split(b'\\n', 1)
        print(json.dumps(line.decode('utf-8', 'replace') + '\\n'), flush=True)
`

// A terminal that nobody reads, as one that was stopped by Ctrl-S.
const DEAF = `import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    print("on it", flush=True)
    sys.stdin.read()
os.read(fd, 100)  # only then has the child its terminal
print(pid, flush=True)
sys.stdin.read()
`

const LOCK = 'portage/app-misc/.hello-2.12.portage_lockfile'
const files = {
  'portage/app-misc/': '',
  'hold.py': HOLD,
  'lock-helper.py': HOLD,
  'help.py': HELP,
  'terminal.py': TERMINAL,
  'deaf.py': DEAF,
}
const asked = (tmpdir: string) => ({ tmpdir, category: 'app-misc', pf: 'hello-2.12', procRoot: '/proc' })

interface Python {
  readonly child: ChildProcess
  readonly pid: number
  line(): Promise<string>
}

function python(t: TestContext, args: readonly string[], through: readonly string[] = []): Python {
  const [program = 'python3', ...rest] = [...through, 'python3', ...args]
  const child = spawn(program, rest, { stdio: ['pipe', 'pipe', 'inherit'] })
  atEnd(t, async () => {
    child.kill('SIGKILL') // a test that has failed must not wait for it
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  assert.ok(child.pid !== undefined)
  return { child, pid: child.pid, line: async () => (await lines.next()).value ?? 'ended' }
}

test('nobody holds it: no file, or a file without a lock', (t) => {
  const root = rootWith(t, { ...files, [LOCK]: '' })
  assert.equal(findOwner(asked(root)), undefined)
  assert.equal(findOwner({ ...asked(root), pf: 'other-1' }), undefined)
})

test('the holder is found and not who waits, and is dead once it has ended', async (t) => {
  const root = rootWith(t, files)
  const holder = python(t, [join(root, 'hold.py'), join(root, LOCK)])
  assert.deepEqual([await holder.line(), await holder.line()], ['started', 'held'])
  const waiter = python(t, [join(root, 'hold.py'), join(root, LOCK)])
  assert.equal(await waiter.line(), 'started')
  const owner = findOwner(asked(root))
  assert.equal(owner?.pid, holder.pid)
  assert.equal(isAlive('/proc', owner), true)
  assert.deepEqual(findOwner(asked(root), owner), owner)
  for (const likely of [{ ...owner, startTime: '1' }, ownerOf('/proc', waiter.pid) ?? null, ownerOf('/proc', process.pid) ?? null])
    assert.deepEqual(findOwner(asked(root), likely), owner)
  assert.equal(isAlive('/proc', { ...owner, startTime: '1' }), false)
  assert.equal(isAlive('/proc', { ...owner, bootId: 'another boot' }), false)
  holder.child.stdin?.end()
  await once(holder.child, 'exit')
  assert.equal(isAlive('/proc', owner), false)
  assert.equal(await waiter.line(), 'held')
  assert.equal(findOwner(asked(root), owner)?.pid, waiter.pid)
})

test('whoever is likely is asked without the table of all locks', async (t) => {
  const root = rootWith(t, { ...files, 'proc/': '' })
  const holder = python(t, [join(root, 'hold.py'), join(root, LOCK)])
  assert.deepEqual([await holder.line(), await holder.line()], ['started', 'held'])
  const owner = findOwner(asked(root))
  assert.equal(owner?.pid, holder.pid)
  for (const name of [String(holder.pid), 'sys']) symlinkSync(`/proc/${name}`, join(root, 'proc', name))
  const withoutTable = { ...asked(root), procRoot: join(root, 'proc') }
  assert.equal(findOwner(withoutTable), undefined)
  assert.deepEqual(findOwner(withoutTable, owner), owner)
})

test('a lock that a lock-helper.py holds belongs to its parent', async (t) => {
  const root = rootWith(t, files)
  const emerge = python(t, [join(root, 'help.py'), join(root, 'lock-helper.py'), join(root, LOCK)])
  assert.deepEqual([await emerge.line(), await emerge.line()], ['started', 'held'])
  assert.equal(findOwner(asked(root))?.pid, emerge.pid)
})

const noMounts = process.geteuid?.() === 0 ? false : 'only root can mount'
test('on overlayfs, where stat and the lock table name different devices, the holder is found', { skip: noMounts }, async (t) => {
  const root = rootWith(t, { ...files, 'lower/portage/app-misc/': '', 'own/': '', 'merged/': '' })
  const mounts = `mount -t tmpfs none own && mkdir own/upper own/work && mount -t overlay none -o lowerdir=lower,upperdir=own/upper,workdir=own/work merged`
  const holder = python(
    t,
    [join(root, 'hold.py'), join(root, 'merged', LOCK)],
    ['unshare', '--mount', 'sh', '-c', `cd "$0" && ${mounts} && exec "$@"`, root],
  )
  assert.deepEqual([await holder.line(), await holder.line()], ['started', 'held'])
  const tmpdir = `/proc/${holder.pid}/root${root}/merged`
  assert.equal(findOwner(asked(tmpdir))?.pid, holder.pid)
})

test('this process is alive; no process has the pid 2^30', () => {
  const own = ownerOf('/proc', process.pid)
  assert.ok(own !== undefined && isAlive('/proc', own))
  assert.match(own.startTime, /^\d+$/)
  assert.match(own.bootId, /^[0-9a-f-]{36}$/)
  assert.equal(ownerOf('/proc', 2 ** 30), undefined)
})

test('a program whose name has brackets and blanks is read right', (t) => {
  const fields = Array.from({ length: 50 }, (_, at) => String(at + 3)).join(' ')
  const root = rootWith(t, {
    '7/stat': `7 (a) S 1 (b)) S ${fields}\n`,
    '8/stat': `8 (dead) Z ${fields}\n`,
    'sys/kernel/random/boot_id': 'x\n',
  })
  assert.deepEqual(ownerOf(root, 7), { pid: 7, startTime: '21', bootId: 'x' })
  assert.equal(ownerOf(root, 8), undefined)
})

function isTold(path: string, line: string, options: TellOptions): boolean {
  const text = portageLine(line, options)
  return writeTerminal(path, Buffer.from(text)) === text.length
}

test('a terminal is found and told one line in Portage\u2019s manner; a pipe is none', async (t) => {
  const root = rootWith(t, files)
  const emerge = python(t, [join(root, 'terminal.py')])
  const inside = Number(await emerge.line())
  assert.equal(await emerge.line(), '"ready\\r\\n"')
  const path = terminalOf('/proc', inside)
  assert.equal(path, `/proc/${inside}/fd/1`)
  assert.equal(isTold(path, 'hello can be used\u001b[2J\n now', { colour: false }), true)
  assert.equal(await emerge.line(), '" * hello can be used [2J  now\\r\\n"')
  assert.equal(isTold(path, 'bad', { colour: true, tone: 'bad' }), true)
  assert.equal(await emerge.line(), '" \\u001b[31;01m*\\u001b[39;49;00m bad\\r\\n"')
  assert.equal(terminalOf('/proc', emerge.pid), undefined)
  assert.equal(controllingTerminalOf('/proc', inside), readlinkSync(path))
  process.kill(inside, 'SIGKILL')
  await once(emerge.child, 'exit')
  assert.equal(terminalOf('/proc', inside), undefined)
  assert.equal(writeTerminal(path, Buffer.from('gone')), undefined)
})

test('a terminal that nobody reads is given up on, and never waited for', async (t) => {
  const root = rootWith(t, files)
  const emerge = python(t, [join(root, 'deaf.py')])
  const path = `/proc/${await emerge.line()}/fd/1`
  const told = Array.from({ length: 500 }, () => writeTerminal(path, Buffer.from('x'.repeat(900))))
  assert.equal(told[0], 900)
  assert.equal(told.at(-1), 0)
})

test('what is no terminal is told nothing: a file, a FIFO without reader, a folder, a device', (t) => {
  const root = rootWith(t, { log: 'before' })
  execFileSync('mkfifo', [join(root, 'fifo')])
  for (const path of [join(root, 'log'), join(root, 'fifo'), root, '/dev/null', join(root, 'none')])
    assert.equal(writeTerminal(path, Buffer.from('text')), undefined)
  assert.equal(execFileSync('cat', [join(root, 'log')]).toString(), 'before')
})

test('no text steers a terminal or takes more than a line', () => {
  assert.equal(plainLine('a\u0000\u0007\u009b31mb\r\nc\u202ed\u2066e\u200ff'), 'a 31mb c d e f')
  assert.equal(portageLine('x'.repeat(5000), { colour: false }).length, 1004)
})
