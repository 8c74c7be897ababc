/**
 * bash alone finds the marker of a build folder, whatever is in its name; nothing of a marker stays behind.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { isMarked, mark, markerOf, unmark } from '../../src/standin/live.ts'

const markers = mkdtempSync(join(tmpdir(), 'standin-live-'))
after(() => rmSync(markers, { recursive: true, force: true }))

/** The very words of live.ts. */
function bashSees(builddir: string): boolean {
  return (
    spawnSync('bash', ['-c', '[[ -e "$1${PORTAGE_BUILDDIR}/.live" ]]', 'bash', markers], { env: { PORTAGE_BUILDDIR: builddir } }).status ===
    0
  )
}

for (const builddir of [
  '/var/tmp/portage/app-misc/demo-1.2-r3',
  '/var/tmp/with space/portage/app-misc/demo-1',
  '/mnt/a*b/$HOME/[x]/demo-1',
  `/${'deep/'.repeat(100)}demo-1`,
])
  test(`marker of ${builddir.slice(0, 40)}`, () => {
    assert.equal(bashSees(builddir), false)
    mark(markers, builddir)
    mark(markers, builddir)
    assert.deepEqual([isMarked(markers, builddir), bashSees(builddir)], [true, true])
    assert.equal(bashSees(`${builddir}-r1`), false)
    unmark(markers, builddir)
    unmark(markers, builddir)
    assert.equal(bashSees(builddir), false)
    assert.deepEqual(readdirSync(markers), [])
  })

test('the marker of another build stays', () => {
  mark(markers, '/var/tmp/portage/app-misc/one-1')
  mark(markers, '/var/tmp/portage/app-misc/two-1')
  unmark(markers, '/var/tmp/portage/app-misc/one-1')
  assert.ok(bashSees('/var/tmp/portage/app-misc/two-1'))
  unmark(markers, '/var/tmp/portage/app-misc/two-1')
})

for (const builddir of ['relative', '/a/../b', '/a//b', '/a/', ''])
  test(`${JSON.stringify(builddir)} is no build folder`, () => {
    assert.throws(() => markerOf(markers, builddir), { name: 'HostError', code: 'UNSUPPORTED' })
  })
