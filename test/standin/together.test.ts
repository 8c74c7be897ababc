/**
 * "Make way" may come at any moment of a placing, from this process or from another one; nothing is left either way.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { test } from 'node:test'
import { openJournal } from '../../src/standin/journal.ts'
import { purge } from '../../src/standin/purge.ts'
import type { Step } from '../../src/standin/site.ts'
import { differences, snapshot } from '../support/oracle.ts'
import type { TestHost, Tree } from './support/site.ts'
import { DEMO, onHost, placeTree, skip } from './support/tree.ts'

/** As the hook does it that finds no warden: with a journal of its own. */
function purgeElsewhere(host: TestHost): void {
  const journal = openJournal(host.journalPath)
  for (const { id } of journal.unsettled()) purge({ ...host, journal, id, say: assert.fail })
  journal.close()
}

function judge(host: TestHost, before: ReturnType<typeof snapshot>): void {
  assert.deepEqual(differences(before, snapshot(host.root)), [])
  assert.deepEqual(host.journal.unsettled(), [])
  assert.deepEqual(existsSync(host.markers) ? readdirSync(host.markers) : [], [])
}

const steps: Step[] = []
if (skip === false) await onHost(async (host) => void (await placeTree(host, DEMO, { step: (step) => void steps.push(step) })))

for (const [index, step] of steps.entries())
  test(`another process purges at ${index + 1} of ${steps.length}, ${step}`, { skip }, () =>
    onHost(async (host) => {
      const before = snapshot(host.root)
      let left = index + 1
      const result = await placeTree(host, DEMO, {
        step: () => {
          left -= 1
          if (left === 0) purgeElsewhere(host)
        },
      })
      assert.equal(result.kind, index < steps.indexOf('placed') ? 'stopped' : 'placed')
      judge(host, before)
    }),
  )

test('a placing that is told to make way ends within its turn and undoes what it did', { skip }, () =>
  onHost(async (host) => {
    const before = snapshot(host.root)
    const many: Tree = Object.fromEntries(Array.from({ length: 3000 }, (_, at) => [`usr/share/demo/${at}`, `file ${at}`]))
    let copied = 0
    let told = false
    setImmediate(() => (told = true))
    const result = await placeTree(host, many, { shouldStop: () => told, step: (step) => void (copied += Number(step === 'copied')) })
    assert.equal(result.kind, 'stopped')
    assert.ok(copied < 3000, 'nobody listened')
    judge(host, before)
  }),
)

test('a placing that was told before it began shows nothing, however small', { skip }, () =>
  onHost(async (host) => {
    const before = snapshot(host.root)
    const seen: Step[] = []
    assert.equal((await placeTree(host, DEMO, { shouldStop: () => true, step: (step) => void seen.push(step) })).kind, 'stopped')
    assert.equal(seen.includes('revealed'), false)
    judge(host, before)
  }),
)

test('a large file makes way between two pieces', { skip }, () =>
  onHost(async (host) => {
    const before = snapshot(host.root)
    let asked = 0
    const result = await placeTree(host, { 'usr/bin/demo': 'x'.repeat(5 * 1024 * 1024) }, { shouldStop: () => (asked += 1) === 3 })
    assert.deepEqual([result.kind, asked], ['stopped', 3])
    judge(host, before)
  }),
)

test('there is one stand-in of a build at a time', { skip }, () =>
  onHost(async (host) => {
    assert.equal((await placeTree(host, DEMO)).kind, 'placed')
    const before = snapshot(host.root)
    const second = await placeTree(host, { 'usr/bin/other': 'x' })
    assert.deepEqual([second.kind, 'rule' in second ? second.rule : ''], ['refused', 'one-at-a-time'])
    assert.deepEqual(differences(before, snapshot(host.root)), [])
    purgeElsewhere(host)
    assert.equal((await placeTree(host, { 'usr/bin/other': 'x' })).kind, 'placed')
  }),
)
