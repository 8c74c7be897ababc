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
    ['annals, anna_b, anna2, Anna', undefined],
    ['joanna anna', ANNA.text],
    ['\u00e9anna ', undefined],
    ['\u0001anna\u0002', undefined],
    ['anna /var/tmp/portage/app-misc/hello-2', BUILD.text],
    ['', undefined],
  ]
  for (const [bytes, expected] of cases)
    test(JSON.stringify(bytes), () => assert.deepEqual(found(searcher, Buffer.from(bytes, 'utf8')), [expected]))
})

test('a host is found however it is written, a user only as it is called', () => {
  const of = searcherFor([{ ...text('word', 'Desk7b'), anyCase: true }, ANNA])
  for (const written of ['Desk7b', 'desk7b', 'DESK7B', 'made on desk7b.']) assert.deepEqual(found(of, Buffer.from(written)), ['Desk7b'])
  for (const written of ['desk7', 'desk7bb', 'dESK7b', 'Anna']) assert.deepEqual(found(of, Buffer.from(written)), [undefined])
})

test('pieces of any sizes find what the whole finds', () => {
  const part = fc.constantFrom('anna', ' ', 'x', '\0', BUILD.text, '/', 'an', 'na', BUILD.text.slice(0, 9), BUILD.text.slice(9))
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
