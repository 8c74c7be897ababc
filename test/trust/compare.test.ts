/**
 * Two builds are held against each other only where they should have been equal.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Built, compareContents, type Compared } from '../../src/trust/compare.ts'

const standIn: Built = { recipe: 'r', linkage: 'l', environment: 'e', content: 'c', stable: 's', standinsLive: false, columns: [80] }

const CASES: readonly [string, Partial<Built>, Partial<Built>, Compared][] = [
  ['the same', {}, {}, { verdict: 'agree' }],
  ['the same, with stand-ins live', { standinsLive: true }, { standinsLive: true }, { verdict: 'agree' }],
  ['other times', {}, { content: 'd' }, { verdict: 'agree-stable' }],
  ['other content', {}, { content: 'd', stable: 't' }, { verdict: 'differ', accuses: true }],
  ['other content, stand-ins live here', {}, { content: 'd', stable: 't', standinsLive: true }, { verdict: 'differ', accuses: false }],
  ['other content, stand-ins live there', { standinsLive: true }, { content: 'd', stable: 't' }, { verdict: 'differ', accuses: false }],
  ['the same, in windows of other widths', { columns: [80] }, { columns: [160] }, { verdict: 'agree' }],
  [
    'other content, and other widths',
    { columns: [80] },
    { content: 'd', stable: 't', columns: [160] },
    { verdict: 'differ', accuses: false },
  ],
  ['other content, one width', { columns: [80] }, { content: 'd', stable: 't', columns: [80] }, { verdict: 'differ', accuses: true }],
  [
    'other content, and one of those who vouch names the same width',
    { columns: [160, 80] },
    { content: 'd', stable: 't', columns: [80] },
    { verdict: 'differ', accuses: true },
  ],
  ['other content, and one width is unknown', { columns: [] }, { content: 'd', stable: 't' }, { verdict: 'differ', accuses: false }],
  [
    'other content, and both widths are unknown',
    { columns: [] },
    { content: 'd', stable: 't', columns: [] },
    { verdict: 'differ', accuses: false },
  ],
  ['another recipe', {}, { recipe: 'x', content: 'd', stable: 't' }, { verdict: 'not-comparable', because: ['recipe'] }],
  ['another recipe, equal content', {}, { recipe: 'x' }, { verdict: 'not-comparable', because: ['recipe'] }],
  ['another linkage', {}, { linkage: 'x' }, { verdict: 'not-comparable', because: ['linkage'] }],
  ['another environment', {}, { environment: 'x' }, { verdict: 'not-comparable', because: ['environment'] }],
  [
    'another everything',
    {},
    { recipe: 'x', linkage: 'x', environment: 'x' },
    { verdict: 'not-comparable', because: ['recipe', 'linkage', 'environment'] },
  ],
]

for (const [what, theirs, ours, expected] of CASES) {
  test(what, () => {
    assert.deepEqual(compareContents({ standIn: { ...standIn, ...theirs }, own: { ...standIn, ...ours } }), expected)
    assert.deepEqual(compareContents({ standIn: { ...standIn, ...ours }, own: { ...standIn, ...theirs } }), expected)
  })
}
