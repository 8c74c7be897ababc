/**
 * What Python compiles from a source that stands in goes with it, whatever it has written and wherever; what somebody else put beside it stays.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { purge } from '../../src/standin/purge.ts'
import { differences, snapshot } from '../support/oracle.ts'
import { onHost, placed, skip } from './support/tree.ts'

const APP = 'usr/share/app'
const CACHED = `${APP}/__pycache__/word.${tagOf()}.pyc`
/** Python does not take it, and writes its own in its place. */
const STALE = { [CACHED]: 'compiled from a source of another time' }

function tagOf(): string {
  return execFileSync('python3', ['-c', 'import sys; print(sys.implementation.cache_tag)'], { encoding: 'utf8' }).trim()
}

/** Whatever the environment of this test says of bytecode. */
function importIn(folder: string): void {
  execFileSync('python3', ['-c', 'import word'], { cwd: folder, env: { PATH: process.env['PATH'] } })
}

for (const [what, more] of [
  ['in a folder that it makes', {}],
  ['in the place of what stood in', STALE],
] as const)
  for (const beforeMerge of [false, true])
    test(`${what}${beforeMerge ? ', before the merge' : ''}`, { skip }, () =>
      onHost(async (host) => {
        const before = snapshot(host.root)
        const id = await placed(host, { [`${APP}/word.py`]: 'WORD = 1\n', ...more })
        importIn(join(host.root, APP))
        assert.ok(statSync(join(host.root, CACHED)).size > 50, 'Python has written')
        const { keptAside, left } = purge({ ...host, id, beforeMerge, say: assert.fail })
        assert.deepEqual([keptAside, left, differences(before, snapshot(host.root))], [[], [], []])
        assert.deepEqual(host.journal.unsettled(), [])
      }),
    )

test('beside a source in a folder that was there', { skip }, () =>
  onHost(async (host) => {
    mkdirSync(join(host.root, APP))
    const before = snapshot(host.root)
    const id = await placed(host, { [`${APP}/word.py`]: 'WORD = 1\n' })
    importIn(join(host.root, APP))
    assert.ok(existsSync(join(host.root, APP, '__pycache__')))
    purge({ ...host, id, say: assert.fail })
    assert.deepEqual(differences(before, snapshot(host.root)), [])
  }),
)

test('not what was compiled from another source, and no other file', { skip }, () =>
  onHost(async (host) => {
    const cache = join(host.root, APP, '__pycache__')
    mkdirSync(cache, { recursive: true })
    for (const name of [`other.${tagOf()}.pyc`, 'word.pyc', 'word.txt', 'README']) writeFileSync(join(cache, name), 'mine')
    const before = snapshot(host.root)
    const id = await placed(host, { [`${APP}/word.py`]: 'WORD = 1\n' })
    purge({ ...host, id, say: assert.fail })
    assert.deepEqual(differences(before, snapshot(host.root)), [])
  }),
)

test('a purge that ends between a source and its bytecode is ended by the next one', { skip }, () =>
  onHost(async (host) => {
    mkdirSync(join(host.root, APP))
    const before = snapshot(host.root)
    const id = await placed(host, { [`${APP}/word.py`]: 'WORD = 1\n' })
    importIn(join(host.root, APP))
    for (const at of ['word.py', '.pyc'])
      assert.throws(() =>
        purge({
          ...host,
          id,
          say: assert.fail,
          step: (step, path) => {
            if (step === 'removed' && path.endsWith(at)) throw new Error('killed')
          },
        }),
      )
    assert.ok(existsSync(join(host.root, APP, '__pycache__')))
    purge({ ...host, id, say: assert.fail })
    assert.deepEqual([differences(before, snapshot(host.root)), host.journal.unsettled()], [[], []])
  }),
)

test('by the row of an earlier standin, which does not say whether it was there, the folder stays', { skip }, () =>
  onHost(async (host) => {
    const id = await placed(host, { 'usr/share/doc/word.py': 'WORD = 1\n' })
    importIn(join(host.root, 'usr/share/doc'))
    host.journal.close()
    const database = new DatabaseSync(host.journalPath)
    database.exec('ALTER TABLE path DROP COLUMN hadCache')
    for (const name of ['inode', 'birthNs']) database.exec(`ALTER TABLE temporary DROP COLUMN ${name}`)
    database.close()
    const again = host.reopened()
    try {
      purge({ ...again, id, say: assert.fail })
      assert.deepEqual(readdirSync(join(host.root, 'usr/share/doc/__pycache__')), [])
      rmdirSync(join(host.root, 'usr/share/doc/__pycache__'))
      const next = await placed(again, { 'usr/share/doc/word.py': 'WORD = 1\n' })
      importIn(join(host.root, 'usr/share/doc'))
      purge({ ...again, id: next, say: assert.fail })
      assert.deepEqual(readdirSync(join(host.root, 'usr/share/doc')), [])
    } finally {
      again.journal.close()
    }
  }),
)
