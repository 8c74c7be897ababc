/**
 * The line that bash writes, as bash writes it: the dispatcher itself is sourced, and the warden's parser reads what comes out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { StrangerError } from '../../src/base/errors.ts'
import { askedAt, buildKey, isToldAlike, MAX_MOMENT_BYTES, type MomentValues, parseMoment } from '../../src/daemon/moment.ts'

const US = '\u001f'
const line = (fields: Record<string, string>, head: readonly string[] = ['1', 'fetch', '42.1700000000000000']): string =>
  [...head, ...Object.entries(fields).map(([name, value]) => `${name}=${value}`)].join(US)

const FIELDS = {
  CATEGORY: 'app-misc',
  PF: 'hello-2.10',
  PORTAGE_BUILDDIR: '/var/tmp/portage/app-misc/hello-2.10',
  PORTAGE_TMPDIR: '/var/tmp',
  MERGE_TYPE: 'source',
  STANDIN_FEATURES: 'install publish',
}

test('what a hook says comes back, with what it left out as empty', () => {
  const { moment, nonce, values } = parseMoment(line({ ...FIELDS, USE: 'a b', LDFLAGS: '-Wl,--as-needed,-z=now' }))
  assert.deepEqual({ moment, nonce }, { moment: 'fetch', nonce: '42.1700000000000000' })
  assert.equal(values.USE, 'a b')
  assert.equal(values.LDFLAGS, '-Wl,--as-needed,-z=now', 'a value may hold equal signs')
  assert.equal(values.CFLAGS, '')
  assert.equal(askedAt(parseMoment(line(FIELDS))), 1_700_000_000)
})

const values = (more: Record<string, string>): MomentValues => parseMoment(line({ ...FIELDS, ...more })).values

test('a build that is told once more is the same in a window that was resized since, and no other where anything else differs', () => {
  const first = values({ COLUMNS: '160', WINDOW: '160' })
  for (const more of [{ WINDOW: '80' }, {}]) assert.ok(isToldAlike(first, values({ COLUMNS: '160', ...more })))
  for (const more of [{ COLUMNS: '80' }, { USE: 'a' }]) assert.ok(!isToldAlike(first, values({ COLUMNS: '160', WINDOW: '160', ...more })))
})

test('a binary merge may ask for the way', () => {
  assert.equal(parseMoment(line({ ...FIELDS, MERGE_TYPE: 'binary' }, ['1', 'purge', '42.1'])).values.MERGE_TYPE, 'binary')
})

const WRONG: [string, string][] = [
  ['a hook of another version', line(FIELDS, ['2', 'fetch', '42.1'])],
  ['an unknown moment', line(FIELDS, ['1', 'format', '42.1'])],
  ['a nonce that is none', line(FIELDS, ['1', 'fetch', 'x'])],
  ['a build folder that is not absolute', line({ ...FIELDS, PORTAGE_BUILDDIR: 'tmp' })],
  ['a binary merge that asks for more than the way', line({ ...FIELDS, MERGE_TYPE: 'binary' })],
  ['a category with an escape', line({ ...FIELDS, CATEGORY: 'app\u001b[2J' })],
  ['nothing', ''],
]

for (const [what, text] of WRONG) {
  test(`refuses ${what}`, () => {
    assert.throws(
      () => parseMoment(text),
      (error) => error instanceof StrangerError && error.code === 'SCHEMA',
    )
  })
}

test('a line above the bound is not read', () => {
  assert.throws(
    () => parseMoment(line({ ...FIELDS, USE: 'x'.repeat(MAX_MOMENT_BYTES) })),
    (error) => error instanceof StrangerError && error.code === 'TOO_LARGE',
  )
})

test('any text is read or refused with an error of ours', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (parts) => {
      try {
        parseMoment(parts.join(US))
      } catch (error) {
        assert.ok(error instanceof StrangerError, String(error))
      }
    }),
  )
})

test('two build folders never share a key, and no key holds a slash', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      assert.equal(buildKey(a) === buildKey(b), a === b)
      assert.ok(!buildKey(a).includes('/'))
    }),
  )
})
