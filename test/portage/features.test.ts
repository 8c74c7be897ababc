/**
 * STANDIN_FEATURES is read as FEATURES is, and unset is off.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onlyTakesAway, parseFeatures } from '../../src/portage/features.ts'

const CASES: readonly [string, readonly string[], number][] = [
  ['', [], 0],
  ['install', ['install'], 0],
  [' install\tpublish\n seed ', ['install', 'publish', 'seed'], 0],
  ['install publish seed audit mirror', ['install', 'publish', 'seed', 'audit', 'mirror'], 0],
  ['install -install', [], 0],
  ['-install install', ['install'], 0],
  ['install publish -*', [], 0],
  ['install -* seed', ['seed'], 0],
  ['Install', [], 1],
  ['instal publish', ['publish'], 1],
  ['-instal -instal', [], 1],
  ['install,publish', [], 1],
  ['-', [], 1],
]

for (const [text, features, warnings] of CASES) {
  test(`${JSON.stringify(text)} switches on ${features.join(' ') || 'nothing'}`, () => {
    const parsed = parseFeatures(text)
    assert.deepEqual([...parsed.features], features)
    assert.equal(parsed.warnings.length, warnings)
  })
}

test('a warning names the token once, and what there is', () => {
  assert.deepEqual(parseFeatures('sed install sed').warnings, [
    'STANDIN_FEATURES: "sed" is unknown and passed over; there are install publish seed audit mirror',
  ])
})

test('nobody is flooded', () => {
  assert.ok(parseFeatures(Array.from({ length: 1000 }, (_, at) => `x${at}`).join(' ')).warnings.length <= 10)
})

test('a setting of `-token`s alone takes away from the one below it', () => {
  for (const text of ['-publish', ' -seed\t-publish ', '-*']) assert.equal(onlyTakesAway(text), true, text)
  for (const text of ['', ' ', 'install', '-publish install']) assert.equal(onlyTakesAway(text), false, text)
})
