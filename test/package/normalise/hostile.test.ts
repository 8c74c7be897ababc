/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { test } from 'node:test'
import fc from 'fast-check'
import { MAX_NORMALISED_BYTES, maskedRanges, normaliserFor, NORMALISERS } from '../../../src/package/normalise/list.ts'
import { PREDICATE_TYPE } from '../../../src/trust/wire.ts'

const HEADS: [string, Buffer][] = [
  ['x', Buffer.from('7f454c46020101000000000000000000', 'hex')],
  ['x', Buffer.from('7f454c46010201000000000000000000', 'hex')],
  ['x.pyc', Buffer.from('a70d0d0a00000000', 'hex')],
  ['x.gz', Buffer.from('1f8b0800', 'hex')],
  ['x.mo', Buffer.from('de12049500000000', 'hex')],
  ['x.mo', Buffer.from('950412de00000000', 'hex')],
  ['x.a', Buffer.from('!<arch>\n')],
  ['x.zip', Buffer.from('504b0304', 'hex')],
  ['x.png', Buffer.from('89504e470d0a1a0a', 'hex')],
]

test('the list and its order are published, so a change is on purpose', () => {
  const names = NORMALISERS.map(({ name, version }) => `${name}-${version}`).join(' ')
  assert.deepEqual(
    [PREDICATE_TYPE, names],
    ['tag:standin,2026:build/1', 'elf-build-id-1 pyc-mtime-1 gzip-mtime-1 mo-dates-1 ar-members-1 zip-members-1 png-time-1'],
  )
  assert.deepEqual([...new Set(HEADS.map(([path, head]) => normaliserFor(path, head, 100)))], [...NORMALISERS])
})

test('whatever follows a magic number, ranges stay inside the file and nothing is thrown', () => {
  const tail = fc.oneof(fc.uint8Array({ maxLength: 400 }), fc.array(fc.constantFrom(0, 1, 2, 4, 7, 8, 28, 64, 255), { maxLength: 400 }))
  fc.assert(
    fc.property(fc.constantFrom(...HEADS), tail, ([path, head], rest) => {
      const bytes = Buffer.concat([head, Buffer.from(rest)])
      for (const { at, length } of maskedRanges(path, bytes)) assert.ok(at >= 0 && length >= 0 && at + length <= bytes.length)
    }),
    { numRuns: 3000 },
  )
})

test('a file cut anywhere, or with any byte changed, is either parsed or left as it is', () => {
  const whole = Buffer.concat([gzipSync('text'), Buffer.alloc(8)])
  for (let size = 0; size <= whole.length; size++) assert.doesNotThrow(() => maskedRanges('x.gz', whole.subarray(0, size)))
  assert.deepEqual(maskedRanges('x.gz', whole.subarray(0, 12)), [])
})

test('plain files and files that are too large have no normaliser', () => {
  assert.equal(normaliserFor('x', Buffer.from('#!/bin/sh\n'), 10), undefined)
  assert.equal(normaliserFor('x', Buffer.alloc(0), 0), undefined)
  assert.equal(normaliserFor('x.gz', Buffer.from('1f8b0800', 'hex'), MAX_NORMALISED_BYTES + 1), undefined)
  assert.notEqual(normaliserFor('x.gz', Buffer.from('1f8b0800', 'hex'), MAX_NORMALISED_BYTES), undefined)
})

test('headers that overlap to multiply the work are given up', () => {
  const elf = Buffer.alloc(64 + 56 * 65_000)
  Buffer.from('7f454c4602010100', 'hex').copy(elf)
  elf.writeUInt32LE(64, 32)
  elf.writeUInt16LE(56, 54)
  elf.writeUInt16LE(65_000, 56)
  for (let at = 64; at < elf.length; at += 56) {
    elf.writeUInt32LE(4, at)
    elf.writeUInt32LE(elf.length, at + 32)
  }
  const local = Buffer.alloc(30 + 65_532)
  local.writeUInt32LE(0x04034b50, 0)
  local.writeUInt16LE(65_532, 28)
  for (let at = 30; at < local.length; at += 4) local.writeUInt16LE(0x5455, at)
  const central = Buffer.alloc(46 * 65_000)
  for (let at = 0; at < central.length; at += 46) central.writeUInt32LE(0x02014b50, at)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(65_000, 10)
  end.writeUInt32LE(local.length, 16)
  const started = performance.now()
  assert.deepEqual(maskedRanges('x', elf), [])
  assert.deepEqual(maskedRanges('x.zip', Buffer.concat([local, central, end])), [])
  // Each of 65,000 headers over the whole file is minutes.
  assert.ok(performance.now() - started < 30_000)
})
