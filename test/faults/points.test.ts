/**
 * A seeded part of what `npm run test:faults` tries: after a fault at any of these points nothing of ours is left, and nothing of the user's is lost.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { campaign } from './support/campaign.ts'

const POINTS = 24
/** Another part each week would be a test that fails on its own; whoever wants others runs all. */
const SEED = 1

test(`${POINTS} points of place, purge, capture and publish, and no call that nobody covers`, { skip: unlessRoot() }, async (t) => {
  const { rows, found, uncovered } = await campaign({ seed: SEED, points: POINTS, lanes: 2, say: () => undefined })
  const tried = rows.reduce((sum, row) => sum + row.tried, 0)
  t.diagnostic(
    `${tried} points tried, of ${rows.reduce((sum, row) => sum + row.points, 0)}, in ${rows.reduce((sum, row) => sum + row.runs, 0)} runs`,
  )
  assert.equal(tried, POINTS)
  assert.deepEqual(found, [])
  assert.deepEqual(uncovered, [])
})

function unlessRoot(): string | false {
  return process.getuid?.() === 0 ? false : 'placing gives files to root'
}
