/**
 * A dependency string is met, unmet and takes names exactly as its groups say; what is no such string is refused whole.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { matches, parseAtom } from '../../src/portage/atom.ts'
import { StrangerError } from '../../src/base/errors.ts'
import { blockersOf, boundIn, packagesIn, unmetAtoms } from '../../src/portage/depend.ts'
import { blockers, type Installed, installations, textOf, type Tree, trees, useSets } from './specs.ts'

const INSTALLED: readonly Installed[] = [
  { category: 'dev-libs', name: 'glib', version: '2.80-r1', slot: '2' },
  { category: 'dev-libs', name: 'icu', version: '75.1', slot: '0/75.1' },
  { category: 'dev-lang', name: 'python', version: '3.13.1', slot: '3.13' },
]

const UNMET: readonly [string, readonly string[], readonly string[]][] = [
  ['', [], []],
  ['dev-libs/glib', [], []],
  ['dev-libs/glib dev-libs/none dev-libs/neither', [], ['dev-libs/none', 'dev-libs/neither']],
  ['>=dev-libs/glib-2.81 <dev-libs/glib-2.80', [], ['>=dev-libs/glib-2.81', '<dev-libs/glib-2.80']],
  ['( dev-libs/glib ( dev-libs/none ) )', [], ['dev-libs/none']],
  ['|| ( dev-libs/none dev-libs/glib )', [], []],
  ['|| ( dev-libs/none ( dev-libs/glib dev-libs/neither ) )', [], ['dev-libs/none or (dev-libs/glib and dev-libs/neither)']],
  ['|| ( ( dev-libs/glib dev-libs/icu ) dev-libs/none )', [], []],
  ['ssl? ( dev-libs/none )', [], []],
  ['ssl? ( dev-libs/none )', ['ssl'], ['dev-libs/none']],
  ['!ssl? ( dev-libs/none )', [], ['dev-libs/none']],
  ['!ssl? ( dev-libs/none )', ['ssl'], []],
  ['|| ( ssl? ( dev-libs/glib ) dev-libs/none )', ['ssl'], []],
  ['|| ( ssl? ( dev-libs/glib ) dev-libs/none )', [], ['dev-libs/none']],
  ['|| ( ssl? ( dev-libs/glib ) )', [], ['one of nothing']],
  ['|| ( ( ssl? ( dev-libs/glib ) ) dev-libs/none )', [], ['dev-libs/none']],
  ['^^ ( dev-libs/glib dev-libs/none )', [], []],
  ['^^ ( dev-libs/glib dev-libs/icu )', [], ['dev-libs/glib or else dev-libs/icu']],
  ['?? ( dev-libs/glib dev-libs/icu )', [], ['dev-libs/glib or at most dev-libs/icu']],
  ['?? ( dev-libs/none dev-libs/neither )', [], []],
  ['dev-libs/icu:= dev-libs/icu:0= dev-libs/icu:0/75.1= dev-libs/icu:* dev-libs/icu:0/75.1', [], []],
  ['dev-libs/icu:0/76=', [], ['dev-libs/icu:0/76=']],
  ['dev-lang/python:3.13[ssl,-doc(+),X?,!nls=] dev-lang/python:3.12[ssl]', [], ['dev-lang/python:3.12[ssl]']],
  ['!dev-libs/glib !!dev-libs/none', [], []],
  ['|| ( !dev-libs/glib dev-libs/none )', [], ['!dev-libs/glib or dev-libs/none']],
  ['=dev-libs/glib-2* ~dev-libs/glib-2.80 dev-libs/glib:2::own', [], ['dev-libs/glib:2::own']],
]

describe('unmet', () => {
  for (const [text, use, unmet] of UNMET)
    test(`${text} with USE="${use.join(' ')}"`, () => assert.deepEqual(unmetAtoms(text, new Set(use), INSTALLED), unmet))
})

test('blockers are found wherever a flag lets them count, with their strength', () => {
  const text = 'a/a !<b/b-2 ssl? ( !!c/c:0 ) !ssl? ( !d/d[x] ) || ( e/e ( !f/f g/g ) )'
  const found = (use: Parameters<typeof blockersOf>[1]): string[] => blockersOf(text, use).map((one) => `${one.text} ${one.strong}`)
  assert.deepEqual(found(new Set(['ssl'])), ['!<b/b-2 false', '!!c/c:0 true', '!f/f false'])
  assert.deepEqual(found(new Set()), ['!<b/b-2 false', '!d/d[x] false', '!f/f false'])
  assert.equal(found('any').length, 4)
  assert.deepEqual(blockersOf(text, new Set())[0]?.atom, parseAtom('<b/b-2'))
})

const BOUND: readonly [string, string, string][] = [
  ['a/b:=', 'a/b', 'a/b'],
  ['a/b:0= >=a/c-2:= a/d:0/2=', 'a/b a/c a/d', 'a/b a/c a/d'],
  ['a/b =a/c-1 a/d:0 a/e:* !a/f:= a/g:0/2', '', ''],
  ['a/b:=[x,-y(+),z=] a/c[x=]', 'a/b', 'a/b'],
  ['x? ( a/b:= ) !x? ( a/c:= ) y? ( a/d:= )', 'a/b', 'a/b'],
  ['|| ( a/b:= a/c:= ) a/d:=', 'a/d', 'a/b a/c a/d'],
  ['( a/b:= ( a/c:= ) )', 'a/b a/c', 'a/b a/c'],
]

for (const [text, always, maybe] of BOUND) {
  test(`what ${text} binds a build to`, () => {
    const bound = boundIn(text, new Set(['x']))
    assert.deepEqual([[...bound.always].toSorted().join(' '), [...bound.maybe].toSorted().join(' ')], [always, maybe])
  })
}

test('packages are named by all branches that count, and by no blocker', () => {
  const text = '>=a/a-1:0= !b/b || ( c/c ( d/d e/e ) ) ssl? ( f/f ) !ssl? ( g/g ) ^^ ( h/h i/i )'
  assert.deepEqual([...packagesIn(text, new Set(['ssl']))], ['a/a', 'c/c', 'd/d', 'e/e', 'f/f', 'h/h', 'i/i'])
  assert.deepEqual([...packagesIn(text, 'any')], ['a/a', 'c/c', 'd/d', 'e/e', 'f/f', 'g/g', 'h/h', 'i/i'])
})

const REFUSED = [
  '(',
  ')',
  '( )',
  '( a/b',
  'a/b )',
  '|| a/b',
  '||',
  'ssl?',
  'ssl? a/b',
  '!ssl?( a/b )',
  '||( a/b )',
  '(a/b)',
  'a/b -> c',
  'a/b c',
  'a/b-1',
  '=a/b',
  '!!!a/b',
  '! a/b',
  'a/b[',
  'a/b[]',
  'a/b[ssl',
  'a/b[ssl]]',
  'a/b[ssl,]',
  'a/b[ss l]',
  'a/b[ssl][doc]',
  'a/b[ssl]:0',
  'a/b:',
  'a/b:==',
  'a/b:=0',
  'b',
  '=b-1',
  'a/*',
  'a/b\u001b[2J',
  '( '.repeat(100) + 'a/b' + ' )'.repeat(100),
  'x'.repeat(2_000_000),
  'a/b '.repeat(60_000),
]

describe('refused', () => {
  for (const text of REFUSED) {
    test(JSON.stringify(text.slice(0, 40)), () => {
      for (const ask of [() => unmetAtoms(text, new Set(), INSTALLED), () => blockersOf(text, 'any'), () => packagesIn(text, 'any')])
        assert.throws(ask, (error) => error instanceof StrangerError && ['SCHEMA', 'TOO_LARGE'].includes(error.code))
    })
  }
})

/** What PMS 8.2 says of a tree, written down a second time. */
function holds(part: Tree, use: ReadonlySet<string>, installed: readonly Installed[]): boolean {
  if (part.kind === 'atom') {
    const bare = parseAtom(
      part.text.replace(/\[.*\]$/, '').replace(/:?[=*]$/, (end) => (part.text.startsWith('=') && end === '*' ? end : '')),
    )
    return installed.some((one) => matches(bare, one))
  }
  const parts = part.parts.filter((one) => counts(one, use) && !isEmpty(one, use))
  return part.kind === 'any' ? parts.some((one) => holds(one, use, installed)) : parts.every((one) => holds(one, use, installed))
}

function isEmpty(part: Tree, use: ReadonlySet<string>): boolean {
  return part.kind !== 'atom' && part.kind !== 'any' && part.parts.every((one) => !counts(one, use) || isEmpty(one, use))
}

function counts(part: Tree, use: ReadonlySet<string>): boolean {
  return part.kind !== 'use' || use.has(part.flag.replace(/[!?]/g, '')) !== part.flag.startsWith('!')
}

test('property: a tree is met exactly when each of its parts is, and what is said to be unmet is unmet', () => {
  fc.assert(
    fc.property(trees, blockers, useSets, installations, (parts, blocking, flags, installed) => {
      const use = new Set(flags)
      const unmet = unmetAtoms([textOf(parts), ...blocking].join(' '), use, installed)
      assert.equal(
        unmet.length === 0,
        parts.filter((part) => counts(part, use)).every((part) => holds(part, use, installed)),
      )
      assert.equal(blockersOf([textOf(parts), ...blocking].join('\n'), use).length, blocking.length)
    }),
    { numRuns: 2000 },
  )
})

test('property: with nothing installed, all that is asked for is unmet; with all branches there, nothing is', () => {
  fc.assert(
    fc.property(trees, useSets, (parts, flags) => {
      const [text, use] = [textOf(parts), new Set(flags)]
      const asked = parts.some((part) => counts(part, use) && !holds(part, use, []))
      assert.equal(unmetAtoms(text, use, []).length > 0, asked)
      for (const name of packagesIn(text, use)) assert.ok(packagesIn(text, 'any').has(name))
    }),
  )
})

test('property: any text is read or refused as a stranger\u2019s, at once', () => {
  const pieces = fc.constantFrom(
    '(',
    ')',
    '||',
    '^^',
    '??',
    'ssl?',
    '!ssl?',
    'a/b',
    '>=a/b-1:0/1=[x]',
    '!a/b',
    '->',
    ':',
    '[',
    '*',
    '\u0000',
  )
  const text = fc.oneof(
    fc.string(),
    fc.array(pieces, { maxLength: 30 }).map((all) => all.join(' ')),
    fc.array(pieces).map((all) => all.join('')),
  )
  fc.assert(
    fc.property(text, (any) => {
      try {
        unmetAtoms(any, new Set(['ssl']), INSTALLED)
        blockersOf(any, 'any')
        packagesIn(any, new Set())
      } catch (error) {
        assert.ok(error instanceof StrangerError, String(error))
      }
    }),
  )
})
