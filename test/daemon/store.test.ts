/** SPDX-License-Identifier: GPL-2.0-or-later */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test, type TestContext } from 'node:test'
import { StrangerError } from '../../src/base/errors.ts'
import { type Known, openKnown } from '../../src/daemon/known.ts'
import { dropStrays, tidyStore } from '../../src/daemon/store.ts'
import { buildNamed, id } from './support/offers.ts'
import { atEnd } from '../support/atEnd.ts'

function storeIn(t: TestContext): { archives: string; known: Known; add: (name: string) => string; path: string } {
  const folder = mkdtempSync(join(tmpdir(), 'standin-store-'))
  const archives = join(folder, 'archives')
  mkdirSync(archives)
  const path = join(folder, 'known.sqlite')
  const known = openKnown(path)
  atEnd(t, () => {
    known.close()
    rmSync(folder, { recursive: true })
  })
  const add = (name: string): string => {
    const build = buildNamed(name, join(archives, `${id(`archive of ${name}`)}.gpkg.tar`))
    writeFileSync(build.path, Buffer.alloc(build.archive.size))
    known.saveBuild(build)
    return `${build.archive.sha256}.gpkg.tar`
  }
  return { archives, known, add, path }
}

const quiet = (): void => undefined

test('a file without a row goes at start-up, a row without its file goes, the rest stays', (t) => {
  const { archives, known, add } = storeIn(t)
  const [whole, lost, short] = [add('whole'), add('lost'), add('short')]
  rmSync(join(archives, lost))
  writeFileSync(join(archives, short), 'cut')
  writeFileSync(join(archives, 'half.tmp'), 'x')
  dropStrays({ archives, known })
  const gone = tidyStore({ known, maxBytes: 1e9, log: quiet })
  assert.deepEqual(readdirSync(archives), [whole])
  assert.deepEqual(gone.map(({ archive }) => `${archive.sha256}.gpkg.tar`).toSorted(), [lost, short].toSorted())
  assert.deepEqual(
    known.builds().map(({ archive }) => `${archive.sha256}.gpkg.tar`),
    [whole],
  )
})

test('the archive of a build that is about to get its row stays when another build is given', (t) => {
  const { archives, known, add } = storeIn(t)
  const given = add('given')
  writeFileSync(join(archives, 'about-to-be.gpkg.tar'), 'x')
  tidyStore({ known, maxBytes: 1e9, log: quiet })
  assert.deepEqual(readdirSync(archives).toSorted(), [given, 'about-to-be.gpkg.tar'].toSorted())
})

test('the longest unused goes when there is no room, and no more bytes than allowed are ever held', (t) => {
  const { archives, known, add } = storeIn(t)
  const names = ['one', 'two', 'three'].map(add)
  known.useBuild(id('archive of one'), 5)
  known.useBuild(id('archive of three'), 4)
  const held = (maxBytes: number): string[] => {
    tidyStore({ known, maxBytes, log: quiet })
    return readdirSync(archives).toSorted()
  }
  assert.deepEqual(held(3000), names.toSorted())
  assert.deepEqual(held(2999), names.filter((_each, at) => at !== 1).toSorted())
  assert.deepEqual(held(1000), [names[0]])
  assert.deepEqual(held(999), [])
  assert.deepEqual(known.builds(), [])
})

test('a row that somebody has changed is refused when it is read', (t) => {
  const { known, add, path } = storeIn(t)
  add('one')
  const other = new DatabaseSync(path)
  other.exec(`UPDATE builds SET row = replace(row, '"audit"', '"other"')`)
  other.close()
  assert.throws(
    () => known.builds(),
    (error) => error instanceof StrangerError && error.code === 'SCHEMA',
  )
})
