/**
 * Where Portage can't be asked, nothing counts but what was typed before emerge; the first whom that keeps from something is told so, and nobody after.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { type Features, openFeatures } from '../../src/daemon/hostFeatures.ts'
import { parseMoment } from '../../src/daemon/moment.ts'
import type { Ran } from '../../src/portage/run.ts'
import { atEnd } from '../support/atEnd.ts'

const OFF = /^no Python here has the modules of Portage \(python3: ModuleNotFoundError: none\): everything counts as switched off$/
const NO_MODULE: Ran = { exitCode: 86, stdout: '', stderr: 'ModuleNotFoundError: none' }

/** As a host whose Portage gives `answer`, for emerges that were started with `typed`. */
function featuresIn(
  t: TestContext,
  answer: () => Ran,
  typed = '',
): { of: (set: string, pid?: number) => ReturnType<Features['of']> } & Omit<Features, 'of'> {
  const root = mkdtempSync(join(tmpdir(), 'standin-features-'))
  atEnd(t, () => rmSync(root, { recursive: true }))
  for (const pid of [7, 8]) {
    mkdirSync(join(root, String(pid)))
    writeFileSync(join(root, `${pid}/environ`), `A=1\0${typed}\0`)
  }
  const features = openFeatures({ root, env: {}, run: async () => answer(), procRoot: root, log: () => undefined })
  const values = { CATEGORY: 'a', PF: 'b-1', PORTAGE_BUILDDIR: '/b', PORTAGE_TMPDIR: '/t', MERGE_TYPE: 'source' }
  const moment = (set: string): ReturnType<typeof parseMoment> =>
    parseMoment(['1', 'fetch', '7.8', ...Object.entries({ ...values, STANDIN_FEATURES: set }).map((pair) => pair.join('='))].join('\u001f'))
  return { ...features, of: (set, pid = 7) => features.of(moment(set), { pid, startTime: '1', bootId: 'x' }) }
}

test('unknown is not off, and is said once', async (t) => {
  const { of, general } = featuresIn(t, () => NO_MODULE)
  const { features, unknown } = await general()
  assert.deepEqual([...features], [])
  assert.match(`${unknown}: everything counts as switched off`, OFF)
  const first = await of('publish')
  assert.deepEqual([...first.features, ...first.typed], [])
  assert.equal(first.warnings.length, 1)
  assert.match(first.warnings[0] ?? '', OFF)
  assert.equal(first.unknown, first.warnings[0])
  for (const [set, pid] of [
    ['publish', 7],
    ['publish install', 8],
    ['-seed', 8],
  ] as const)
    assert.deepEqual([(await of(set, pid)).warnings, (await of(set, pid)).unknown], [[], first.unknown], set)
})

test('it is said as well where something is only taken away', async (t) => {
  assert.match((await featuresIn(t, () => NO_MODULE).of('-seed')).warnings.join(), OFF)
})

test('what was typed before emerge counts without Portage, and nobody is told anything', async (t) => {
  const { features, typed, warnings, unknown } = await featuresIn(t, () => NO_MODULE, 'STANDIN_FEATURES=publish').of('publish')
  assert.deepEqual([[...features], [...typed], warnings, unknown], [['publish'], ['publish'], [], undefined])
})

test('where Portage answers, what it says counts', async (t) => {
  const { of, general } = featuresIn(t, () => ({ exitCode: 0, stdout: 'STANDIN_FEATURES=publish\n', stderr: '' }))
  assert.deepEqual(await general(), { features: new Set(['publish']) })
  const { features, typed, warnings } = await of('publish install')
  assert.deepEqual([[...features], [...typed], warnings], [['publish'], [], []])
})
