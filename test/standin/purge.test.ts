/**
 * What a purge does about things that are not as they were placed: nothing of the user's is lost, nothing that is not ours is touched.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { build } from 'esbuild'
import { purge, type Purged } from '../../src/standin/purge.ts'
import { differences, snapshot } from '../support/oracle.ts'
import type { TestHost } from './support/site.ts'
import { onHost, placed, skip } from './support/tree.ts'

const README = 'usr/share/doc/demo-1/README'
const FOLDER = 'usr/share/doc/demo-1'

interface Row {
  readonly what: string
  readonly edit: (root: string) => void
  /** Paths of the purge's report. */
  readonly kept?: readonly string[]
  readonly left?: readonly string[]
  /** Paths that exist afterwards and did not before. */
  readonly stays?: readonly string[]
}

const replace = (path: string, content: string): void => {
  writeFileSync(`${path}.new`, content)
  renameSync(`${path}.new`, path)
}

const ROWS: readonly Row[] = [
  { what: 'a file that was written to', edit: (root) => appendFileSync(join(root, README), 'mine'), kept: [README] },
  {
    what: 'a file rewritten with as many bytes',
    edit: (root) => writeFileSync(join(root, README), 'red meat'.slice(0, 7)),
    kept: [README],
  },
  { what: 'a file that was only touched', edit: (root) => utimesSync(join(root, README), 1, 1) },
  { what: 'a file with another mode', edit: (root) => chmodSync(join(root, README), 0o600) },
  { what: 'a file that is gone', edit: (root) => unlinkSync(join(root, README)) },
  { what: 'a folder that is gone', edit: (root) => rmSync(join(root, FOLDER), { recursive: true }) },
  {
    what: 'a file that was replaced',
    edit: (root) => replace(join(root, README), 'read me'),
    left: [README, FOLDER],
    stays: [FOLDER, README],
  },
  {
    what: 'a file in the place of which there is a folder',
    edit: (root) => {
      unlinkSync(join(root, README))
      mkdirSync(join(root, README))
    },
    left: [README, FOLDER],
    stays: [FOLDER, README],
  },
  {
    what: 'a file in the place of which there is a link',
    edit: (root) => {
      unlinkSync(join(root, README))
      symlinkSync('/etc/passwd', join(root, README))
    },
    left: [README, FOLDER],
    stays: [FOLDER, README],
  },
  {
    what: 'a link that was replaced',
    edit: (root) => {
      unlinkSync(join(root, 'usr/bin/demo-alias'))
      symlinkSync('demo', join(root, 'usr/bin/other'))
      renameSync(join(root, 'usr/bin/other'), join(root, 'usr/bin/demo-alias'))
    },
    left: ['usr/bin/demo-alias'],
    stays: ['usr/bin/demo-alias'],
  },
  {
    what: 'a second name that the user made',
    edit: (root) => linkSync(join(root, README), join(root, 'usr/share/copy')),
    stays: ['usr/share/copy'],
  },
  {
    what: 'a file of the user in a folder of ours',
    edit: (root) => writeFileSync(join(root, FOLDER, 'notes'), 'mine'),
    left: [FOLDER],
    stays: [FOLDER, `${FOLDER}/notes`],
  },
  {
    what: 'a folder that was moved away and linked to',
    edit: (root) => {
      renameSync(join(root, FOLDER), join(root, 'usr/share/moved'))
      symlinkSync('../moved', join(root, FOLDER))
    },
    left: [FOLDER],
    stays: [FOLDER, 'usr/share/moved'],
  },
]

function purgeAll(host: TestHost, boot: string = host.boot): { purged: Purged; said: string[] } {
  const said: string[] = []
  const [entry] = host.journal.unsettled()
  assert.ok(entry)
  return { purged: purge({ ...host, boot, id: entry.id, say: (line) => void said.push(line) }), said }
}

for (const { what, edit, kept = [], left = [], stays = [] } of ROWS)
  test(what, { skip }, () =>
    onHost(async (host) => {
      const before = snapshot(host.root)
      await placed(host)
      edit(host.root)
      const edited = snapshot(host.root)
      const content = kept.map((path) => readFileSync(join(host.root, path), 'utf8'))
      const { purged, said } = purgeAll(host)
      const after = snapshot(host.root)
      assert.deepEqual([purged.keptAside.map(({ path }) => path), purged.left.map(({ path }) => path)], [kept, left])
      assert.equal(said.length, kept.length + left.length)
      assert.deepEqual(
        differences(before, after).map((line) => line.split(' ', 2).join(' ')),
        stays.map((path) => `+ ${path}`).toSorted((a, b) => (a < b ? -1 : 1)),
      )
      // A folder of ours that stays loses its own entries and nothing else of it changes.
      for (const path of stays) assert.equal(after.get(path), edited.get(path))
      assert.deepEqual(
        purged.keptAside.map(({ keptAs }) => readFileSync(keptAs, 'utf8')),
        content,
      )
      assert.deepEqual(
        host.journal.kept().map(({ path, keptAs }) => [path, keptAs]),
        purged.keptAside.map(({ path, keptAs }) => [path, keptAs]),
      )
      assert.deepEqual(host.journal.unsettled(), [])
    }),
  )

test('after a power cut an empty or cut file with our inode is ours; one that was written to is kept', { skip }, () =>
  onHost(async (host) => {
    const before = snapshot(host.root)
    await placed(host)
    writeFileSync(join(host.root, 'usr/bin/demo'), '')
    writeFileSync(join(host.root, README), 'edited')
    // In no tick of the clock in which it was placed.
    utimesSync(join(host.root, README), 2e9, 2e9)
    const { purged } = purgeAll(host, 'another boot')
    assert.deepEqual(
      purged.keptAside.map(({ path }) => path),
      [README],
    )
    assert.deepEqual(differences(before, snapshot(host.root)), [])
  }),
)

test('a purge that cannot go on leaves the entry, and the next one ends it', { skip }, () =>
  onHost(async (host) => {
    const before = snapshot(host.root)
    await placed(host)
    appendFileSync(join(host.root, README), 'mine')
    writeFileSync(host.keepFolder, 'in the way')
    assert.throws(() => purgeAll(host), { name: 'HostError', code: 'IO' })
    assert.deepEqual(
      host.journal.unsettled().map(({ state }) => state),
      ['purging'],
    )
    assert.ok(existsSync(join(host.root, README)), 'the changed file is lost')
    unlinkSync(host.keepFolder)
    assert.equal(purgeAll(host).purged.keptAside.length, 1)
    assert.deepEqual(differences(before, snapshot(host.root)), [])
  }),
)

test('what a purge carries imports no package', async () => {
  const entry = join(import.meta.dirname, '../../src/standin/recover.ts')
  const { metafile } = await build({ entryPoints: [entry], bundle: true, write: false, metafile: true, platform: 'node', format: 'esm' })
  assert.deepEqual(
    Object.keys(metafile.inputs).filter((path) => path.includes('node_modules')),
    [],
  )
  assert.ok(Object.keys(metafile.inputs).some((path) => path.endsWith('src/standin/purge.ts')))
})
