/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { parseMoment } from '../../src/daemon/moment.ts'
import { seenAtEnd, seenAtMerge } from '../../src/daemon/unlike.ts'
import { findOwner } from '../../src/portage/lock.ts'
import { atEnd } from '../support/atEnd.ts'

const HOLD = 'import fcntl, sys; f = open(sys.argv[1], "a"); fcntl.lockf(f, fcntl.LOCK_EX); print("held", flush=True); sys.stdin.read()'

/** A merge of `app-misc/hello-1` whose lock somebody holds. */
async function merging(t: TestContext): Promise<string> {
  const tmp = mkdtempSync(join(tmpdir(), 'standin-unlike-'))
  mkdirSync(join(tmp, 'portage/app-misc'), { recursive: true })
  const emerge = spawn('python3', ['-c', HOLD, join(tmp, 'portage/app-misc/.hello-1.portage_lockfile')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  atEnd(t, () => {
    emerge.kill('SIGKILL')
    rmSync(tmp, { recursive: true })
  })
  await once(emerge.stdout, 'data')
  return tmp
}

const asked = (tmp: string, hooks: string, ...more: readonly string[]): Parameters<typeof seenAtMerge>[1] =>
  parseMoment(
    `1\u001fpurge\u001f42.17\u001fCATEGORY=app-misc\u001fPF=hello-1\u001fMERGE_TYPE=source\u001fPORTAGE_TMPDIR=${tmp}` +
      `\u001fPORTAGE_BUILDDIR=${tmp}/portage/app-misc/hello-1${[`PHASE_HOOKS=${hooks}`, ...more].map((field) => `\u001f${field}`).join('')}`,
  ).values

const began = { values: asked('/nowhere', '') }

test('a build that one command has made from its beginning to its merge is what was told of it', async (t) => {
  const tmp = await merging(t)
  const owner = findOwner({ tmpdir: tmp, category: 'app-misc', pf: 'hello-1', procRoot: '/proc' }) ?? null
  assert.deepEqual(seenAtMerge({ owner, began }, asked(tmp, ''), '/proc'), {})
})

test('one that another command has gone on with is not', async (t) => {
  const tmp = await merging(t)
  const owner = { pid: process.pid, startTime: '1', bootId: 'x' }
  assert.match(seenAtMerge({ owner, began }, asked(tmp, ''), '/proc').unlike ?? '', /^one command began to build it and another went on/)
})

test('nor is one around whose phases functions have come up by then', () => {
  const { unlike } = seenAtMerge({ owner: null, began }, asked('/nowhere', 'post_src_install '), '/proc')
  assert.equal(unlike, 'post_src_install in your bashrc may change what is built')
})

test('a build that comes to no merge is looked at when it is over, another is not once more', () => {
  const of = { owner: null, package: null, began }
  const end = asked('/nowhere', 'post_src_install ')
  assert.match(seenAtEnd({ ...of, stage: 'following' }, end, '/proc').unlike ?? '', /^post_src_install in your bashrc/)
  assert.deepEqual(seenAtEnd({ ...of, stage: 'merging' }, end, '/proc'), { package: null })
})

const STAYS = 'emerge it with COLUMNS unset, in a window that stays as wide, or with neither input nor output on one'

/** What is told when a build begins and when it is to be merged, and what follows; each told as COLUMNS and the terminal of the phase. */
const WIDTHS: readonly [string, string, string, string | undefined][] = [
  ['on a terminal', '160 160', '160 160', undefined],
  ['on none, where Portage makes one for each phase but the first', '80', '80 80', undefined],
  ['on none, as wide as COLUMNS says', '160', '160 160', undefined],
  ['where no phase has a terminal, or bash does not look at it', '160', '160', undefined],
  ['by a hook that tells of none in the end', '160', '-', undefined],
  ['where nothing is told to it', '-', '-', undefined],
  [
    'with a COLUMNS that is not the window',
    '160 80',
    '160 80',
    `COLUMNS says 160, and the terminal of its phases has 80 columns: ${STAYS}`,
  ],
  ['with its output in a pipe alone', '80', '80 160', `COLUMNS says 80, and the terminal of its phases has 160 columns: ${STAYS}`],
  [
    'in a window that is resized',
    '160 160',
    '160 80',
    'its window was resized while it was built, from 160 to 80 columns: emerge it in one that stays as wide',
  ],
  ['after one that was resized', '160 80', '160 80', `COLUMNS says 160, and the terminal of its phases has 80 columns: ${STAYS}`],
  ['with another COLUMNS at the merge', '160', '100', `COLUMNS said 160 when it began and 100 when it was built: ${STAYS}`],
  ['with a COLUMNS that is no width', ' 80', ' 80', 'COLUMNS is set to what is no width: unset it'],
  ['with a COLUMNS that is no width, on no terminal', '', '', 'COLUMNS is set to what is no width: unset it'],
]

for (const [what, atFirst, atMerge, why] of WIDTHS) {
  test(`the width of a build that is made ${what} is ${why === undefined ? 'what it was' : 'not known'}`, () => {
    const [first, merge] = [atFirst, atMerge].map((told) => asked('/nowhere', '', ...fields(told)))
    const said = seenAtMerge({ owner: null, began: { values: first ?? assert.fail() } }, merge ?? assert.fail(), '/proc')
    assert.equal(said.unlike, why)
  })
}

function fields(told: string): string[] {
  const [columns = '', window] = told.split(' ')
  return [...(columns === '-' ? [] : [`COLUMNS=${columns}`]), ...(window === undefined ? [] : [`WINDOW=${window}`])]
}
