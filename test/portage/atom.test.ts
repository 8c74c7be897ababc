/**
 * Atoms are taken as Portage takes them on a command line, and mean the packages that Portage means.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { UserError } from '../../src/base/errors.ts'
import { type Atom, matches, parseAtom } from '../../src/portage/atom.ts'

const TAKEN: readonly [string, Omit<Atom, 'text'>][] = [
  ['hello', { name: 'hello' }],
  ['app-misc/hello', { category: 'app-misc', name: 'hello' }],
  ['=app-misc/hello-2.12-r1', { category: 'app-misc', name: 'hello', operator: '=', version: '2.12-r1' }],
  ['=hello-2.12', { name: 'hello', operator: '=', version: '2.12' }],
  ['>=x11-libs/gtk+-3.24', { category: 'x11-libs', name: 'gtk+', operator: '>=', version: '3.24' }],
  ['<=a/b-1', { category: 'a', name: 'b', operator: '<=', version: '1' }],
  ['>a/b-1', { category: 'a', name: 'b', operator: '>', version: '1' }],
  ['<a/b-1_rc2', { category: 'a', name: 'b', operator: '<', version: '1_rc2' }],
  ['~a/b-1', { category: 'a', name: 'b', operator: '~', version: '1' }],
  ['=a/b-1*', { category: 'a', name: 'b', operator: '=*', version: '1' }],
  ['=a/b-1.2*:3::own', { category: 'a', name: 'b', operator: '=*', version: '1.2', slot: '3', repository: 'own' }],
  ['dev-lang/python:3.13', { category: 'dev-lang', name: 'python', slot: '3.13' }],
  ['dev-libs/icu:0/75.1', { category: 'dev-libs', name: 'icu', slot: '0', subslot: '75.1' }],
  ['a/b::gentoo', { category: 'a', name: 'b', repository: 'gentoo' }],
  ['a/b:0::my_overlay-1', { category: 'a', name: 'b', slot: '0', repository: 'my_overlay-1' }],
  ['app-misc/hello:0=', { category: 'app-misc', name: 'hello', slot: '0' }],
  ['app-misc/hello:=', { category: 'app-misc', name: 'hello' }],
  ['app-misc/hello:*', { category: 'app-misc', name: 'hello' }],
  ['hello:0/2=::gentoo', { name: 'hello', slot: '0', subslot: '2', repository: 'gentoo' }],
  ['hello:*::gentoo', { name: 'hello', repository: 'gentoo' }],
  ['app-misc/hello[-nls]', { category: 'app-misc', name: 'hello', use: '-nls' }],
  ['>=hello-2:0=::own[a,-b(+),!c?]', { name: 'hello', operator: '>=', version: '2', slot: '0', repository: 'own', use: 'a,-b(+),!c?' }],
  ['=app-misc/hello-2.12-1', { category: 'app-misc', name: 'hello', operator: '=', version: '2.12', buildId: '1' }],
  ['>=hello-2.12-r3-20:0', { name: 'hello', operator: '>=', version: '2.12-r3', buildId: '20', slot: '0' }],
  ['~foo-bar-1-9999[!a=]', { name: 'foo-bar', operator: '~', version: '1', buildId: '9999', use: '!a=' }],
  ['font-misc/font-100dpi', { category: 'font-misc', name: 'font-100dpi' }],
]

for (const [text, parts] of TAKEN) {
  test(`taken: ${text}`, () => {
    assert.deepEqual(parseAtom(text), { text, ...parts })
  })
}

const REFUSED = [
  '',
  '/',
  'a/',
  '/b',
  'a/b/c',
  '/etc/passwd',
  'a/b-1',
  'b-1.2-r3',
  '=a/b',
  '=b',
  '>=a/b-1*',
  '~a/b-1*',
  '==a/b-1',
  '=a/b-1-r*',
  '@world',
  '!a/b',
  'a/b[',
  'a/b[]',
  'a/b[ssl',
  'a/b[ssl]x',
  'a/b[ssl][nls]',
  'a/b[ssl]::own',
  'a/b[x y]',
  'a/b[!a]',
  'a/b[-a=]',
  'a/b[-a?]',
  'a/b[!-a]',
  'a/b-1-1',
  '=a/b-1-01',
  '=a/b-1-r1-r2',
  '=a/b-1-1*',
  '=a/b-1-2-3-4',
  'a/b:0*',
  'a/b::own:=',
  '*/b',
  'a/*',
  '*',
  'a/b:',
  'a/b::',
  'a/b:1/2/3',
  'a/b:-1',
  'a/b:==',
  'a/b::-x',
  'a/b::x y',
  'a b',
  '-a',
  '+x',
  'a/b\n',
  'a/b\u001b[2J',
  'ä/b',
  'x'.repeat(500),
]

for (const text of REFUSED) {
  test(`refused: ${JSON.stringify(text.slice(0, 30))}`, () => {
    assert.throws(
      () => parseAtom(text),
      (error) => error instanceof UserError && error.code === 'BAD_ATOM',
    )
  })
}

test('a version without operator is told how to write it', () => {
  assert.throws(
    () => parseAtom('app-misc/hello-2.12'),
    (error) => error instanceof UserError && error.message.includes('=app-misc/hello-2.12'),
  )
})

const hello = { category: 'app-misc', name: 'hello', version: '2.12-r1', slot: '0/2', repository: 'gentoo' }

const MEANT: readonly [string, boolean][] = [
  ['hello', true],
  ['app-misc/hello', true],
  ['dev-libs/hello', false],
  ['hell', false],
  ['=hello-2.12', false],
  ['=hello-2.12-r1', true],
  ['=hello-2.12-r01', true],
  ['~hello-2.12', true],
  ['~hello-2.12-r7', true],
  ['~hello-2.1', false],
  ['>=hello-2.12', true],
  ['>hello-2.12', true],
  ['>hello-2.12-r1', false],
  ['<=hello-2.12', false],
  ['<hello-2.12-r2', true],
  ['<=hello-2.12-r1', true],
  ['=hello-2*', true],
  ['=hello-2.1*', false],
  ['=hello-2.12*', true],
  ['=hello-02.12*', true],
  ['=hello-2.12-r1*', true],
  ['hello:0', true],
  ['hello:0/2', true],
  ['hello:0/3', false],
  ['hello:2', false],
  ['hello::gentoo', true],
  ['hello::own', false],
  ['hello:=', true],
  ['hello:0=', true],
  ['hello:2=', false],
  ['hello[-nls]', true],
  ['=hello-2.12-r1-1', false],
  ['>=hello-2.12-1', true],
]

for (const [text, meant] of MEANT) {
  test(`${text} ${meant ? 'means' : 'does not mean'} app-misc/hello-2.12-r1:0/2::gentoo`, () => {
    assert.equal(matches(parseAtom(text), hello), meant)
  })
}

test('what a candidate does not know is not met', () => {
  const bare = { category: 'a', name: 'b', version: '1' }
  assert.equal(matches(parseAtom('a/b::gentoo'), bare), false)
  assert.equal(matches(parseAtom('a/b:0'), bare), false)
  assert.equal(matches(parseAtom('a/b'), bare), true)
})

test('property: any text is an atom that says itself, or BAD_ATOM', () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[=<>~!@a-z0-9./:*[\]_+-]{0,40}$/))
  fc.assert(
    fc.property(text, (any) => {
      try {
        assert.equal(parseAtom(any).text, any)
      } catch (error) {
        assert.ok(error instanceof UserError && error.code === 'BAD_ATOM', String(error))
      }
    }),
  )
})
