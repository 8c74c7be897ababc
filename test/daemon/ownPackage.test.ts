/**
 * A binary package that another build has written over is not published as the one of this build.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { appendFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { checkOwnPackage } from '../../src/daemon/ownPackage.ts'
import { temporary } from '../package/image.ts'

test('only the very bytes that Portage wrote for this build are taken', async (t) => {
  const path = join(temporary(t), 'x-1.gpkg.tar')
  writeFileSync(path, 'package')
  const md5 = createHash('md5').update('package').digest('hex')
  await checkOwnPackage({ path, md5 })
  appendFileSync(path, ' of another build')
  await assert.rejects(checkOwnPackage({ path, md5 }), { name: 'HostError', code: 'CHANGED_UNDERWAY' })
  rmSync(path)
  await assert.rejects(checkOwnPackage({ path, md5 }), { name: 'HostError', code: 'IO' })
})
