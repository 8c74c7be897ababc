/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { type PrivateText, type Searcher, searcherFor } from '../../../src/package/private/search.ts'

const text = (form: PrivateText['form'], of: string): PrivateText => ({ text: of, form, what: `the ${form} ${of}`, remedy: 'strip it' })
const BUILD = text('path', '/var/tmp/portage/app-misc/hello-2')
const ANNA = text('word', 'anna')
const searcher = searcherFor([BUILD, ANNA])

/** The same bytes whole and in pieces of every size. */
function found(of: Searcher, bytes: Buffer): (string | undefined)[] {
  const sizes = [...new Set([1, 2, 3, 5, 7, 33, 34, 35, bytes.length - 1, bytes.length, bytes.length + 1])].filter((size) => size > 0)
  const inPieces = sizes.map((size) => {
    const search = of.begin()
    const piece = Buffer.alloc(size)
    for (let at = 0; at < bytes.length; at += size) search.add(piece.subarray(0, bytes.copy(piece, 0, at)))
    return search.end()?.text
  })
  return [...new Set([of.whole(bytes)?.text, ...inPieces])]
}

describe('found whole and in pieces', () => {
  const cases: [string, string | undefined][] = [
    ['/var/tmp/portage/app-misc/hello-2/work/hello.c', BUILD.text],
    ['xx-I/var/tmp/portage/app-misc/hello-2', BUILD.text],
    ['\u00ff\0/var/tmp/portage/app-misc/hello-2\0', BUILD.text],
    ['/var/tmp/portage/app-misc/hello-20/work', undefined],
    ['/var/tmp/portage/app-misc/hello-20 /var/tmp/portage/app-misc/hello-2.', BUILD.text],
    ['/var/tmp/portage/app-misc/hello-', undefined],
    ['anna', ANNA.text],
    ['built by anna\n', ANNA.text],
    ['anna@alpha', ANNA.text],
    ['\0anna\0', ANNA.text],
    ['/home/anna/src', ANNA.text],
    ['savannah.gnu.org', undefined],
    ['annals, anna_b, anna2, Annas, ANNA_', undefined],
    ['Compiled by ANNA\n', ANNA.text],
    ['(c) Anna', ANNA.text],
    ['joanna anna', ANNA.text],
    ['\u00e9anna ', undefined],
    ['\u0001anna\u0002', ANNA.text],
    ['\0 \u0001anna\u0002', undefined],
    ['anna /var/tmp/portage/app-misc/hello-2', BUILD.text],
    ['', undefined],
  ]
  for (const [bytes, expected] of cases)
    test(JSON.stringify(bytes), () => assert.deepEqual(found(searcher, Buffer.from(bytes, 'utf8')), [expected]))
})

const latin1 = (of: string): Buffer => Buffer.from(of, 'latin1')

describe('a name found in what programs and people write', () => {
  const MIMAS = text('word', 'mimas')
  const ANNIKA = text('word', 'annika')
  const of = searcherFor([MIMAS, ANNIKA, text('word', 'tom'), text('word', 'Desk7bX')])
  const cases: [string, Buffer, string | undefined][] = [
    ['a constant of Java', latin1('\x01\0\x05mimas\x01\0\x06annikaLCode'), 'mimas'],
    ['a constant of Java, whatever follows', latin1('\0\x05mimasx'), 'mimas'],
    ['bytecode of Python', latin1('\xda\x05mimasr\x03\0'), 'mimas'],
    ['a pickle without a zero', latin1('\x80\x04\x8c\x05mimas\x94.'), 'mimas'],
    ['a row of SQLite', latin1('SQLite\0\x02\x03annikamimasfirst note'), 'annika'],
    ['strings of Rust side by side', latin1('\0called by annikasrc/main.rs'), 'annika'],
    ['strings side by side, as it is called', latin1('\0invalid argsDesk7bXbuilt at '), 'Desk7bX'],
    ['typographic quotes', Buffer.from('by \u2018mimas\u2019'), 'mimas'],
    ['other quotes', Buffer.from('\u201cmimas\u201d'), 'mimas'],
    ['dots', Buffer.from('mimas\u2026'), 'mimas'],
    ['a blank where no line breaks', Buffer.from('by\u00a0mimas'), 'mimas'],
    ['a dash', Buffer.from('mimas\u2014a host'), 'mimas'],
    ['Chinese', Buffer.from('\u4f5c\u8005mimas\u8457'), 'mimas'],
    ['a picture', Buffer.from('mimas\u{1f600}'), 'mimas'],
    ['quotes of Windows', latin1('by \x93mimas\x94'), 'mimas'],
    ['colours of a terminal', latin1('by \x1b[1mmimas\x1b[0m'), 'mimas'],
    ['colours that a script writes', latin1('by \\033[1;31mmimas\\033[0m'), 'mimas'],
    ['an end of a page', latin1('\fmimas\v'), 'mimas'],
    ['a text in a text', latin1(String.raw`"by\nmimas\n"`), 'mimas'],
    ['an address', latin1('by%20mimas%20'), 'mimas'],
    ['a short name in quotes', Buffer.from('\u201ctom\u201d'), 'tom'],
    ['a longer word', latin1('mimasx xmimas \x06mimasx'), undefined],
    ['a longer word of another language', Buffer.from('\u00e9mimas mimas\u00e9 mimas\u0301'), undefined],
    ['a longer word of Latin-1', latin1('\xe9mimas'), undefined],
    ['a longer word in a program', latin1('\0annikas, \0xannikax'), undefined],
    ['a digit or an underscore beside it in a program', latin1('\0built_by_annika2'), 'annika'],
    ['side by side in a text', latin1('called by annikasrc/main.rs'), undefined],
    ['side by side in a program, in another case', latin1('\0called byANNIKAsrcmain'), undefined],
    ['a short name in a program', latin1('\0\x03tom\x01\xfftom\x7f atoms'), undefined],
  ]
  for (const [what, room, expected] of cases) test(what, () => assert.deepEqual(found(of, room), [expected]))
})

const wide = (of: string): Buffer => Buffer.from(of, 'utf16le')

describe('found however it is written', () => {
  const whole = '/var/tmp/portage/app-misc/hello-2/work'
  const base64 = (before: string): string => Buffer.from(`${before}${whole}/x`).toString('base64')
  const lines = base64('some words in front of it, ').replaceAll(/.{20}/g, '$&\n')
  const cases: [string, Buffer, string | undefined][] = [
    ['JSON with escaped slashes', Buffer.from(JSON.stringify({ whole }).replaceAll('/', String.raw`\/`)), BUILD.text],
    ['JSON in JSON', Buffer.from(whole.replaceAll('/', String.raw`\\\/`)), BUILD.text],
    ['an address', Buffer.from(encodeURIComponent(whole)), BUILD.text],
    ['an address in small letters', Buffer.from(encodeURIComponent(whole).toLowerCase()), BUILD.text],
    ['two slashes', Buffer.from(whole.replace('/app-misc', '//app-misc')), BUILD.text],
    ['a dot between slashes', Buffer.from(whole.replace('/app-misc', '/./app-misc')), BUILD.text],
    ['XML', Buffer.from(whole.replaceAll('/', '&#x2F;')), BUILD.text],
    ['UTF-16 LE', wide(`in ${whole}`), BUILD.text],
    ['UTF-16 BE', wide(`in ${whole}`).swap16(), BUILD.text],
    ['UTF-16 of a name', wide('by anna.'), ANNA.text],
    ['UTF-16 BE of a name', wide('by ANNA.').swap16(), ANNA.text],
    ['UTF-16 of nothing but a name', wide('\uFEFFanna'), ANNA.text],
    ['base64', Buffer.from(base64('')), BUILD.text],
    ['base64, a byte in', Buffer.from(base64('x')), BUILD.text],
    ['base64, two bytes in', Buffer.from(base64('xx')), BUILD.text],
    ['base64 in an address', Buffer.from(`data:;base64,${base64('a=1 ')}`), BUILD.text],
    ['UTF-16 of a longer path', wide(`${BUILD.text}0/work`), undefined],
    ['UTF-16 of a longer name', wide('savannah annas'), undefined],
    ['an address of a longer path', Buffer.from(encodeURIComponent(`${BUILD.text}0/work`)), undefined],
    ['base64 of a longer path', Buffer.from(Buffer.from(`${BUILD.text}0/work`).toString('base64')), undefined],
    ['names of the path alone', Buffer.from('var tmp portage app-misc/hello-2 tmp/portage/app-misc/hello-2'), undefined],
    ['another path', Buffer.from('/var/tmp/portages/app-misc/hello-2 /var/tmp/portage/x/hello-2'), undefined],
  ]
  for (const [what, bytes, expected] of cases) test(what, () => assert.deepEqual(found(searcher, bytes), [expected]))

  test('base64 in lines, but where the end of one cuts what is looked for', () => {
    const cut = [0, 1, 2, 3, 4, 5, 6, 7].filter((before) => found(searcher, Buffer.from(lines.slice(before)))[0] === undefined)
    assert.deepEqual(cut, [])
  })
  test('a host like a user', () => {
    const of = searcherFor([text('word', 'Desk7b'), ANNA])
    for (const written of ['Desk7b', 'desk7b', 'DESK7B', 'made on desk7b.']) assert.deepEqual(found(of, Buffer.from(written)), ['Desk7b'])
    for (const written of ['desk7', 'desk7bb', 'dESK7b']) assert.deepEqual(found(of, Buffer.from(written)), [undefined])
  })
  test('a path with bytes that addresses write as numbers', () => {
    const of = searcherFor([text('path', '/srv/a+b/größe/x-1')])
    assert.deepEqual(found(of, Buffer.from(encodeURIComponent('/srv/a+b/größe/x-1'))), ['/srv/a+b/größe/x-1'])
    assert.deepEqual(found(of, Buffer.from('/srv/a+b/größe/x-1/y')), ['/srv/a+b/größe/x-1'])
  })
})

describe('a name counts where all of it is written', () => {
  const names = ['jonathan', 'nicolas', 'Sebastian', 'thinkpad7', 'larry', 'gentoo1'].map((name) => text('word', name))
  const of = searcherFor(names)
  const whole: [string, Buffer, string][] = [
    ['the last of a text', latin1('by jonathan'), 'jonathan'],
    ['behind one that only begins so', latin1('jonathXY jonath jonathan.'), 'jonathan'],
    ['with one capital', latin1('(c) Nicolas\n'), 'nicolas'],
    ['in capitals', latin1('NICOLAI NICOLAS'), 'nicolas'],
    ['as it is called', latin1('Sebastien Sebastian'), 'Sebastian'],
    ['with a number', latin1('gentoo gentoo1 '), 'gentoo1'],
    ['between others in a program', latin1('\0argsthinkpad7bythinkpad8\0'), 'thinkpad7'],
    ['counted', latin1('\0\x08jonathan\x05\0'), 'jonathan'],
    ['in UTF-16', wide('large larry'), 'larry'],
    ['in UTF-16 BE', wide('large Larry ').swap16(), 'larry'],
    ['in UTF-16 between others', wide('LARGE LARRY\0x'), 'larry'],
  ]
  for (const [what, bytes, expected] of whole) test(`found: ${what}`, () => assert.deepEqual(found(of, bytes), [expected]))
  const parts: [string, Buffer][] = [
    ['another end', latin1('jonathXY Nicolai NICOLAI sebastien Sebastiaan. thinkpad8')],
    ['no end', latin1('gentoo gentoo\n thinkpad.')],
    ['no end, for the file has one', latin1('by jonath')],
    ['an end that is none of it', latin1('jonathanx jonathan_ jonathan7')],
    ['another end in a program', latin1('\0args thinkpad8by jonathaXsrc\0\x07gentoo2')],
    ['another end in UTF-16', wide('\0large icons\0Lars gently')],
    ['another end in UTF-16 BE', wide('large LARGE ').swap16()],
    ['no end in UTF-16, for the file has one', wide('large').subarray(0, -3)],
    ['an end that is none of it in UTF-16', wide('larrys jonathane')],
  ]
  for (const [what, bytes] of parts) test(`not found: ${what}`, () => assert.deepEqual(found(of, bytes), [undefined]))
  test('in the last window of a file, wherever that cuts it', () => {
    for (const written of [latin1('jonathan'), wide('jonathan'), wide('JONATHAN').swap16()])
      for (let cut = 1; cut < written.length; cut++) {
        const search = of.begin()
        search.add(Buffer.concat([Buffer.alloc(100), written.subarray(0, cut)]))
        search.add(written.subarray(cut))
        assert.equal(search.end()?.text, 'jonathan', `${written.toString('latin1')} cut at ${cut}`)
      }
  })
})

test('a name that is found is there', () => {
  const of = searcherFor([text('word', 'jonathan')])
  const part = fc.constantFrom('jonath', 'jonathan', 'an', 'aN', 'JONATH', 'AN', ' ', '\0', 'x', '\x08', wide('jonath').toString('latin1'), wide('an').toString('latin1'), wide(' x').toString('latin1')) // prettier-ignore
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (written) => {
      const bytes = latin1(written.join(''))
      const plain = bytes.toString('latin1').replaceAll('\0', '').toLowerCase()
      const [name, ...others] = found(of, bytes)
      assert.deepEqual(others, [], JSON.stringify(written))
      assert.ok(name === undefined || plain.includes(name), JSON.stringify(written))
    }),
    { numRuns: 2000 },
  )
})

test('pieces of any sizes find what the whole finds', () => {
  const part = fc.constantFrom(
    'anna',
    ' ',
    'x',
    '\0',
    '\u0001',
    '\u00e9',
    '\u2019',
    'a\0n\0n\0a\0',
    BUILD.text,
    encodeURIComponent(BUILD.text),
    '/',
    'an',
    'na',
    BUILD.text.slice(0, 9),
    BUILD.text.slice(9),
  )
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 30 }),
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 9 }),
      (parts, sizes) => {
        const bytes = Buffer.from(parts.join(''))
        const search = searcher.begin()
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1
          search.add(bytes.subarray(at, at + size))
          at += size
        }
        assert.equal(search.end(), searcher.whole(bytes))
      },
    ),
    { numRuns: 2000 },
  )
})

test('nothing to look for finds nothing', () => assert.equal(searcherFor([]).whole(Buffer.from('anna')), undefined))
