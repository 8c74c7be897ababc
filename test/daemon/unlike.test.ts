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

const asked = (tmp: string, hooks: string): Parameters<typeof seenAtMerge>[1] =>
  parseMoment(
    `1\u001fpurge\u001f42.17\u001fCATEGORY=app-misc\u001fPF=hello-1\u001fMERGE_TYPE=source\u001fPORTAGE_TMPDIR=${tmp}` +
      `\u001fPORTAGE_BUILDDIR=${tmp}/portage/app-misc/hello-1\u001fPHASE_HOOKS=${hooks}`,
  ).values

test('a build that one command has made from its beginning to its merge is what was told of it', async (t) => {
  const tmp = await merging(t)
  const owner = findOwner({ tmpdir: tmp, category: 'app-misc', pf: 'hello-1', procRoot: '/proc' }) ?? null
  assert.deepEqual(seenAtMerge({ owner }, asked(tmp, ''), '/proc'), {})
})

test('one that another command has gone on with is not', async (t) => {
  const tmp = await merging(t)
  const owner = { pid: process.pid, startTime: '1', bootId: 'x' }
  assert.match(seenAtMerge({ owner }, asked(tmp, ''), '/proc').unlike ?? '', /^one command began to build it and another went on/)
})

test('nor is one around whose phases functions have come up by then', () => {
  const { unlike } = seenAtMerge({ owner: null }, asked('/nowhere', 'post_src_install '), '/proc')
  assert.equal(unlike, 'post_src_install in your bashrc may change what is built')
})

test('a build that comes to no merge is looked at when it is over, another is not once more', () => {
  const of = { owner: null, package: null, began: { values: asked('/nowhere', '') } }
  const end = asked('/nowhere', 'post_src_install ')
  assert.match(seenAtEnd({ ...of, stage: 'following' }, end, '/proc').unlike ?? '', /^post_src_install in your bashrc/)
  assert.deepEqual(seenAtEnd({ ...of, stage: 'merging' }, end, '/proc'), { package: null })
})
