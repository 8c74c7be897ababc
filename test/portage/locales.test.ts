/**
 * Which locales are there says the C library itself, once, and again when they change.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { HostError } from '../../src/base/errors.ts'
import { localesThere } from '../../src/portage/locales.ts'
import { type Run, runProgram } from '../../src/portage/run.ts'
import { rootWith } from './tree.ts'

const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C' }
const now = (): number => 5
const glibc = await runProgram('locale', ['-a'], { env, timeoutMs: 10_000, maxBytes: 2 ** 20 }).then(
  ({ stdout }) => stdout.split('\n'),
  (): string[] => [],
)
const skip = glibc.includes('C.utf8') ? false : 'locale(1) knows no C.UTF-8 here'

const throws =
  (code: 'MISSING_PROGRAM' | 'TIMED_OUT'): Run =>
  async () => {
    throw new HostError(code, 'locale')
  }

test('one that is there, in each spelling, and none that is not', { skip }, async () => {
  const names = ['C.UTF-8', 'C.utf8', 'xx_XX.UTF-8', 'C.ISO-8859-1', '-a']
  assert.deepEqual([...(await localesThere(names, { root: '/', env, run: runProgram }, new Map(), now))], ['C.UTF-8', 'C.utf8'])
})

test('each is asked once, and again when one was added or removed', async (t) => {
  const root = rootWith(t, { 'usr/lib/locale/C.utf8/': '' })
  const asked: string[] = []
  const run: Run = async (_, __, { env: { LC_ALL = '' } }) => (asked.push(LC_ALL), { exitCode: 0, stdout: '', stderr: '' })
  const cache = new Map()
  const ask = (...names: string[]): Promise<ReadonlySet<string>> => localesThere(names, { root, env, run }, cache, now)
  await ask('C.UTF-8', 'de_DE.UTF-8')
  await ask('de_DE.UTF-8')
  assert.deepEqual(asked, ['C.UTF-8', 'de_DE.UTF-8'])
  mkdirSync(join(root, 'usr/lib/locale/de_DE.utf8'))
  await ask('de_DE.UTF-8')
  assert.deepEqual(asked, ['C.UTF-8', 'de_DE.UTF-8', 'de_DE.UTF-8'])
})

test('where there is nobody to ask all are there, and where nobody answers it is an error', async () => {
  assert.deepEqual(
    [...(await localesThere(['de_DE.UTF-8'], { root: '/', env, run: throws('MISSING_PROGRAM') }, new Map(), now))],
    ['de_DE.UTF-8'],
  )
  await assert.rejects(localesThere(['de_DE.UTF-8'], { root: '/', env, run: throws('TIMED_OUT') }, new Map(), now), { code: 'TIMED_OUT' })
})
