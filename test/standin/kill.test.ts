/**
 * A process is killed at each step of placing, of purging and of a recovery; the next start-up leaves the tree as it was and the journal settled.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { purge } from '../../src/standin/purge.ts'
import { recover } from '../../src/standin/recover.ts'
import { type Step, STEPS } from '../../src/standin/site.ts'
import { differences, type Snapshot, snapshot } from '../support/oracle.ts'
import { type TestHost } from './support/site.ts'
import { DEMO, editQuietly, onHost, placed, placeTree, skip } from './support/tree.ts'

const EDITED = 'usr/share/doc/demo-1/README'
const MINE = 'my word'
const covered = new Set<Step>()

/** Kills a process that does `work` on the host at its `number`th step. */
function killAt(host: TestHost, work: string, number: number): void {
  const victim = join(import.meta.dirname, 'support/victim.ts')
  const { signal, stderr } = spawnSync(process.execPath, [victim, host.top, work, String(number)], { encoding: 'utf8' })
  assert.equal(signal, 'SIGKILL', `${work} was not killed at step ${number}: ${stderr}`)
}

/** Start-up, then the oracle: tree, journal, markers, temporary names, and the user's file where one was changed. */
function settleAndJudge(host: TestHost, before: Snapshot, edited: boolean): void {
  const again = host.reopened()
  try {
    const { failed, stillLive } = recover({ ...again, isLive: () => false, say: () => undefined })
    assert.deepEqual([failed, stillLive], [[], []])
    assert.deepEqual(differences(before, snapshot(host.root)), [])
    assert.deepEqual(again.journal.unsettled(), [])
    assert.deepEqual(existsSync(host.markers) ? readdirSync(host.markers) : [], [])
    const kept = again.journal.kept()
    assert.deepEqual(
      kept.map(({ path }) => path),
      edited ? [EDITED] : [],
    )
    for (const { keptAs } of kept) assert.equal(readFileSync(keptAs, 'utf8'), MINE)
  } finally {
    again.journal.close()
  }
}

/** The steps that `work` takes when nobody disturbs it. */
async function stepsOf(work: (step: (step: Step) => void, host: TestHost) => Promise<void> | void): Promise<Step[]> {
  const steps: Step[] = []
  await onHost((host) => work((step) => void steps.push(step), host))
  for (const step of steps) covered.add(step)
  return steps
}

async function placeAndEdit(host: TestHost): Promise<number> {
  const id = await placed(host)
  editQuietly(join(host.root, EDITED), MINE)
  return id
}

const silent = (): void => undefined
const placing = skip === false ? await stepsOf(async (step, host) => void (await placeTree(host, DEMO, { step }))) : []
const purging =
  skip === false ? await stepsOf(async (step, host) => void purge({ ...host, id: await placeAndEdit(host), step, say: silent })) : []

for (const [index, step] of placing.entries())
  test(`placing killed at ${index + 1} of ${placing.length}, ${step}`, { skip }, () =>
    onHost((host) => {
      const before = snapshot(host.root)
      killAt(host, 'place', index + 1)
      // What a build is held against must be kept wherever it may have seen any of it.
      const seen = index > placing.indexOf('written-ahead')
      assert.equal(existsSync(join(host.top, 'ahead-1')), seen)
      settleAndJudge(host, before, false)
    }),
  )

for (const [index, step] of purging.entries())
  test(`purging killed at ${index + 1} of ${purging.length}, ${step}`, { skip }, () =>
    onHost(async (host) => {
      const before = snapshot(host.root)
      await placeAndEdit(host)
      killAt(host, 'purge', index + 1)
      settleAndJudge(host, before, true)
    }),
  )

const cutOff = placing.lastIndexOf('claimed') + 1
const recovering =
  skip === false
    ? await stepsOf((step, host) => {
        killAt(host, 'place', cutOff)
        recover({ ...host, step, isLive: () => true, say: silent })
      })
    : []

for (const [index, step] of recovering.entries())
  test(`recovery of a placing that was cut off, killed at ${index + 1} of ${recovering.length}, ${step}`, { skip }, () =>
    onHost((host) => {
      const before = snapshot(host.root)
      killAt(host, 'place', cutOff)
      killAt(host, 'recover', index + 1)
      settleAndJudge(host, before, false)
    }),
  )

after(() => {
  if (skip === false)
    assert.deepEqual(
      STEPS.filter((step) => !covered.has(step)),
      [],
      'steps that nobody was killed at',
    )
})
