/**
 * A name that the system will not let go keeps no other one, stays in the journal alone, and goes with a later purge.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { isMarked } from '../../src/standin/live.ts'
import { purge } from '../../src/standin/purge.ts'
import { differences, snapshot } from '../support/oracle.ts'
import { entryFor, type TestHost } from './support/site.ts'
import { editQuietly, onHost, placed, skip } from './support/tree.ts'

const LIBRARY = 'usr/lib64/libdemo.so.1.0'

function chattr(flag: '+i' | '-i', path: string): void {
  const { status, stderr } = spawnSync('chattr', [flag, path], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
}

async function whileImmutable(host: TestHost, path: string, work: () => void): Promise<void> {
  chattr('+i', join(host.root, path))
  try {
    work()
  } finally {
    chattr('-i', join(host.root, path))
  }
}

const paths = (lines: readonly string[]): (string | undefined)[] => lines.map((line) => line.split(' ')[1])

for (const [what, at, stays] of [
  ['a file', 'usr/bin/demo', ['usr/bin/demo']],
  [
    'a file deep in folders of ours',
    'usr/share/demo/a/b/c.txt',
    ['usr/share/demo', 'usr/share/demo/a', 'usr/share/demo/a/b', 'usr/share/demo/a/b/c.txt'],
  ],
  ['a folder', 'usr/share/doc/demo-1', ['usr/share/doc/demo-1', 'usr/share/doc/demo-1/README']],
] as const)
  test(`${what} that is immutable stays alone`, { skip }, () =>
    onHost(async (host) => {
      const before = snapshot(host.root)
      const id = await placed(host)
      await whileImmutable(host, at, () => {
        const said: string[] = []
        const trying = (): unknown => purge({ ...host, id, beforeMerge: true, say: (line) => void said.push(line) })
        assert.throws(trying, { name: 'HostError', code: 'IO', message: /names could not be taken away/ })
        assert.deepEqual(paths(differences(before, snapshot(host.root))), stays)
        assert.ok(
          said.some((line) => line.includes('could not be taken away') && line.includes('EPERM')),
          said.join('\n'),
        )
        assert.deepEqual(
          host.journal.unsettled().map(({ state }) => state),
          ['purging'],
        )
        assert.deepEqual(
          host.journal
            .paths(id)
            .map(({ path }) => path)
            .toSorted(),
          stays,
        )
        assert.ok(isMarked(host.markers, entryFor().cpv), 'the next merge would not ask')
      })
      assert.deepEqual(purge({ ...host, id, say: assert.fail }).removed, stays.length)
      assert.deepEqual(differences(before, snapshot(host.root)), [])
      assert.deepEqual(host.journal.unsettled(), [])
      assert.equal(isMarked(host.markers, entryFor().cpv), false)
    }),
  )

test('what a merge puts at the names that are gone is not taken for the user’s by the next purge', { skip }, () =>
  onHost(async (host) => {
    const id = await placed(host)
    await whileImmutable(host, LIBRARY, () => assert.throws(() => purge({ ...host, id, beforeMerge: true, say: () => undefined })))
    const merged = join(host.root, 'usr/bin/demo')
    writeFileSync(`${merged}.new`, 'merged')
    renameSync(`${merged}.new`, merged)
    const { removed, keptAside } = purge({ ...host, id, beforeMerge: true, say: assert.fail })
    assert.deepEqual([removed, keptAside], [1, []])
    assert.equal(readFileSync(merged, 'utf8'), 'merged')
  }),
)

test('an edited file that cannot be moved stays where it is, and the others go', { skip }, () =>
  onHost(async (host) => {
    const before = snapshot(host.root)
    const id = await placed(host)
    const edited = join(host.root, 'usr/bin/demo')
    editQuietly(edited, readFileSync(edited, 'utf8').toUpperCase())
    await whileImmutable(host, 'usr/bin/demo', () => {
      assert.throws(() => purge({ ...host, id, say: () => undefined }), { name: 'HostError', code: 'IO' })
      assert.deepEqual(paths(differences(before, snapshot(host.root))), ['usr/bin/demo'])
    })
    const { keptAside } = purge({ ...host, id, say: () => undefined })
    assert.match(readFileSync(keptAside[0]?.keptAs ?? '', 'utf8'), /ECHO DEMO/)
    assert.deepEqual(differences(before, snapshot(host.root)), [])
  }),
)
