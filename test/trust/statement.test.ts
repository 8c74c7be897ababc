/**
 * A statement says what it was told, in the shape that others accept, or it is not made.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sha256Hex } from '../../src/base/canonical.ts'
import { StrangerError } from '../../src/base/errors.ts'
import { type Said, statementOf } from '../../src/trust/statement.ts'

const said: Said = {
  cpv: 'app-misc/hello-2.12.1',
  recipe: sha256Hex('r'),
  linkage: sha256Hex('l'),
  environment: sha256Hex('e'),
  content: sha256Hex('c'),
  stable: sha256Hex('s'),
  metadata: sha256Hex('m'),
  archive: { sha256: sha256Hex('a'), size: 7 },
  standinsLive: true,
}

test('an in-toto statement of one subject, written out', () => {
  assert.deepEqual(statementOf(said), {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'app-misc/hello-2.12.1', digest: { sha256: sha256Hex('c') } }],
    predicateType: 'tag:standin,2026:build/1',
    predicate: {
      recipe: sha256Hex('r'),
      linkage: sha256Hex('l'),
      environment: sha256Hex('e'),
      stable: sha256Hex('s'),
      metadata: sha256Hex('m'),
      archive: { sha256: sha256Hex('a'), size: 7 },
      standinsLive: true,
    },
  })
})

test('the width of the window stands in it where it is known, and only there', () => {
  assert.deepEqual(statementOf({ ...said, columns: 132 }).predicate, { ...statementOf(said).predicate, columns: 132 })
  assert.equal('columns' in statementOf(said).predicate, false)
})

const WRONG: readonly [string, Partial<Said>][] = [
  ['a recipe that is no id', { recipe: 'abc' }],
  ['upper-case hex', { content: sha256Hex('c').toUpperCase() }],
  ['a control character in the name', { cpv: 'a/b-1\u001b[2J' }],
  ['a negative size', { archive: { sha256: sha256Hex('a'), size: -1 } }],
  ['a size that is no whole number', { archive: { sha256: sha256Hex('a'), size: 1.5 } }],
  ['a window of no width', { columns: 0 }],
  ['a window that nobody has', { columns: 10_001 }],
  ['half a column', { columns: 80.5 }],
]

for (const [what, part] of WRONG) {
  test(`not made of ${what}`, () => {
    assert.throws(
      () => statementOf({ ...said, ...part }),
      (error) => error instanceof StrangerError && error.code === 'SCHEMA',
    )
  })
}
