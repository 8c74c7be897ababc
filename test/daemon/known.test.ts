/**
 * What this host has signed of a recipe it knows for longer than it has the archive, and an older file of it loses nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test, type TestContext } from 'node:test'
import { type Build, type Known, openKnown } from '../../src/daemon/known.ts'
import { whySignedOtherwise } from '../../src/daemon/staysHome.ts'
import { atEnd } from '../support/atEnd.ts'
import { buildNamed, id } from './support/offers.ts'

function fileIn(t: TestContext): { path: string; open: () => Known } {
  const folder = mkdtempSync(join(tmpdir(), 'standin-known-'))
  const path = join(folder, 'known.sqlite')
  const opened: Known[] = []
  atEnd(t, () => {
    for (const known of opened) known.close()
    rmSync(folder, { recursive: true })
  })
  const open = (): Known => {
    const known = openKnown(path)
    opened.push(known)
    return known
  }
  return { path, open }
}

const [ONE, TWO] = [buildNamed('one', '/archives/one'), buildNamed('two', '/archives/two')]
const why = (known: Known, build: Build): string | undefined => whySignedOtherwise(known.signed(build.offer), build)

test('what was signed is known when its archive is gone, and stays so', (t) => {
  const { open } = fileIn(t)
  const known = open()
  assert.equal(why(known, ONE), undefined)
  known.saveBuild(ONE)
  known.dropBuild(ONE.archive.sha256)
  assert.deepEqual(known.builds(), [])
  assert.equal(why(known, ONE), undefined)
  assert.match(
    why(known, TWO) ?? '',
    new RegExp(`^it is not what was published of this recipe before \\(content ${ONE.offer.content.slice(0, 12)}\\)`),
  )
  assert.equal(why(known, { ...TWO, offer: { ...TWO.offer, linkage: id('another') } }), undefined)
  assert.equal(why(known, { ...TWO, offer: { ...TWO.offer, stable: ONE.offer.stable } }), undefined, 'dates alone are no other word')
})

test('what an own build has given is known, be it signed or not, and makes nothing signed', (t) => {
  const known = fileIn(t).open()
  assert.equal(known.hasBuilt(ONE.offer), false)
  known.saveBuilt(ONE.offer)
  assert.equal(known.signed(ONE.offer), undefined)
  known.saveBuild({ ...TWO, offer: { ...TWO.offer, linkage: id('another') } })
  for (const [of, expected] of [
    [ONE.offer, true],
    [{ ...ONE.offer, content: id('other dates') }, true],
    [{ ...ONE.offer, recipe: id('another') }, false],
    [{ ...ONE.offer, linkage: id('another') }, false],
    [TWO.offer, false],
    [{ ...TWO.offer, linkage: id('another') }, true],
  ] as const)
    assert.equal(known.hasBuilt(of), expected)
})

test('a file from before that was remembered says what its builds say', (t) => {
  const { path, open } = fileIn(t)
  open().saveBuild(ONE)
  const older = new DatabaseSync(path)
  older.exec(`DROP TABLE signed; INSERT INTO builds VALUES ('broken', '{')`)
  older.close()
  assert.deepEqual(open().signed(ONE.offer), { content: ONE.offer.content, stable: ONE.offer.stable })
})

test('of 20,000 recipes at most, and the one that was signed the longest ago is forgotten', (t) => {
  const { path, open } = fileIn(t)
  const known = open()
  const count = (where: string): unknown => Object.values(other.prepare(`SELECT count(*) FROM signed WHERE ${where}`).get() ?? {})[0]
  const other = new DatabaseSync(path)
  atEnd(t, () => other.close())
  known.saveBuild(ONE)
  other.exec(
    `WITH RECURSIVE s(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM s WHERE value < 20000) INSERT INTO signed SELECT 'r' || value, 'l', '', '' FROM s`,
  )
  known.saveBuild({ ...TWO, offer: { ...TWO.offer, recipe: id('newest') } })
  assert.deepEqual([count('true'), count(`recipe = 'r1'`), count(`recipe = 'r20000'`)], [20_000, 0, 1])
  assert.equal(known.signed(ONE.offer), undefined)
})
