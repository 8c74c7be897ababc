/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { callersOf } from '../../src/daemon/caller.ts'
import { ownerOf } from '../../src/portage/lock.ts'
import { atEnd } from '../support/atEnd.ts'
import { until } from '../support/story/ours.ts'

const OWNER = { pid: 7, startTime: '4711', bootId: 'boot' }

type Process = readonly [pid: number, parent: number, environ: string, uid?: number, loginuid?: string]

/** A /proc, and the /etc/passwd of its host. */
function hostWith(t: TestContext, processes: readonly Process[], passwd = '', startTime = '4711'): string {
  const root = mkdtempSync(join(tmpdir(), 'standin-caller-'))
  atEnd(t, () => rmSync(root, { recursive: true }))
  const files = processes.flatMap(([pid, parent, environ, uid = 0, loginuid]) => [
    [`${pid}/stat`, `${pid} (emerge) S ${parent} 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 ${startTime} 0`],
    [`${pid}/environ`, environ],
    [`${pid}/status`, `Name:\temerge\nUid:\t${uid}\t0\t0\t0\nGid:\t0\t0\t0\t0\n`],
    ...(loginuid === undefined ? [] : [[`${pid}/loginuid`, loginuid]]),
  ])
  for (const [path = '', text = ''] of [...files, ['sys/kernel/random/boot_id', 'boot\n'], ['etc/passwd', passwd]]) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

const procWith = (t: TestContext, environ: string, startTime?: string): string => hostWith(t, [[7, 1, environ]], '', startTime)

const callersIn = (root: string): ReturnType<typeof callersOf> => callersOf(root, OWNER, root)

const CASES: readonly [string, string, ReturnType<typeof callersOf>][] = [
  [
    'behind sudo',
    'HOME=/net/berta\0SUDO_USER=berta\0USER=root\0',
    [
      { name: 'berta', home: '/net/berta' },
      { name: 'root', home: '' },
    ],
  ],
  ['by oneself', 'USER=zephyrant\0LOGNAME=zephyrant\0HOME=/home/z\0', [{ name: 'zephyrant', home: '/home/z' }]],
  ['by a service, which says no name', 'PATH=/usr/bin\0', []],
  ['by what is just ending', '', null],
  ['with a name that no note holds', `USER=${'z'.repeat(5000)}\0`, null],
  ['with more than is read', `USER=z\0X=${'x'.repeat(5 * 1024 * 1024)}`, null],
]

for (const [what, environ, expected] of CASES)
  test(`who typed emerge: ${what}`, (t) => {
    assert.deepEqual(callersIn(procWith(t, environ)), expected)
  })

test('of another process in the place of emerge, or of none, nothing is taken', (t) => {
  assert.equal(callersIn(procWith(t, 'USER=zephyrant\0', '4712')), null)
  assert.equal(callersOf(procWith(t, 'USER=zephyrant\0'), { ...OWNER, pid: 8 }), null)
})

const ROOT = 'USER=root\0LOGNAME=root\0HOME=/root\0'
const SU = [{ name: 'root', home: '/root' }]
const PASSWD =
  'root:x:0:0::/root:/bin/bash\nmimas:x:500:100::/home/mimas:/bin/bash\nberta:x:1000:1000::/home/berta:/bin/bash\nwww:x:80:80::/srv:/sbin/nologin\n'
const berta = { name: 'berta', home: '/home/berta' }

const BEHIND: readonly [string, readonly Process[], readonly unknown[]][] = [
  ['who logged in', [[7, 1, ROOT, 0, '1000']], [berta]],
  ['nobody who logged in', [[7, 1, ROOT, 0, '4294967295']], []],
  ['a number of a shell', [[7, 6, ROOT], [6, 5, ROOT], [5, 1, 'HOME=/', 1000]], [berta]],
  ['a number of old', [[7, 6, ROOT], [6, 1, 'HOME=/', 500]], [{ name: 'mimas', home: '/home/mimas' }]],
  ['a number of a service', [[7, 6, ROOT], [6, 1, 'HOME=/srv', 80]], []],
  ['a name of a shell', [[7, 6, ROOT], [6, 5, ROOT], [5, 1, 'HOME=/net/z\0USER=zephyrant', 70_001]], [{ name: 'zephyrant', home: '/net/z' }]],
  ['a number without a name', [[7, 6, ROOT], [6, 1, 'HOME=/net/z', 70_001]], [{ name: 'UID 70001', home: '/net/z' }]],
  ['a number without anything', [[7, 6, ROOT], [6, 1, '', 70_001]], []],
  ['an ancestor that is gone', [[7, 6, ROOT]], []],
  ['the first process of all', [[7, 1, ROOT], [1, 0, 'USER=zephyrant']], [{ name: 'zephyrant', home: '' }]],
  ['a circle', [[7, 6, ROOT], [6, 7, 'USER=zephyrant']], [{ name: 'zephyrant', home: '' }]],
] // prettier-ignore

for (const [what, processes, expected] of BEHIND)
  test(`who typed emerge behind su: ${what}`, (t) => {
    assert.deepEqual(callersIn(hostWith(t, processes, PASSWD)), [...SU, ...expected])
  })

/** As many ancestors, each with a name of this length and more. */
function manyOf(most: number, length: number): Process[] {
  return Array.from({ length: most }, (_, at) => [7 + at, 8 + at, `USER=${'z'.repeat(length)}${at}`])
}

test('more people than a note holds are nobody that is known', (t) => {
  assert.equal(callersIn(hostWith(t, manyOf(50, 900)))?.length, 50)
  assert.equal(callersIn(hostWith(t, manyOf(64, 1100))), null)
})

test('accounts that can not be read keep it from being known who it was', (t) => {
  const root = procWith(t, ROOT)
  rmSync(join(root, 'etc/passwd'))
  mkdirSync(join(root, 'etc/passwd'))
  assert.equal(callersIn(root), null)
})

test('behind a real su: a shell of somebody, and root without a trace of that below it', async (t) => {
  const shell = spawn('sh', ['-c', 'env -i PATH="$PATH" USER=root HOME=/root sleep 60 & wait'], {
    env: { PATH: process.env['PATH'], USER: 'zephyrant', HOME: '/net/z' },
  })
  atEnd(t, () => shell.kill())
  const below = (): string => readFileSync(`/proc/${shell.pid}/task/${shell.pid}/children`, 'utf8').trim()
  const pid = Number(await until(below, (children) => children !== '' && readFileSync(`/proc/${children}/comm`, 'utf8') === 'sleep\n'))
  atEnd(t, () => process.kill(pid))
  const found = ownerOf('/proc', pid)
  assert.ok(found !== undefined)
  const told = callersOf('/proc', found)
  assert.ok(
    told?.some(({ name, home }) => name === 'zephyrant' && home === '/net/z'),
    JSON.stringify(told),
  )
})
