/**
 * A purge that was killed has unlinked names, and the merge after it was given their inode numbers: what it merged stays, byte for byte as ours was.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { recover } from '../../src/standin/recover.ts'
import { onHost, placed, skip } from './support/tree.ts'

const PATH = 'usr/lib64/libdemo.so.1.0'

test('what Portage has merged after a purge that was killed is not taken for ours', { skip }, (t) =>
  onHost(async (host) => {
    const id = await placed(host)
    const full = join(host.root, PATH)
    const { ino } = lstatSync(full)
    const bytes = readFileSync(full)
    host.journal.markPurging(id)
    rmSync(full)
    const spare = join(host.top, 'spare')
    mkdirSync(spare)
    // On a disk the first free number is given; elsewhere numbers never come again, and there is nothing to show.
    let made = ''
    for (let number = 0; number < 2000 && made === ''; number += 1) {
      const one = join(spare, String(number))
      writeFileSync(one, bytes, { mode: 0o644 })
      if (lstatSync(one).ino === ino) made = one
    }
    if (made === '') return t.skip('this filesystem has not given the number again')
    renameSync(made, full)
    const { settled } = recover({ ...host, isLive: () => false, say: () => undefined })
    assert.equal(settled.length, 1)
    assert.deepEqual(readFileSync(full), bytes)
  }),
)
