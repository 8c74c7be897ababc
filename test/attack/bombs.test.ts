/**
 * Archives that ask for much are refused in bounded memory, disk and time, by a process that is held to the limits of the peer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporary } from '../package/image.ts'
import { BOMBS } from './support/bombs.ts'
import { isWhole, report } from './support/bounds.ts'
import { assertHarmless, inWords, reading } from './support/reading.ts'

/** In the short part, those that take no seconds to make. */
const SLOW = /thousand long|ratio|more entries/

test('bombs', async (t) => {
  const folder = temporary(t)
  const path = join(folder, 'bomb')
  let worst = { what: '', worstMs: 0, megabytes: 0 }
  const bombs = BOMBS.filter(({ what }) => isWhole() || !SLOW.test(what))
  for (const { what, code, make } of bombs) {
    const bytes = make()
    writeFileSync(path, bytes)
    const result = await reading('files', folder, path)
    rmSync(path)
    t.diagnostic(`${what} (${bytes.length} bytes): ${inWords(result)}`)
    assert.deepEqual(result.codes, { [code]: 1 }, what)
    assertHarmless(result)
    worst = { what, worstMs: Math.max(worst.worstMs, result.worstMs), megabytes: Math.max(worst.megabytes, result.megabytes) }
  }
  report(t, { what: 'bombs', tried: bombs.length, found: `all refused; worst ${worst.worstMs} ms, ${worst.megabytes} MB` })
})
