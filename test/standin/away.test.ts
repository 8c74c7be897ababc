/**
 * A stand-in on a filesystem that is not mounted when it is to go stays in the journal, is named, and goes once that filesystem is there again,
 * whatever its number is by then.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'

const skip = process.getuid?.() === 0 ? false : 'mounting needs root'
const run = (program: string, what: string): string =>
  execFileSync('unshare', ['--mount', process.execPath, join(import.meta.dirname, 'support', program), what], { encoding: 'utf8' })

for (const boot of ['same', 'another'])
  test(`purged while it is not mounted, in ${boot} boot`, { skip }, () => {
    const said = run('away.ts', boot)
    assert.match(said, /^what is below \S+\/opt stays: its filesystem is not mounted; standin purge --all takes it away once it is$/m)
    assert.match(said, /^done$/m)
  })

for (const what of ['again', 'again, with a file that was edited', 'again, with nothing but a temporary folder'])
  test(`mounted ${what}, by another number in the same boot`, { skip }, () => assert.equal(run('remounted.ts', what), 'done\n'))

for (const what of ['another one by another number', 'another one by the same number'])
  test(`mounted meanwhile: ${what}`, { skip }, () => {
    const said = run('remounted.ts', what)
    assert.match(
      said,
      /^what is below \S+\/opt stays: another filesystem seems to be mounted there; standin purge --all takes it away once its own is\ndone\n$/,
    )
  })
