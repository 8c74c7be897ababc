/**
 * A difference is told whatever can be kept of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { readdirSync, rmSync } from 'node:fs'
import { test } from 'node:test'
import { audit } from '../../src/daemon/audit.ts'
import { auditOf, placeIn } from './support/built.ts'

test('an archive that can not be kept is no reason to say nothing of the difference, and no half of it stays', async (t) => {
  const place = placeIn(t)
  const input = auditOf(place, { text: 'a' }, { text: 'b' })
  rmSync(input.own.build.path)
  const { verdict, tone, line } = await audit(input)
  assert.deepEqual([verdict, tone], ['differ', 'bad'])
  assert.match(line, /YOUR OWN BUILD DIFFERS .*its files are gone/)
  assert.deepEqual(
    place.known.disputes().map(({ files }) => files),
    ['none'],
  )
  assert.deepEqual(readdirSync(place.disputes), [])
})
