/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mayBeChanged } from '../../src/daemon/beside.ts'
import { id } from './support/offers.ts'

const BUILT = { content: id('own'), stable: id('own') }
const OTHER = { content: id('other'), stable: id('other') }
const DATES = { content: id('other'), stable: id('own') }
const CLEAN = { standinsLive: false, replaces: false }

for (const [what, seen, copy, expected] of [
  ['nothing was there', CLEAN, undefined, false],
  ['another one stood in', { ...CLEAN, standinsLive: true }, BUILT, true],
  ['its own one could be found', { ...CLEAN, besideItself: true }, OTHER, true],
  ['its own one could be found, and it is equal', { ...CLEAN, besideItself: true }, BUILT, false],
  ['its own one could be found, and it is equal but for dates', { ...CLEAN, besideItself: true }, DATES, false],
  ['a version was installed', { ...CLEAN, replaces: true }, undefined, true],
  ['a version was installed, and it is not the copy', { ...CLEAN, replaces: true }, OTHER, true],
  ['a version was installed, and it is the copy', { ...CLEAN, replaces: true }, BUILT, false],
  ['nobody has looked for one', { standinsLive: false }, undefined, true],
] as const) {
  test(`whether a build may have been changed: ${what}`, () => {
    assert.equal(mayBeChanged(seen, copy, BUILT), expected)
  })
}
