/**
 * The program that packs documents is known by what it says it is, not by the name that it has here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { AnswerCache } from '../../src/portage/answers.ts'
import { packerOf } from '../../src/portage/packer.ts'
import { type Run, runProgram } from '../../src/portage/run.ts'
import { rootWith } from './tree.ts'

const now = (): number => 5
const nothingIsStarted: Run = () => assert.fail('a program was started')
const saying =
  (stdout: string, stderr = '', exitCode = 0): Run =>
  async () => ({ exitCode, stdout, stderr })
const asked = (run: Run, program?: string, flags?: string, makeopts = ''): Promise<string | undefined> =>
  packerOf({ program, flags, makeopts, env: { PATH: '/usr/bin:/bin' }, run }, new Map(), now)

const LINES: readonly [string, string | undefined, Run, string][] = [
  ['gzip', 'gzip', saying('gzip 1.13\nCopyright (C) 2023'), 'gzip 1.13'],
  ['pigz by the name of gzip', 'gzip', saying('pigz 2.8'), 'pigz 2.8'],
  [
    'bzip2, on standard error',
    undefined,
    saying('', 'bzip2, a block-sorting file compressor.  Version 1.0.8, 13-Jul-2019.\n   \n'),
    'bzip2, a block-sorting file compressor. Version 1.0.8, 13-Jul-2019.',
  ],
  ['one that packs nothing meanwhile', 'bzip2', saying('BZh9\u0017rE8P\u0090\0', 'bzip2, Version 1.0.6'), 'bzip2, Version 1.0.6'],
  ['lbzip2 by the name of bzip2', 'bzip2', saying('lbzip2 version 2.5\nhttps://example.org/'), 'lbzip2 version 2.5'],
  ['xz with flags', 'xz', saying('xz (XZ Utils) 5.6.3\nliblzma 5.6.3'), 'xz (XZ Utils) 5.6.3'],
]
for (const [what, program, run, line] of LINES)
  test(`a packer: ${what}`, async () => assert.equal(await asked(run, program, program === 'xz' ? '-9' : undefined), line))

test('nobody is asked where nothing is packed', async () => assert.equal(await asked(nothingIsStarted, ''), undefined))

for (const [what, run] of [
  ['fails', saying('busybox 1.36.1', '', 1)],
  ['says nothing', saying('')],
  ['says no version', saying('usage: bzip2 FILE')],
] as const)
  test(`one that ${what} is an error`, async () => assert.rejects(asked(run), { code: 'UNSUPPORTED' }))

const onCpus =
  (count: number): Run =>
  async (program) => ({ exitCode: 0, stdout: program === 'getconf' ? String(count) : 'xz (XZ Utils) 5.6.3', stderr: '' })
const THREADS: readonly [string, number, string][] = [
  ['-j1', 8, 'one thread'],
  ['-j2', 1, 'several threads'],
  ['--jobs=4 -l1', 1, 'several threads'],
  ['-sj 16', 1, 'several threads'],
  ['-j8 --jobs 1', 8, 'one thread'],
  ['-j', 8, 'several threads'],
  ['-j', 1, 'one thread'],
  ['-l2', 2, 'several threads'],
  ['', 1, 'one thread'],
]
for (const [makeopts, cpus, threads] of THREADS)
  test(`xz that is told the number of jobs: MAKEOPTS="${makeopts}" where there are ${cpus} processors`, async () =>
    assert.equal(await asked(onCpus(cpus), 'xz', undefined, makeopts), `xz (XZ Utils) 5.6.3, ${threads}`))

test('xz writes the same for each number of threads above one, and something else for one', () => {
  const input = randomBytes(1_200_000).toString('hex')
  const packed = (threads: number): string => {
    const { status, stdout } = spawnSync('xz', ['-0', `-T${threads}`, '-c'], { input, maxBuffer: 64 * 1024 * 1024 })
    assert.equal(status, 0)
    return createHash('sha256').update(stdout).digest('hex')
  }
  const [one, two, four, seven] = [1, 2, 4, 7].map(packed)
  assert.deepEqual([two === four, two === seven, one === two], [true, true, false])
})

test('one that is not there is an error', async () => assert.rejects(asked(runProgram, 'no-such-packer'), { code: 'MISSING_PROGRAM' }))

function hostWith(t: TestContext): { root: string; ask: (program: string) => Promise<string | undefined>; asked: () => number } {
  const root = rootWith(t)
  mkdirSync(join(root, 'bin'))
  for (const name of ['bzip2', 'lbzip2']) place(root, name, name)
  let count = 0
  const run: Run = (...words) => ((count += 1), runProgram(...words))
  const cache: AnswerCache<string> = new Map()
  const env = { PATH: `${join(root, 'bin')}:/usr/bin:/bin` }
  return { root, asked: () => count, ask: (program) => packerOf({ program, flags: undefined, makeopts: '', env, run }, cache, now) }
}

function place(root: string, name: string, says: string): void {
  writeFileSync(join(root, 'bin/new'), `#!/bin/sh\necho '${says} 1.0' >&2\nexec cat\n`)
  chmodSync(join(root, 'bin/new'), 0o755)
  renameSync(join(root, 'bin/new'), join(root, 'bin', name))
}

test('a program is asked once, and at once again when the name leads to another one', async (t) => {
  const { root, ask, asked: count } = hostWith(t)
  assert.deepEqual([await ask('bzip2'), await ask('bzip2'), count()], ['bzip2 1.0', 'bzip2 1.0', 1])
  unlinkSync(join(root, 'bin/bzip2'))
  symlinkSync('lbzip2', join(root, 'bin/bzip2'))
  assert.equal(await ask('bzip2'), 'lbzip2 1.0')
  place(root, 'lbzip2', 'newer')
  assert.equal(await ask('bzip2'), 'newer 1.0')
  assert.equal(await ask(join(root, 'bin/lbzip2')), 'newer 1.0')
})
