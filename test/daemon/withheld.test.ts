/**
 * Why a build was neither compared nor given to others is in the row that `standin why` shows of that build, and in no row of an earlier one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { INCOMPARABLE } from '../../src/daemon/audit.ts'
import type { CourseReport } from '../../src/daemon/controlWire.ts'
import { openKnown } from '../../src/daemon/known.ts'
import { cameToNoMerge, saveWord, neverAsked, withheld } from '../../src/daemon/withheld.ts'
import { atEnd } from '../support/atEnd.ts'
import { building, NOW } from './support/building.ts'

const CPV = 'app-misc/hello-1'
const WHY = 'EXTRA_ECONF is set'

/** What was written down so many seconds ago. */
function rowFrom(secondsAgo: number, more: Partial<CourseReport> = {}): CourseReport {
  const at = new Date(NOW.getTime() - secondsAgo * 1000).toISOString()
  const verdicts = [{ rule: 'no-setid', passed: true, text: 'no set-id files' }]
  return { cpv: CPV, repository: 'gentoo', slot: '0/2', at, placed: false, outcome: 'no stand-in: nobody offers a copy', verdicts, ...more }
}

function bookIn(t: TestContext, row?: CourseReport): { book: Parameters<typeof withheld>[0]; rows: () => CourseReport[] } {
  const known = openKnown(':memory:')
  atEnd(t, () => known.close())
  if (row !== undefined) known.saveCourse(row)
  return { book: { known, clock: () => NOW }, rows: () => known.courses() }
}

const HOME = { rule: 'publish', passed: false, text: `not published: ${WHY}` }
const UNLIKE = { rule: 'own-build', passed: false, text: `${INCOMPARABLE}: ${WHY}` }
const [FRESH, STALE] = [rowFrom(5), rowFrom(3600, { placed: true, outcome: 'placed: level 3', verdicts: [UNLIKE] })]
const PLACED = { ...FRESH, placed: true, outcome: 'placed: level 3' }
const AGREES = { rule: 'own-build', passed: true, text: 'your own build agrees with the copy that stood in' }
const made = (outcome: string): CourseReport => rowFrom(0, { outcome, verdicts: [HOME] })
const OFF = made('no stand-in: install is not in STANDIN_FEATURES')

interface Case {
  readonly what: string
  readonly course: Parameters<typeof building>[0]
  readonly before?: CourseReport
  readonly told: readonly string[]
  readonly after: readonly CourseReport[]
}

const CASES: readonly Case[] = [
  { what: 'publish alone, the first time', course: { install: false }, told: [HOME.text], after: [OFF] },
  { what: 'publish alone, after an earlier build', course: { install: false }, before: STALE, told: [HOME.text], after: [OFF] },
  {
    what: 'a build for a binary package',
    course: { install: false, type: 'buildonly' },
    told: [HOME.text],
    after: [made('no stand-in: it was built to be packed, not to be merged')],
  },
  {
    what: 'no copy came',
    course: {},
    before: FRESH,
    told: [HOME.text],
    after: [{ ...FRESH, verdicts: [...FRESH.verdicts, HOME] }],
  },
  { what: 'no copy was looked for', course: {}, before: STALE, told: [HOME.text], after: [made('no stand-in: none was looked for')] },
  {
    what: 'a copy stood in',
    course: { stoodIn: 3 },
    before: PLACED,
    told: [`${INCOMPARABLE}, and is not published: ${WHY}`],
    after: [{ ...PLACED, verdicts: [...FRESH.verdicts, UNLIKE, HOME] }],
  },
  {
    what: 'a copy stood in, and nothing is given to others',
    course: { stoodIn: 3, publish: false },
    before: PLACED,
    told: [`${INCOMPARABLE}: ${WHY}`],
    after: [{ ...PLACED, verdicts: [...FRESH.verdicts, UNLIKE] }],
  },
  {
    what: 'the copy that stood in has been compared',
    course: { stoodIn: 3 },
    before: { ...PLACED, verdicts: [AGREES] },
    told: [HOME.text],
    after: [{ ...PLACED, verdicts: [AGREES, HOME] }],
  },
  { what: 'nobody waits for a word', course: { publish: false }, before: FRESH, told: [], after: [FRESH] },
]

for (const { what, course, before, told, after } of CASES)
  test(`what keeps a build at home is told and written down: ${what}`, (t) => {
    const { book, rows } = bookIn(t, before)
    const lines: string[] = []
    withheld(book, building(course), (_course, text) => lines.push(text), WHY)
    assert.deepEqual([lines, rows()], [told, after])
  })

test('a build that came to no merge has that word in the place of an earlier build’s, where it was to be published', (t) => {
  const published = rowFrom(3600, { verdicts: [{ rule: 'publish', passed: true, text: 'published' }] })
  const { book, rows } = bookIn(t, published)
  cameToNoMerge(book, building({ publish: false }))
  assert.deepEqual(rows(), [published])
  cameToNoMerge(book, building({ install: false }))
  const word = { rule: 'publish', passed: false, text: 'not published: the build came to no merge' }
  assert.deepEqual(
    rows().map(({ at, verdicts }) => [at, verdicts]),
    [[NOW.toISOString(), [word]]],
  )
})

test('a build of which nobody can say what is switched on has a row of its own', (t) => {
  const { book, rows } = bookIn(t, STALE)
  const { began } = building({}).note
  neverAsked(book, { ...began, values: { ...began.values, STANDIN_FEATURES: 'install publish' } }, WHY)
  const row = rowFrom(0, { outcome: `no stand-in: ${WHY}`, verdicts: [HOME] })
  assert.deepEqual(rows(), [row])
  neverAsked(book, { ...began, values: { ...began.values, STANDIN_FEATURES: 'install' } }, WHY)
  assert.deepEqual(rows(), [{ ...row, verdicts: [] }])
})

test('a rule has one word on a build, the last one, on one line and of bounded length', (t) => {
  const { book, rows } = bookIn(t)
  const course = building({})
  saveWord(book, course, 'publish', false, `two\nlines ${'x'.repeat(5000)}`)
  const [first] = rows()[0]?.verdicts ?? []
  assert.match(first?.text ?? '', /^two lines x{100,1990}$/)
  saveWord(book, course, 'publish', true, 'published')
  assert.deepEqual(
    rows().map(({ verdicts }) => verdicts),
    [[{ rule: 'publish', passed: true, text: 'published' }]],
  )
})
