/**
 * A clean rebuild has the last word on a dispute, one beside stand-ins has none; files of old disputes go, their rows stay.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { audit } from '../../src/daemon/audit.ts'
import { describe as inWords, refuses } from '../../src/daemon/dispute.ts'
import { boundDisputes } from '../../src/daemon/disputeFiles.ts'
import { rebuilt } from '../../src/daemon/rebuild.ts'
import { auditOf, copyOf, ownOf, type Place, placeIn, type Side } from './support/built.ts'

const CPV = 'app-misc/hello-2.10'

/** A dispute between the copy `a` and the own build `b`, with stand-ins live at the own one or not. */
async function disputeIn(place: Place, standinsLive: boolean): Promise<void> {
  await audit(auditOf(place, { text: 'a' }, { text: 'b', standinsLive }))
}

interface Case {
  readonly what: string
  readonly standinsLive: boolean
  readonly again: Side
  readonly state: string
  readonly says: RegExp | undefined
}

const CASES: readonly Case[] = [
  { what: 'what the copy had', standinsLive: true, again: { text: 'a' }, state: 'resolved', says: /closed in its favour/ },
  {
    what: 'the same but for dates',
    standinsLive: true,
    again: { text: 'c', stable: 'a' },
    state: 'resolved',
    says: /closed in its favour/,
  },
  { what: 'what was built before', standinsLive: true, again: { text: 'b' }, state: 'accuses', says: /COPY THAT STOOD IN IS WRONG/ },
  { what: 'a third content', standinsLive: true, again: { text: 'c' }, state: 'irreproducible', says: /nobody is accused/ },
  { what: 'a third content', standinsLive: false, again: { text: 'c' }, state: 'irreproducible', says: /nobody is accused/ },
  { what: 'the copy’s, though it was accused', standinsLive: false, again: { text: 'a' }, state: 'resolved', says: /closed in its favour/ },
  { what: 'the same again, as is known', standinsLive: false, again: { text: 'b' }, state: 'accuses', says: undefined },
  {
    what: 'anything, not clean',
    standinsLive: true,
    again: { text: 'a', standinsLive: true },
    state: 'open',
    says: /still waits for a clean/,
  },
  { what: 'anything, not clean', standinsLive: false, again: { text: 'a', standinsLive: true }, state: 'accuses', says: undefined },
  { what: 'another linkage', standinsLive: true, again: { text: 'c', metadata: { RDEPEND: 'a/b:1=' } }, state: 'open', says: undefined },
]

for (const { what, standinsLive, again, state, says } of CASES) {
  test(`${standinsLive ? 'an open dispute' : 'an accusation'}, and a rebuild gives ${what}: ${state}`, async (t) => {
    const place = placeIn(t)
    await disputeIn(place, standinsLive)
    const words = rebuilt({ known: place.known, own: ownOf(place, again), standinsLive: again.standinsLive ?? false })
    assert.deepEqual(
      place.known.disputes().map((one) => one.state),
      [state],
    )
    assert.equal(words.length, says === undefined ? 0 : 1)
    if (says !== undefined) assert.match(words[0]?.text ?? '', says)
    assert.equal(
      words.some(({ closed }) => closed !== undefined),
      state === 'resolved',
    )
    assert.equal(place.known.awaitsRebuild(CPV), ['open', 'accuses'].includes(state))
    assert.equal(place.known.awaitsRebuild('app-misc/hello-2.1'), false)
  })
}

test('a resolved dispute refuses what was spoken against, any other one refuses the recipe', async (t) => {
  const place = placeIn(t)
  await disputeIn(place, true)
  const [a, b] = ['a', 'b'].map((text) => copyOf(place, { text }).offer.content)
  const refused = (): boolean[] => [a, b].map((content) => place.known.disputes().some((one) => refuses(one, content ?? '')))
  assert.deepEqual(refused(), [true, true])
  rebuilt({ known: place.known, own: ownOf(place, { text: 'a' }), standinsLive: false })
  assert.deepEqual(refused(), [false, true])
})

/** The copy, the own build and the rebuild that differ in `usr/x`; what the copy has in `usr/y` is nobody else's. */
const [COPY, OWN, THIRD] = ['a', 'b', 'c'].map((text): Side => ({ text, also: { 'usr/y': text === 'a' ? 'mined' : 'plain' } }))

test('a copy that differs also where the own builds are equal stays accused, whatever else varies', async (t) => {
  const place = placeIn(t)
  await audit(auditOf(place, COPY ?? assert.fail(), OWN ?? assert.fail()))
  const words = rebuilt({ known: place.known, own: ownOf(place, THIRD ?? assert.fail()), standinsLive: false })
  assert.match(words[0]?.text ?? '', /but not in \/usr\/y: there THE COPY THAT STOOD IN IS WRONG/)
  assert.equal(place.known.disputes()[0]?.state, 'accuses')
})

test('of a package that is never the same twice a copy that differs where it varies accuses nobody, one that differs elsewhere does', async (t) => {
  const place = placeIn(t)
  await disputeIn(place, false)
  rebuilt({ known: place.known, own: ownOf(place, { text: 'c' }), standinsLive: false })
  assert.match(inWords(place.known.disputes()[0] ?? assert.fail()), /never built the same twice here \(\/usr\/x\)/)
  assert.equal(
    place.known.disputes().some((one) => refuses(one, copyOf(place, { text: 'a' }).offer.content)),
    false,
  )

  const later = await audit(auditOf(place, { text: 'd' }, { text: 'e' }))
  assert.deepEqual([later.verdict, later.build.audit, later.tone], ['not-comparable', 'not-comparable', 'warn'])
  assert.match(later.line, /can't be compared .*: this package is never built the same twice \(\/usr\/x\)/)
  assert.equal(place.known.disputes().length, 1)

  const tampered = await audit(auditOf(place, { text: 'd', also: { 'usr/y': 'mined' } }, { text: 'e' }))
  assert.equal(tampered.verdict, 'differ')
  assert.match(tampered.line, /YOUR OWN BUILD DIFFERS .*\/usr\/y/)
  assert.deepEqual(
    place.known.disputes().map(({ state }) => state),
    ['irreproducible', 'accuses'],
  )
})

test('where nothing is left of the builds before it, a third content lifts the accusation all the same', async (t) => {
  const place = placeIn(t)
  await disputeIn(place, false)
  rmSync(place.known.disputes()[0]?.kept ?? '', { recursive: true })
  rebuilt({ known: place.known, own: ownOf(place, { text: 'c' }), standinsLive: false })
  const [row] = place.known.disputes()
  assert.deepEqual([row?.state, row?.varies], ['irreproducible', undefined])
})

for (const standinsLive of [false, true]) {
  test(`an accusation names what else it may be${standinsLive ? ', and that the copy was signed as one that may have been changed' : ''}`, async (t) => {
    const place = placeIn(t)
    await audit(auditOf(place, { text: 'a', standinsLive }, { text: 'b', besideItself: true }))
    const [word] = rebuilt({ known: place.known, own: ownOf(place, { text: 'b' }), standinsLive: false, replaces: false })
    assert.match(word?.text ?? '', /THE COPY THAT STOOD IN IS WRONG \(or a header, a static library or a tool, .* another version here\)/)
    assert.equal(/whoever signed it says that it may have been changed/.test(word?.text ?? ''), standinsLive)
  })
}

test('a build of another recipe says nothing of it', async (t) => {
  const place = placeIn(t)
  await disputeIn(place, true)
  assert.deepEqual(rebuilt({ known: place.known, own: ownOf(place, { text: 'a', recipe: 'f'.repeat(64) }), standinsLive: false }), [])
  assert.equal(place.known.disputes()[0]?.state, 'open')
})

/** Disputes of so many recipes, oldest first, each with two archives of 100,000 bytes. */
async function manyIn(place: Place, many: number): Promise<string[]> {
  const recipes = Array.from({ length: many }, (_each, at) => String(at).repeat(64))
  for (const recipe of recipes)
    await audit(auditOf(place, { text: `a${recipe}`, recipe, size: 1e5 }, { text: `b${recipe}`, recipe, size: 1e5 }))
  return recipes
}

const LIMITS: readonly [string, { folders: number; bytes: number }, number][] = [
  ['so many folders', { folders: 2, bytes: 1e9 }, 2],
  ['so many bytes', { folders: 9, bytes: 500_000 }, 2],
  ['the newest in any case', { folders: 9, bytes: 1 }, 1],
  ['all that fit', { folders: 4, bytes: 1e9 }, 4],
]

for (const [what, limits, left] of LIMITS) {
  test(`of disputes the files of the oldest go: ${what}; the rows stay and say so`, async (t) => {
    const place = placeIn(t)
    const recipes = await manyIn(place, 4)
    mkdirSync(join(place.disputes, 'of nobody'))
    boundDisputes({ ...place, limits })
    const rows = place.known.disputes()
    assert.deepEqual(
      rows.map(({ recipe, files }) => [recipe, files]),
      recipes.map((recipe, at) => [recipe, at < 4 - left ? 'none' : 'both']),
    )
    assert.deepEqual(readdirSync(place.disputes).length, left)
    for (const row of rows) {
      assert.equal(existsSync(row.kept), row.files === 'both')
      assert.ok(refuses(row, row.contents[0]), 'the recipe goes on being refused')
      assert.equal(/its files are gone/.test(inWords(row)), row.files === 'none')
    }
  })
}

test('what somebody has removed is not said to be there', async (t) => {
  const place = placeIn(t)
  await manyIn(place, 2)
  rmSync(place.known.disputes()[1]?.kept ?? '', { recursive: true })
  boundDisputes(place)
  assert.deepEqual(
    place.known.disputes().map(({ files }) => files),
    ['both', 'none'],
  )
})

const BESIDE_ITSELF: readonly [string, string, boolean | undefined, string, RegExp | undefined][] = [
  ['what the copy had, beside an installed one', 'a', true, 'resolved', /closed in its favour/],
  ['what was built before, beside an installed one', 'b', true, 'open', /installed during this build too/],
  ['the same, and nobody knows', 'b', undefined, 'open', /installed during this build too/],
  ['a third content beside an installed one', 'c', true, 'open', /installed during this build too/],
  ['what was built before, and nothing was installed', 'b', false, 'accuses', /COPY THAT STOOD IN IS WRONG/],
  ['a third content, and nothing was installed', 'c', false, 'irreproducible', /nobody is accused/],
]

for (const [what, text, replaces, state, says] of BESIDE_ITSELF) {
  test(`a dispute of a build that may have found the copy, and a rebuild gives ${what}: ${state}`, async (t) => {
    const place = placeIn(t)
    await audit(auditOf(place, { text: 'a' }, { text: 'b', besideItself: true }))
    const known = replaces === undefined ? {} : { replaces }
    const words = rebuilt({ known: place.known, own: ownOf(place, { text }), standinsLive: false, ...known })
    assert.deepEqual(words.map((word) => says?.test(word.text)), [true]) // prettier-ignore
    assert.equal(place.known.disputes()[0]?.state, state)
  })
}

test('a copy that a clean rebuild has accused stays so, whatever is built beside an installed one', async (t) => {
  const place = placeIn(t)
  await audit(auditOf(place, { text: 'a' }, { text: 'b', besideItself: true }))
  rebuilt({ known: place.known, own: ownOf(place, { text: 'b' }), standinsLive: false, replaces: false })
  assert.deepEqual(rebuilt({ known: place.known, own: ownOf(place, { text: 'c' }), standinsLive: false, replaces: true }), [])
  assert.equal(place.known.disputes()[0]?.state, 'accuses')
})
