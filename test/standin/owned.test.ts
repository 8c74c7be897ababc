/**
 * What another package was merged over a stand-in is that package's: no purge touches it, whatever it looks like, and says whose it is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { lstatSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { purge, type PurgeInput } from '../../src/standin/purge.ts'
import { differences, snapshot } from '../support/oracle.ts'
import type { TestHost } from './support/site.ts'
import { DEMO, onHost, placed, skip } from './support/tree.ts'

const FILE = 'usr/bin/demo'
const LINK = 'usr/bin/demo-alias'
const FOLDER = 'usr/share/demo'

/** As Portage writes it once it has merged `path`. */
function owns(host: TestHost, path: string, cpv = 'test-misc/other-1', kind = 'obj'): void {
  const folder = join(host.root, 'var/db/pkg', cpv)
  mkdirSync(folder, { recursive: true })
  const rest = kind === 'obj' ? ' 0123456789abcdef0123456789abcdef 1700000000' : kind === 'sym' ? ' -> /nowhere 1700000000' : ''
  writeFileSync(join(folder, 'CONTENTS'), `dir /usr\n${kind} /${path}${rest}\n`)
}

/** As Portage merges a file: over what is there, by a rename. */
function merge(path: string, content: string): void {
  writeFileSync(`${path}#new`, content)
  renameSync(`${path}#new`, path)
}

interface Row {
  readonly what: string
  readonly at: string
  readonly kind?: string
  readonly as?: string
  readonly make: (path: string, host: TestHost) => void
}

const ROWS: readonly Row[] = [
  { what: 'a file of other bytes', at: FILE, make: (path) => merge(path, 'from other') },
  { what: 'a file with our inode and other bytes', at: FILE, make: (path) => writeFileSync(path, 'from other') },
  { what: 'our own file, which held the same bytes: Portage sets its time', at: FILE, make: (path) => utimesSync(path, 1, 1) },
  {
    what: 'a file in the place of our link',
    at: LINK,
    make(path) {
      rmSync(path)
      writeFileSync(path, 'from other')
    },
  },
  {
    what: 'a link in the place of our folder',
    at: FOLDER,
    kind: 'sym',
    make(path) {
      rmSync(path, { recursive: true })
      symlinkSync('/nowhere', path)
    },
  },
  {
    what: 'a file that a package has by the other name of its folder',
    at: FILE,
    as: 'bin/demo',
    make(path, host) {
      symlinkSync('usr/bin', join(host.root, 'bin'))
      merge(path, 'from other')
    },
  },
]

for (const beforeMerge of [true, false]) {
  for (const { what, at, kind, as, make } of ROWS) {
    test(`${beforeMerge ? 'before' : 'without'} a merge: ${what}`, { skip }, () =>
      onHost(async (host) => {
        const id = await placed(host)
        const path = join(host.root, at)
        make(path, host)
        owns(host, as ?? at, undefined, kind)
        const theirs = [...snapshot(host.root)].filter(([name]) => !Object.keys(DEMO).includes(name) || name === at)
        const said: string[] = []
        const { keptAside, left } = purge({ ...host, id, beforeMerge, say: (line) => void said.push(line) })
        assert.deepEqual(keptAside, [])
        assert.deepEqual(
          left.map((one) => one.path),
          [at],
        )
        assert.equal(said.length, 1)
        if (beforeMerge) assert.deepEqual(said, [`/${at} stays: test-misc/other-1 owns it now`])
        const rest = theirs.filter(([name]) => !name.startsWith(FOLDER) && !name.startsWith('usr/share/doc/demo-1'))
        const expected = new Map([...rest, ...theirs.filter(([name]) => name === at)])
        assert.deepEqual(differences(expected, snapshot(host.root)), [])
        assert.deepEqual([host.journal.unsettled(), host.journal.kept()], [[], []])
      }),
    )
  }
}

test('what is being merged right now is owned as well', { skip }, () =>
  onHost(async (host) => {
    const { said } = await replaced(host, () => owns(host, FILE, 'test-misc/-MERGING-other-1'))
    assert.deepEqual(said, [`/${FILE} stays: test-misc/other-1 owns it now`])
  }),
)

test('a name of the same ending that a package has elsewhere owns nothing here', { skip }, () =>
  onHost(async (host) => {
    const { keptAside } = await replaced(host, () => owns(host, 'opt/bin/demo'))
    assert.deepEqual(
      keptAside.map(({ path }) => path),
      [FILE],
    )
  }),
)

test('lines that Portage never writes own nothing, and keep nobody', { skip }, () =>
  onHost(async (host) => {
    const { keptAside } = await replaced(host, () => {
      owns(host, FILE, 'test-misc/odd-1')
      const lines = ['dir demo', 'dir ..', 'dir ', 'dir /', 'dir', `dir ${'a/'.repeat(100_000)}demo`, `dir /${'a/'.repeat(100_000)}demo`]
      writeFileSync(join(host.root, 'var/db/pkg/test-misc/odd-1/CONTENTS'), lines.join('\n'))
    })
    assert.deepEqual(
      keptAside.map(({ path }) => path),
      [FILE],
    )
  }),
)

test('a file that was only touched goes where nobody owns it', { skip }, () =>
  onHost(async (host) => {
    const before = snapshot(host.root)
    const id = await placed(host)
    utimesSync(join(host.root, FILE), 1, 1)
    const { keptAside, left } = purge({ ...host, id, beforeMerge: true, say: assert.fail })
    assert.deepEqual([keptAside, left, differences(before, snapshot(host.root))], [[], [], []])
  }),
)

test('nothing is read where everything is as it was placed; what cannot be read is said, and then nothing is lost', { skip }, () =>
  onHost(async (host) => {
    const contents = join(host.root, 'var/db/pkg/test-misc/other-1/CONTENTS')
    mkdirSync(contents, { recursive: true })
    purge({ ...host, id: await placed(host), beforeMerge: true, say: assert.fail })
    const { said, keptAside } = await replaced(host, () => undefined)
    assert.match(said[0] ?? '', /cannot be told: .*CONTENTS is no regular file/)
    assert.deepEqual([said.length, keptAside.length], [2, 1])
    assert.ok(lstatSync(dirname(contents)).isDirectory())
  }),
)

/** A stand-in whose program somebody replaces, and its purge before a merge. */
async function replaced(host: TestHost, own: () => void): Promise<{ said: string[] } & ReturnType<typeof purge>> {
  const id = await placed(host)
  merge(join(host.root, FILE), 'from other')
  own()
  const said: string[] = []
  const say: PurgeInput['say'] = (line) => void said.push(line)
  return { said, ...purge({ ...host, id, beforeMerge: true, say }) }
}
