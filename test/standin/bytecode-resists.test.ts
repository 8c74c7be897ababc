/**
 * Bytecode that can't be taken away is known for what it is until it can be, though its source is gone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { purge } from '../../src/standin/purge.ts'
import { differences, snapshot } from '../support/oracle.ts'
import { onHost, placed, skip } from './support/tree.ts'

function canBeHeld(path: string): boolean {
  try {
    execFileSync('chattr', ['+i', path], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

for (const held of ['the file', 'its folder'])
  test(`${held} is immutable for a while`, { skip }, (t) =>
    onHost(async (host) => {
      const before = snapshot(host.root)
      const app = join(host.root, 'usr/share/app')
      const id = await placed(host, { 'usr/share/app/word.py': 'WORD = 1\n' })
      execFileSync('python3', ['-c', 'import word'], { cwd: app, env: { PATH: process.env['PATH'] } })
      const cache = join(app, '__pycache__')
      const path = held === 'the file' ? join(cache, readdirSync(cache)[0] ?? '') : cache
      if (!canBeHeld(path)) return t.skip('nothing can be made immutable on this filesystem')
      try {
        assert.throws(() => purge({ ...host, id, say: () => undefined }), { code: 'IO' })
        assert.ok(!existsSync(join(app, 'word.py')))
      } finally {
        execFileSync('chattr', ['-i', path])
      }
      purge({ ...host, id, say: assert.fail })
      assert.deepEqual([differences(before, snapshot(host.root)), host.journal.unsettled()], [[], []])
    }),
  )
