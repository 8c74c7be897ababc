/**
 * Images that a generator makes up, entry by entry and lie by lie, are refused by a code, or read as GNU tar reads them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import fc from 'fast-check'
import { TAR_END } from '../../src/package/archive/tarblock.ts'
import { dir, entry, file, FOLDER, forge, link } from '../package/archive/make.ts'
import { temporary } from '../package/image.ts'
import { block, extended, metadataFor, pack, record } from './support/blocks.ts'
import { report, scaled, seed } from './support/bounds.ts'
import { judge } from './support/judged.ts'

/** Names that collide, climb, nest, and steer terminals. */
const part = fc.constantFrom('a', 'b', 'ab', '..', '.', '', 'A', '\u00e9', 'e\u0301', '\u001b[2J', 'x'.repeat(120), '\u{1f4a9}', '\\')
const name = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => `image/${parts.join('/')}`)
const number = fc.oneof(
  fc.constantFrom('00000000000 ', '77777777777 ', '-0000000001 ', '           ', '0x000000010 ', '00000001000\0'),
  fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => Buffer.from(bytes).fill(0x80, 0, 1)),
  fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => Buffer.from(bytes).fill(0xff, 0, 1)),
)
const body = fc.uint8Array({ maxLength: 1100 }).map((bytes) => Buffer.from(bytes))

const honest = fc.oneof(
  { weight: 3, arbitrary: name.map((path) => entry(dir(path))) },
  { weight: 3, arbitrary: fc.tuple(name, body).map(([path, bytes]) => entry(file(path, bytes.length), bytes)) },
  { weight: 1, arbitrary: fc.tuple(name, name).map(([path, target]) => entry(link(path, target))) },
)
const lying = fc
  .record(
    {
      name: fc.oneof(name, fc.string({ maxLength: 100 })),
      mode: fc.constantFrom('004755 \0', '7777777\0', '\u0080\0\0\0\0\0\0\u0001', '        '),
      size: number,
      mtime: number,
      type: fc.constantFrom(...'0123456789xgLKSDMVNX\0'.split('')),
      target: name,
      magic: fc.constantFrom('ustar  \0', '\0'.repeat(8), 'ustar\u000001'),
      owner: fc.constantFrom('', 'nobody', '\u001b[2J', 'x'.repeat(32)),
      prefix: fc.oneof(name, fc.constantFrom('..', '/etc')),
      checksum: fc.constantFrom('000000\0 ', '        '),
    },
    { requiredKeys: [] },
  )
  .chain((fields) => body.map((bytes) => block(fields, bytes)))
const records = fc.array(
  fc
    .tuple(
      fc.constantFrom(
        'path',
        'linkpath',
        'size',
        'mtime',
        'uid',
        'uname',
        'hdrcharset',
        'GNU.sparse.size',
        'SCHILY.xattr.security.capability',
      ),
      fc.oneof(name, fc.constantFrom('0', '-1', '99999999999999999999', 'a\0b', '')),
      fc.option(fc.integer({ min: 0, max: 40 }), { nil: undefined }),
    )
    .map(([key, value, length]) => record(key, value, length)),
  { minLength: 1, maxLength: 3 },
)
const blocks = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: honest },
    { weight: 2, arbitrary: lying },
    { weight: 1, arbitrary: records.map((all) => extended(...all)) },
    { weight: 1, arbitrary: fc.constantFrom(Buffer.alloc(512), TAR_END) },
  ),
  { maxLength: 6 },
)

/** Sorted and in folders, so that some of them are in order. */
const sorted = fc
  .uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', '\u00e9', 'x'.repeat(120), 'long'.repeat(30)), { maxLength: 6 })
  .chain((names) =>
    fc
      .tuple(
        ...names
          .toSorted((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)))
          .map((one) => fc.tuple(fc.constant(`image/${one}`), body)),
      )
      .map((all) => all.map(([path, bytes]) => entry(file(path, bytes.length), bytes))),
  )

test('generated images', async (t) => {
  const folder = temporary(t)
  const codes: Record<string, number> = {}
  let worst = 0
  const runs = scaled(100, 5000)
  await fc.assert(
    fc.asyncProperty(fc.oneof({ weight: 3, arbitrary: blocks }, { weight: 1, arbitrary: sorted }), async (all) => {
      const image = Buffer.concat([entry(FOLDER), ...all, TAR_END])
      const judged = await judge(folder, forge({ packedImage: pack(image), metadata: metadataFor(all) }))
      codes[judged.code] = (codes[judged.code] ?? 0) + 1
      worst = Math.max(worst, judged.ms)
      assert.deepEqual(judged.wrong, [])
      if (judged.manifest === undefined) return
      const seen = execFileSync('tar', ['--list', '--quoting-style=literal', '--show-transformed-names', '--file=-'], {
        input: image,
        encoding: 'utf8',
      })
      const names = judged.manifest.records.map(({ type, path }) => `image/${path}${type === 'dir' ? '/' : ''}`)
      assert.deepEqual(seen.split('\n').filter(Boolean), ['image/', ...names])
    }),
    { numRuns: runs, seed: seed() },
  )
  assert.ok((codes['read'] ?? 0) > 0 && (codes['BAD_ARCHIVE'] ?? 0) > 0 && (codes['BAD_PATH'] ?? 0) > 0, 'the generator makes all kinds')
  const counts = Object.entries(codes).toSorted(([, a], [, b]) => b - a)
  const found = `${counts.map(([code, count]) => `${code} ${count}`).join(', ')}; worst ${Math.round(worst)} ms; all read are GNU tar's`
  report(t, { what: `generated images, seed ${seed()}`, tried: runs, found })
})
