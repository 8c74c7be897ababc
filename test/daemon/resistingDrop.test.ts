/**
 * What was kept of a build and can't be dropped, as on a damaged disk, keeps neither its note nor the warden: the next start drops it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HostError } from '../../src/base/errors.ts'
import { stageIn } from './support/stage.ts'

test('a build whose captured image resists is over, that is said, and the next one is followed', async (t) => {
  const stage = await stageIn(t)
  const warden = stage.warden({
    dropKept() {
      throw new HostError('DISK_FULL', 'no room')
    },
  })
  await warden.moment(stage.moment('fetch'))
  await warden.moment(stage.moment('abandon'))
  await warden.all()[0]?.work
  assert.deepEqual(stage.left(), [])
  await warden.moment(stage.moment('fetch', { USE: 'other' }))
})
