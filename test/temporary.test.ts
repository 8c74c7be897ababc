/**
 * The temporary folder of a run: where it lies, what goes before it is made, and where the system's own is taken instead.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { processName } from './support/host/leftovers.ts'
import { temporaryFolder } from './support/temporary.ts'
import { atEnd } from './support/atEnd.ts'

/** Of the system, for that of a run may itself lie deep. */
function folderFor(t: TestContext): string {
  const folder = mkdtempSync('/tmp/st-')
  chmodSync(folder, 0o755)
  atEnd(t, () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

test('it is this process\u2019s own and for all, what dead processes left is gone, and what others use stays', (t) => {
  const base = join(folderFor(t), 'tmp')
  const dead = `${spawnSync('true').pid}-1`
  const alive = processName(process.ppid)
  for (const name of [dead, alive]) {
    mkdirSync(join(base, name, 'in'), { recursive: true })
    writeFileSync(join(base, name, 'in/it'), 'x')
  }
  const folder = temporaryFolder(base)
  assert.equal(folder, join(base, processName(process.pid)))
  assert.equal(statSync(folder).mode & 0o7777, 0o1777)
  assert.deepEqual(readdirSync(base).toSorted(), [alive, basename(folder)].toSorted())
  assert.deepEqual(readdirSync(join(base, alive, 'in')), ['it'])
})

test('no room for the path of a socket, or no way through for others: none is made', (t) => {
  const top = folderFor(t)
  assert.equal(temporaryFolder(join(top, 'x'.repeat(60))), undefined)
  assert.deepEqual(readdirSync(top), [])
  const closed = join(top, 'c')
  mkdirSync(closed, { mode: 0o700 })
  assert.equal(temporaryFolder(join(closed, 'tmp')), undefined)
})
