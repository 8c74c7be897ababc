/**
 * The journal keeps what it was told, takes each step once and from the right state only, and never throws a damaged file away.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { forgetGone } from '../../src/standin/journal-kept.ts'
import { type JournalPath, openJournal, SETTLED_KEPT } from '../../src/standin/journal.ts'
import { entryFor, sha256 } from './support/site.ts'
import { onHost } from './support/tree.ts'

const TEMPORARY = { path: '/usr/.standin-0123456789abcdef', dev: '7', isMount: true, inode: '2', birthNs: '1790000000023456789' }
const PATH: JournalPath = {
  kind: 'file',
  path: 'usr/bin/demo\nü',
  sha256: sha256('x'),
  size: 7,
  mode: 0o755,
  inode: '18446744073709551615',
  dev: '65026',
  mtimeNs: '1790000000123456789',
  ctimeNs: '1790000000223456789',
  birthNs: '1790000000123456789',
  hadCache: true,
  target: '',
}

test('what was told is there after it was opened again', () =>
  onHost((host) => {
    const id = host.journal.plan(entryFor(), 'boot', [TEMPORARY])
    assert.ok(id !== undefined)
    assert.ok(host.journal.writeAhead(id, [PATH]))
    assert.ok(host.journal.markPlaced(id, 2000))
    host.journal.keep({ entry: id, cpv: 'a/b-1', path: 'usr/bin/x', keptAs: '/kept/x', why: 'changed', at: 3 })
    const { journal } = host.reopened()
    assert.deepEqual(journal.unsettled(), [{ ...entryFor(), id, boot: 'boot', state: 'placed', placedAt: 2000, settledAt: undefined }])
    assert.deepEqual(journal.paths(id), [PATH])
    assert.deepEqual(journal.temporaries(id), [TEMPORARY])
    assert.equal(journal.kept().length, 1)
    journal.forgetKept('/kept/x')
    assert.deepEqual(journal.kept(), [])
    journal.close()
  }))

test('each step is taken once, from the state before it', () =>
  onHost(({ journal }) => {
    const id = journal.plan(entryFor(), 'boot', []) ?? 0
    assert.equal(journal.plan(entryFor(), 'boot', []), undefined, 'two stand-ins of one build')
    assert.equal(journal.markPlaced(id, 1), false, 'placed without its paths')
    assert.equal(journal.writeAhead(id, [PATH]), true)
    assert.equal(journal.writeAhead(id, [PATH]), false)
    assert.equal(journal.markPurging(id), true)
    assert.equal(journal.markPlaced(id, 1), false, 'placed while it is purged')
    journal.markPurged(id, 9)
    assert.equal(journal.markPurging(id), false)
    assert.deepEqual([journal.unsettled(), journal.paths(id)], [[], []])
    journal.tidy()
    assert.deepEqual(
      journal.history(5).map(({ state, settledAt }) => [state, settledAt]),
      [['purged', 9]],
    )
    assert.notEqual(journal.plan(entryFor(), 'boot', []), undefined)
  }))

test('tidying forgets the paths of settled entries and no others', () =>
  onHost(({ journal, journalPath }) => {
    for (const builddir of ['/one', '/two']) journal.writeAhead(journal.plan(entryFor(builddir), 'boot', []) ?? 0, [PATH])
    const [one, two] = journal.unsettled().map(({ id }) => id)
    journal.markPurged(one ?? 0, 1)
    journal.tidy()
    assert.deepEqual(journal.paths(two ?? 0), [PATH])
    journal.close()
    const database = new DatabaseSync(journalPath)
    assert.deepEqual(
      database
        .prepare('SELECT entry FROM path')
        .all()
        .map((row) => row['entry']),
      [two],
    )
    database.close()
  }))

test('of settled entries the last are remembered, and a number is never used again', () =>
  onHost(({ journal }) => {
    const settledOnes = Array.from(
      { length: SETTLED_KEPT + 3 },
      (_each, at) => journal.plan(entryFor(`/b${at}`), 'boot', at === 0 ? [TEMPORARY] : []) ?? 0,
    )
    const live = journal.plan(entryFor('/live'), 'boot', []) ?? 0
    for (const id of settledOnes) journal.markPurged(id, 1)
    journal.tidy()
    const left = journal.history(1e6).map(({ id }) => id)
    assert.deepEqual(
      left,
      [live, ...settledOnes.slice(3).toReversed(), settledOnes[0]],
      'the first has a folder that is still to be looked after',
    )
    journal.forgetStrayTemporaries()
    journal.markPurged(live, 1)
    journal.tidy()
    assert.equal(journal.history(1e6).length, SETTLED_KEPT)
    assert.ok((journal.plan(entryFor(), 'boot', []) ?? 0) > live)
  }))

test('a kept file that is gone from its place is forgotten, one of a stand-in that is not settled is not', () =>
  onHost(({ journal, journalPath }) => {
    const [settled, open] = ['/one', '/two'].map((builddir) => journal.plan(entryFor(builddir), 'boot', []) ?? 0)
    journal.markPurged(settled ?? 0, 1)
    const kept = (entry: number | undefined, keptAs: string): void =>
      journal.keep({ entry: entry ?? 0, cpv: 'a/b-1', path: 'usr/bin/x', keptAs, why: 'changed', at: 3 })
    kept(settled, journalPath)
    kept(settled, `${journalPath}/x`)
    kept(settled, '/nowhere/to/be/found')
    kept(open, '/nowhere/yet')
    assert.equal(forgetGone(journal), 2)
    assert.deepEqual(
      journal.kept().map(({ keptAs }) => keptAs),
      [journalPath, '/nowhere/yet'].toSorted(),
    )
  }))

test('paths are written with the step or not at all', () =>
  onHost(({ journal }) => {
    const id = journal.plan(entryFor(), 'boot', []) ?? 0
    const broken = { ...PATH, size: 0.5 }
    assert.throws(() => journal.writeAhead(id, [PATH, broken]), { name: 'HostError' })
    assert.deepEqual([journal.find(id)?.state, journal.paths(id)], ['planned', []])
  }))

test('its files are for root alone', () =>
  onHost(({ journal, journalPath }) => {
    journal.plan(entryFor(), 'boot', [])
    for (const suffix of ['', '-wal', '-shm']) assert.equal(statSync(journalPath + suffix).mode & 0o777, 0o600, suffix)
  }))

for (const [what, damage] of [
  ['is no database', (path: string) => writeFileSync(path, 'x'.repeat(8192))],
  ['is cut', (path: string) => truncateSync(path, 4096)],
  [
    'has lost a table',
    (path: string) => {
      const database = new DatabaseSync(path)
      database.exec('DROP TABLE path')
      database.close()
    },
  ],
  [
    'has rubbish in a page',
    (path: string) => {
      const bytes = readFileSync(path)
      bytes.fill(0xff, 4096, 8192)
      writeFileSync(path, bytes)
    },
  ],
] as const)
  test(`a journal that ${what} is kept aside and named`, () =>
    onHost((host) => {
      host.journal.plan(entryFor(), 'boot', [TEMPORARY])
      host.journal.close()
      damage(host.journalPath)
      const damaged = readFileSync(host.journalPath)
      assert.throws(
        () => openJournal(host.journalPath),
        (error: unknown) => error instanceof Error && 'code' in error && error.code === 'BAD_STATE' && error.message.includes('.damaged-1'),
      )
      assert.deepEqual(readFileSync(`${host.journalPath}.damaged-1`), damaged)
      const again = openJournal(host.journalPath)
      assert.deepEqual(again.unsettled(), [])
      again.close()
    }))

for (const [what, sql] of [
  ['of another program', 'PRAGMA application_id = 7'],
  ['of a newer version', 'PRAGMA user_version = 99'],
] as const)
  test(`a database ${what} is left alone`, () =>
    onHost((host) => {
      host.journal.close()
      const database = new DatabaseSync(host.journalPath)
      database.exec(sql)
      database.close()
      const before = readFileSync(host.journalPath)
      assert.throws(() => openJournal(host.journalPath), { name: 'HostError', code: 'BAD_STATE' })
      assert.deepEqual(readFileSync(host.journalPath), before)
      assert.deepEqual(
        readdirSync(dirname(host.journalPath)).filter((name) => name.includes('damaged')),
        [],
      )
    }))

for (const [what, sql] of [
  ['a path that leaves the root', "UPDATE path SET path = 'usr/../etc/shadow'"],
  ['an absolute path', "UPDATE path SET path = '/etc/shadow'"],
  ['an unknown kind', "UPDATE path SET kind = 'device'"],
  ['an unknown state', "UPDATE entry SET state = 'gone'"],
  ['a temporary folder that is none', "UPDATE temporary SET path = '/usr/bin'"],
] as const)
  test(`a row with ${what} is not believed`, () =>
    onHost((host) => {
      const id = host.journal.plan(entryFor(), 'boot', [TEMPORARY]) ?? 0
      host.journal.writeAhead(id, [PATH])
      const database = new DatabaseSync(host.journalPath)
      database.exec(sql)
      database.close()
      const readAll = (): unknown => [host.journal.unsettled(), host.journal.paths(id), host.journal.temporaries(id)]
      assert.throws(readAll, { name: 'HostError', code: 'BAD_STATE' })
    }))

test('a folder that cannot be written to is named', () =>
  onHost((host) => {
    assert.throws(() => openJournal(join(host.top, 'no/such/folder/journal.db')), { name: 'HostError', code: 'IO' })
    assert.equal(existsSync(join(host.top, 'no')), false)
  }))
