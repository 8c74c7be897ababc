/**
 * bash alone finds the marker of a package, whichever build and version it is for; nothing of a marker stays behind.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { isMarked, mark, packageOf, unmark } from '../../src/standin/live.ts'

const markers = mkdtempSync(join(tmpdir(), 'standin-live-'))
after(() => rmSync(markers, { recursive: true, force: true }))

/** The very words of live.ts. */
function bashSees(CATEGORY: string, PN: string): boolean {
  return spawnSync('bash', ['-c', '[[ -d "$1/${CATEGORY}/${PN}" ]]', 'bash', markers], { env: { CATEGORY, PN } }).status === 0
}

for (const [category, name, version] of [
  ['app-misc', 'demo', '1.2-r3'],
  ['dev-libs', 'lib+more_x-dev', '9999'],
  ['virtual', 'c++', '1a_rc3_p1'],
] as const)
  test(`marker of ${category}/${name}-${version}`, () => {
    const [one, two] = [
      { id: 1, cpv: `${category}/${name}-${version}` },
      { id: 2, cpv: `${category}/${name}-7` },
    ]
    assert.equal(bashSees(category, name), false)
    mark(markers, one)
    mark(markers, one)
    mark(markers, two)
    assert.deepEqual([isMarked(markers, `${category}/${name}-5`), bashSees(category, name)], [true, true])
    assert.deepEqual([bashSees(category, `${name}-x`), bashSees('other', name)], [false, false])
    unmark(markers, one)
    unmark(markers, one)
    assert.ok(bashSees(category, name), 'the other version is live')
    unmark(markers, two)
    assert.equal(bashSees(category, name), false)
    assert.deepEqual(readdirSync(markers), [])
  })

test('the marker of another package stays', () => {
  mark(markers, { id: 1, cpv: 'app-misc/one-1' })
  mark(markers, { id: 2, cpv: 'app-misc/two-1' })
  unmark(markers, { id: 1, cpv: 'app-misc/one-1' })
  assert.ok(bashSees('app-misc', 'two'))
  unmark(markers, { id: 2, cpv: 'app-misc/two-1' })
})

for (const cpv of ['one-1', 'app-misc/one', '../../one-1', 'app-misc/one/-1', ''])
  test(`${JSON.stringify(cpv)} is no package`, () => {
    assert.throws(() => packageOf(cpv), { name: 'HostError', code: 'UNSUPPORTED' })
  })
