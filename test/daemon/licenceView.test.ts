/**
 * A copy may have no licence that the user's own build was not let through with, whatever way the two are written.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StandinError } from '../../src/base/errors.ts'
import { strangeLicences } from '../../src/daemon/licenceView.ts'

const flags = (text: string): Set<string> => new Set(text.split(' ').filter(Boolean))

for (const [accepted, use, offered, offeredUse, strange] of [
  ['GPL-2+', '', 'GPL-2+', '', []],
  ['GPL-2+ MIT', '', 'MIT', '', []],
  ['GPL-2+', '', 'GPL-2+ unRAR', '', ['unRAR']],
  ['GPL-2+ rar? ( unRAR )', '', 'GPL-2+ unRAR', 'rar', ['unRAR']],
  ['GPL-2+ rar? ( unRAR )', 'rar', 'GPL-2+ unRAR', 'rar', []],
  ['GPL-2+ !free? ( unRAR )', 'free', 'GPL-2+ !free? ( unRAR )', '', ['unRAR']],
  ['GPL-2+ rar? ( unRAR )', 'rar', 'GPL-2+ rar? ( unRAR )', '', []],
  ['|| ( GPL-2 BSD )', '', '|| ( GPL-2 BSD )', '', []],
  ['|| ( GPL-2 BSD )', '', '|| ( BSD GPL-2 MIT )', '', []],
  ['|| ( GPL-2 BSD )', '', 'BSD', '', ['BSD']],
  ['|| ( GPL-2 BSD )', '', '|| ( BSD MIT )', '', ['BSD or MIT']],
  ['BSD', '', '|| ( BSD MIT )', '', []],
  ['A B', '', '|| ( ( A B ) C )', '', []],
  ['A', '', '|| ( ( A B ) C )', '', ['B or C']],
  ['', '', '', '', []],
  ['GPL-2+', '', '', '', ['licence, of which the copy says nothing']],
] as const)
  test(`${accepted} with USE="${use}" and a copy of ${offered} with USE="${offeredUse}"`, () => {
    assert.deepEqual(strangeLicences({ accepted, use: flags(use), offered, offeredUse: flags(offeredUse) }), strange)
  })

for (const [accepted, offered, strange] of [
  ['GPL-2+ rar? ( unRAR )', 'GPL-2+', []],
  ['GPL-2+ rar? ( unRAR )', 'GPL-2+ unRAR', ['unRAR']],
  ['GPL-2+ !rar? ( unRAR )', 'GPL-2+ unRAR', ['unRAR']],
  ['|| ( GPL-2 rar? ( unRAR ) )', 'GPL-2', ['GPL-2']],
] as const)
  test(`${accepted} with flags that are not known and a copy of ${offered}`, () => {
    assert.deepEqual(strangeLicences({ accepted, use: undefined, offered, offeredUse: new Set() }), strange)
  })

const ask = (offered: string) => () => strangeLicences({ accepted: 'A', use: new Set(), offered, offeredUse: new Set() })

test('what is no LICENSE, or a choice without end, is an error', () => {
  assert.throws(ask('A ('), StandinError)
  assert.throws(ask(`|| ( ${'( A B ) '.repeat(20)} )`), { code: 'TOO_LARGE' })
})
