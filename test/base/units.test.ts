/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ago, counted, duration, moment, size } from '../../src/base/units.ts'

test('sizes, counts and times', () => {
  const sizes: [number, string][] = [
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [9_940, '9.9 kB'],
    [9_960, '10 kB'],
    [1_234_567, '1.2 MB'],
    [56_000_000, '56 MB'],
    [3.2e9, '3.2 GB'],
    [5e15, '5000 TB'],
  ]
  for (const [bytes, said] of sizes) assert.equal(size(bytes), said)
  assert.deepEqual([0, 99_000, 100_000, 6_000_000, 200_000_000].map(duration), ['0 s', '99 s', '2 min', '2 h', '2 d'])
  assert.deepEqual([counted(0, 'file'), counted(1, 'file'), counted(2, 'file')], ['0 files', '1 file', '2 files'])
  assert.equal(ago('2026-01-01T00:00:00.000Z', Date.parse('2026-01-01T00:01:00.000Z')), '60 s')
  assert.equal(ago('2026-01-01T00:00:00.000Z', 0), '', 'a time that lies ahead')
  assert.equal(ago('yesterday', 0), '')
  assert.equal(moment('2026-01-02T03:04:05.678Z'), '2026-01-02 03:04:05 UTC')
  assert.equal(moment('some time'), 'some time')
})
