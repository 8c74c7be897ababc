/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { differingPaths, exactId, stableId } from '../../src/package/content.ts'
import { byPath, type ImageRecord } from '../../src/package/record.ts'

const file = (path: string, change: Partial<Extract<ImageRecord, { type: 'file' }>> = {}): ImageRecord => ({
  type: 'file', path, mode: 0o644, owner: 'root', group: 'root', size: 3, sha256: 'a'.repeat(64), ...change,
}) // prettier-ignore
const folder: ImageRecord = { type: 'dir', path: 'usr', mode: 0o755, owner: 'root', group: 'root' }
const link: ImageRecord = { type: 'link', path: 'usr/b', target: 'a', owner: 'root', group: 'root' }
const plain = file('usr/a')
const able = file('usr/c', { capability: '01' })
const RECORDS: ImageRecord[] = [folder, plain, link, able]

test('order of the walk does not count', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(RECORDS, { minLength: RECORDS.length }), (records) => {
      assert.equal(exactId(records), exactId(RECORDS))
    }),
  )
})

test('everything that a record says does count', () => {
  const others: ImageRecord[][] = [
    [folder, plain, link],
    [folder, file('usr/a', { mode: 0o755 }), link, able],
    [folder, file('usr/a', { owner: 'mail' }), link, able],
    [folder, file('usr/a', { group: 'mail' }), link, able],
    [folder, file('usr/a', { sha256: 'b'.repeat(64) }), link, able],
    [folder, file('usr/a', { size: 4 }), link, able],
    [folder, file('usr/A'), link, able],
    [folder, plain, { type: 'link', path: 'usr/b', target: 'c', owner: 'root', group: 'root' }, able],
    [folder, plain, link, file('usr/c', { capability: '02' })],
    [folder, plain, link, file('usr/c')],
  ]
  assert.equal(new Set([RECORDS, ...others].map(exactId)).size, others.length + 1)
})

test('the stable id takes the stable hashes, and the exact one where there is none', () => {
  assert.equal(stableId(RECORDS, new Map()), exactId(RECORDS))
  const other = [...RECORDS.slice(0, 1), file('usr/a', { sha256: 'b'.repeat(64) }), ...RECORDS.slice(2)]
  const same = new Map([['usr/a', 'c'.repeat(64)]])
  assert.notEqual(exactId(other), exactId(RECORDS))
  assert.equal(stableId(other, same), stableId(RECORDS, same))
  assert.notEqual(stableId(other, same), exactId(other))
})

test('a dispute names its files', () => {
  const theirs = [
    ...RECORDS.filter(({ path }) => path !== 'usr/c').map((record) => (record.path === 'usr/a' ? file('usr/a', { size: 9 }) : record)),
    file('usr/zz'),
  ]
  assert.deepEqual(differingPaths(RECORDS, theirs), ['usr/a', 'usr/c', 'usr/zz'])
  assert.deepEqual(differingPaths(RECORDS, RECORDS.toReversed()), [])
})

test('records sort by the bytes of their paths', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 8 })), (paths) => {
      const sorted = paths.map((path) => ({ path })).toSorted(byPath)
      assert.deepEqual(
        sorted.map(({ path }) => path),
        paths.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
      )
    }),
  )
  assert.equal(Math.sign(byPath({ path: '\u{10000}' }, { path: '\uffee' })), 1)
})
