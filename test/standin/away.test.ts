/**
 * A stand-in on a filesystem that is not mounted when it is to go stays in the journal, is named, and goes once that filesystem is there again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'

const skip = process.getuid?.() === 0 ? false : 'mounting needs root'
const PROGRAM = join(import.meta.dirname, 'support/away.ts')

for (const boot of ['same', 'another'])
  test(`purged while it is not mounted, in ${boot} boot`, { skip }, () => {
    const said = execFileSync('unshare', ['--mount', process.execPath, PROGRAM, boot], { encoding: 'utf8' })
    assert.match(said, /^what is below \S+\/opt stays: its filesystem is not mounted; standin purge --all takes it away once it is$/m)
    assert.match(said, /^done$/m)
  })
