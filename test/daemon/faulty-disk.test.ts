/**
 * What the fault harness (test/faults) has found once: a door that stays open, errors that were none of ours, half a file that nobody removed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { captureRoot } from '../../src/daemon/capture.ts'
import { capturesIn } from '../../src/daemon/captures.ts'
import { makeDoor } from '../../src/daemon/door.ts'
import { openKnown } from '../../src/daemon/known.ts'
import { stoodInStore } from '../../src/daemon/stood.ts'
import { temporary } from '../package/image.ts'

const silent = (): void => undefined

function openBelow(folder: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`)
      return path.startsWith(`${folder}/`) ? [path] : []
    } catch {
      return []
    }
  })
}

test('a door that cannot be put in its place is not left open', async (t) => {
  const folder = temporary(t)
  mkdirSync(join(folder, 'one/taken'), { recursive: true })
  await assert.rejects(makeDoor(folder, 'one'), { name: 'HostError', code: 'IO' })
  assert.deepEqual(openBelow(folder), [])
})

test('a capture that cannot be written down is an error of ours, so that it is told; nothing is left', (t) => {
  const tmp = temporary(t)
  const records = join(tmp, 'records')
  const captures = capturesIn(records, silent)
  mkdirSync(join(tmp, 'image'))
  rmSync(records, { recursive: true })
  assert.throws(() => captures.take('one', join(tmp, 'image'), tmp, {}), { name: 'HostError', code: 'IO' })
  assert.deepEqual([readdirSync(tmp), captureRoot(tmp)], [['image'], join(tmp, 'portage/.standin')])
})

test('what a killed write has left beside the copies goes at the next start', (t) => {
  const folder = join(temporary(t), 'stood')
  mkdirSync(folder)
  for (const name of ['7.json', '7.json.0123456789ab.tmp', 'other.tmp']) writeFileSync(join(folder, name), '{}')
  assert.deepEqual(stoodInStore(folder, silent).ids(), [7])
  assert.deepEqual(readdirSync(folder).toSorted(), ['7.json', 'other.tmp'])
})

test('a table that is none is not left open', (t) => {
  const folder = temporary(t)
  writeFileSync(join(folder, 'known.sqlite'), 'no database at all, and long enough to be looked at'.repeat(100))
  assert.throws(() => openKnown(join(folder, 'known.sqlite')), { name: 'HostError', code: 'IO' })
  assert.deepEqual(openBelow(folder), [])
})
