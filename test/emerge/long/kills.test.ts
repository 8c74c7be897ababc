/**
 * emerge, warden and peer may each be killed at a random moment of a real emerge: a few of those that `npm run test:kills` tries.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { campaign } from '../../kills/campaign.ts'
import { VICTIMS } from '../../kills/round.ts'

const SEED = 1

test('killed at random moments', async (t) => {
  const { rows, found } = await campaign({ seed: SEED, times: 3, victims: VICTIMS, say: (line) => t.diagnostic(line) })
  assert.deepEqual(found, [])
  assert.deepEqual(
    rows.map(({ victim, tried }) => [victim, tried]),
    [
      ['emerge', 3],
      ['warden', 3],
      ['peer', 3],
    ],
  )
})
