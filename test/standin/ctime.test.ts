/**
 * The journal knows when each placed file last changed, so that an edit shows which keeps size and mtime; without that knowledge the bytes decide.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { chmodSync, linkSync, lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { purge } from '../../src/standin/purge.ts'
import { differences, snapshot } from '../support/oracle.ts'
import type { TestHost } from './support/site.ts'
import { editQuietly, onHost, placed, skip } from './support/tree.ts'

/** One is linked into a folder that exists, one comes with its folder, with a mode that the umask would not give. */
const LINKED = 'usr/bin/demo'
const RENAMED = 'usr/share/demo/a/b/c.txt'

const upper = (host: TestHost, path: string): string => readFileSync(join(host.root, path), 'utf8').toUpperCase()

test('of every placed file the last change is known, so none is read again', { skip }, () =>
  onHost(async (host) => {
    const umask = process.umask(0o077)
    const id = await placed(host).finally(() => process.umask(umask))
    const files = host.journal.paths(id).filter(({ kind }) => kind === 'file')
    assert.equal(files.length, 5)
    for (const { path, ctimeNs, mtimeNs } of files) {
      const stat = lstatSync(join(host.root, path), { bigint: true })
      assert.deepEqual([ctimeNs, mtimeNs], [String(stat.ctimeNs), String(stat.mtimeNs)], path)
    }
  }),
)

for (const path of [LINKED, RENAMED])
  test(`an edit of ${path} that keeps size and mtime is kept`, { skip }, () =>
    onHost(async (host) => {
      const before = snapshot(host.root)
      const id = await placed(host)
      const mine = upper(host, path)
      editQuietly(join(host.root, path), mine)
      const { keptAside } = purge({ ...host, id, say: () => undefined })
      assert.deepEqual(
        keptAside.map((kept) => [kept.path, readFileSync(kept.keptAs, 'utf8')]),
        [[path, mine]],
      )
      assert.deepEqual(differences(before, snapshot(host.root)), [])
    }),
  )

test('it is after a reboot too', { skip }, () =>
  onHost(async (host) => {
    const id = await placed(host)
    for (const path of [LINKED, RENAMED]) editQuietly(join(host.root, path), upper(host, path))
    const { keptAside } = purge({ ...host, boot: 'another', id, say: () => undefined })
    assert.deepEqual(
      keptAside.map(({ path }) => path),
      [LINKED, RENAMED],
    )
  }),
)

test('another mode and another name change the ctime, and no byte', { skip }, () =>
  onHost(async (host) => {
    const before = snapshot(host.root)
    const id = await placed(host)
    chmodSync(join(host.root, LINKED), 0o4711)
    linkSync(join(host.root, RENAMED), join(host.top, 'second'))
    assert.equal(purge({ ...host, id, say: assert.fail }).removed, 11)
    assert.deepEqual(differences(before, snapshot(host.root)), [])
  }),
)

test('a journal without ctimes, of an earlier standin, opens, takes away by the bytes, and has them with the next placing', { skip }, () =>
  onHost(async (host) => {
    const before = snapshot(host.root)
    const id = await placed(host)
    host.journal.close()
    const database = new DatabaseSync(host.journalPath)
    database.exec('ALTER TABLE path DROP COLUMN ctimeNs')
    database.close()
    const again = host.reopened()
    try {
      editQuietly(join(host.root, LINKED), upper(host, LINKED))
      assert.deepEqual(
        again.journal.paths(id).map(({ ctimeNs }) => ctimeNs),
        Array.from({ length: 11 }, () => ''),
      )
      const { keptAside, removed } = purge({ ...again, id, say: () => undefined })
      assert.deepEqual([keptAside.map(({ path }) => path), removed], [[LINKED], 10])
      assert.deepEqual(differences(before, snapshot(host.root)), [])
      const next = await placed(again)
      assert.match(again.journal.paths(next).find(({ path }) => path === LINKED)?.ctimeNs ?? '', /^\d+$/)
      assert.equal(purge({ ...again, id: next, say: assert.fail }).removed, 11)
    } finally {
      again.journal.close()
    }
  }),
)
