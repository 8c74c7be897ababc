/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { type Mark, markerFor } from '../../../src/package/private/packed.ts'

function marksIn(bytes: Buffer, sizes: readonly number[]): Mark[] {
  const marker = markerFor()
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    // Pieces are used again.
    const piece = Buffer.from(bytes.subarray(at, at + size))
    marker.add(piece)
    piece.fill(0x78)
    at += size
  }
  marker.end()
  return marker.marks
}

const noise = randomBytes(700)
const PARTS: Buffer[] = [
  noise,
  Buffer.from('some words '.repeat(90)),
  gzipSync('a'.repeat(999)),
  deflateSync(noise),
  zstdCompressSync(noise),
  ...['425a6839314159265359', 'fd377a585a0000', '504b0304'].map((magic) => Buffer.concat([Buffer.from(magic, 'hex'), noise])),
]

test('pieces of any sizes have the marks of the whole', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...PARTS), { maxLength: 9 }),
      fc.array(fc.integer({ min: 1, max: 1500 }), { minLength: 1, maxLength: 5 }),
      (parts, sizes) => {
        const bytes = Buffer.concat(parts)
        assert.deepEqual(marksIn(bytes, sizes), marksIn(bytes, [Math.max(1, bytes.length)]))
      },
    ),
    { numRuns: 500 },
  )
})

test('each is marked where it begins', () => {
  const [words = Buffer.alloc(0), gzip = Buffer.alloc(0)] = [PARTS[1], PARTS[2]]
  assert.deepEqual(marksIn(Buffer.concat([words, gzip, noise, deflateSync(words)]), [4096]), [
    { at: words.length, how: 'gzip' },
    { at: words.length + gzip.length + noise.length, how: 'zlib' },
  ])
})

test('of bytes at random hardly any is marked', () => {
  assert.ok(marksIn(randomBytes(16 * 2 ** 20), [2 ** 20]).length < 20)
})
