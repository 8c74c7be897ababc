/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { check } from '../../src/base/schema.ts'
import { linkageId, linkageOf, linkageSchema, parseSonames } from '../../src/package/linkage.ts'

const METADATA = {
  RDEPEND: '>=dev-libs/libbar-2.1-r3:2/2=[abi_x86_32(-)?] dev-libs/plain dev-libs/libfoo:0/1.2= !dev-libs/old:0/1= >=sys-libs/glibc-2.41',
  DEPEND: 'dev-libs/libfoo:0/1.2= x11-libs/gtk+-2:2/2=',
  REQUIRES: 'x86_64: libm.so.6 libc.so.6 x86_32: libc.so.6',
}

test('bound slots and sonames, sorted, each once', () => {
  assert.deepEqual(linkageOf(METADATA), {
    standin: 'linkage-1',
    bound: ['dev-libs/libbar:2/2=', 'dev-libs/libfoo:0/1.2=', 'x11-libs/gtk+-2:2/2='],
    requires: [
      { category: 'x86_32', soname: 'libc.so.6' },
      { category: 'x86_64', soname: 'libc.so.6' },
      { category: 'x86_64', soname: 'libm.so.6' },
    ],
  })
})

test('the id follows the linkage and nothing else', () => {
  const id = linkageId(linkageOf(METADATA))
  assert.equal(
    linkageId(linkageOf({ ...METADATA, REQUIRES: 'x86_32: libc.so.6 x86_64: libc.so.6 libm.so.6 libm.so.6', CFLAGS: '-O3' })),
    id,
  )
  assert.notEqual(linkageId(linkageOf({ ...METADATA, DEPEND: 'dev-libs/libfoo:0/1.3=' })), id)
  assert.notEqual(linkageId(linkageOf({ ...METADATA, REQUIRES: 'x86_64: libc.so.6' })), id)
})

test('a linkage passes its own schema', () => {
  assert.deepEqual(check(linkageSchema, linkageOf(METADATA), 'linkage'), linkageOf(METADATA))
})

test('sonames that no category owns are refused, and too long a text as well', () => {
  assert.throws(() => parseSonames('libc.so.6'), { name: 'StrangerError', code: 'SCHEMA' })
  assert.throws(() => parseSonames(`x86_64: ${'a'.repeat(2 ** 20)}`), { code: 'TOO_LARGE' })
  assert.deepEqual(parseSonames(' \n'), [])
})

const key = (one: { category: string; soname: string }): string => `${one.category}\0${one.soname}`

test('any list of sonames comes back sorted, whatever the order and the spacing', () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9+._-]{0,12}$/)
  const entry = fc.record({ category: fc.constantFrom('x86_64', 'x86_32', 'arm_64'), soname: word }, { noNullPrototype: true })
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 30 }), fc.constantFrom(' ', '\n', '  '), (entries, space) => {
      const text = entries.map(({ category, soname }) => `${category}:${space}${soname}`).join(space)
      const unique = [...new Map(entries.map((one) => [`${one.category} ${one.soname}`, one])).values()]
      assert.deepEqual(
        parseSonames(text),
        unique.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)),
      )
    }),
  )
})
