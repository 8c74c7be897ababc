/**
 * Where the disk of the journal is full a stand-in goes all the same, and none comes: each case of support/small-disk.ts, which says what it holds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { skip } from './support/tree.ts'

const PROGRAM = join(import.meta.dirname, 'support/small-disk.ts')

for (const name of execFileSync(process.execPath, [PROGRAM, '--list'], { encoding: 'utf8' }).split(' '))
  test(name, { skip }, () => {
    const { status, stderr } = spawnSync('unshare', ['--mount', '--', process.execPath, PROGRAM, name], { encoding: 'utf8' })
    assert.equal(status, 0, stderr)
  })
