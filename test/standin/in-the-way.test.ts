/**
 * What the user puts in the place of ours, whatever it is: put aside whole where a merge comes next and needs the room, left alone where none does.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { purge } from '../../src/standin/purge.ts'
import { MOST_LINES } from '../../src/standin/telling.ts'
import { differences, snapshot } from '../support/oracle.ts'
import type { Tree } from './support/site.ts'
import { onHost, placed, skip } from './support/tree.ts'

const FILE = 'usr/bin/demo'
const LINK = 'usr/bin/demo-alias'
const FOLDER = 'usr/share/demo'
const INSIDE = `${FOLDER}/empty`

interface Row {
  readonly what: string
  readonly at: string
  readonly make: (path: string) => void
  /** As `describe` shows it; undefined: nothing needs its room, it stays. */
  readonly kept?: string
}

const file = (path: string): void => writeFileSync(path, 'mine')
const link = (path: string): void => symlinkSync('../mine', path)
const folder = (path: string): void => {
  mkdirSync(path)
  writeFileSync(join(path, 'mine'), 'mine')
}
const fifo = (path: string): void => void spawnSync('mkfifo', [path])

const ROWS: readonly Row[] = [
  { what: 'our file by a file', at: FILE, make: file, kept: 'file mine' },
  { what: 'our file by a link', at: FILE, make: link, kept: 'link ../mine' },
  { what: 'our file by an empty folder', at: FILE, make: (path) => mkdirSync(path), kept: 'folder ' },
  { what: 'our file by a folder with contents', at: FILE, make: folder, kept: 'folder mine' },
  { what: 'our file by a FIFO', at: FILE, make: fifo, kept: 'other' },
  { what: 'our link by a link', at: LINK, make: link, kept: 'link ../mine' },
  { what: 'our link by a file', at: LINK, make: file, kept: 'file mine' },
  { what: 'our link by a folder', at: LINK, make: folder, kept: 'folder mine' },
  { what: 'our folder by a file', at: FOLDER, make: file, kept: 'file mine' },
  { what: 'our folder by a link to nowhere', at: FOLDER, make: link, kept: 'link ../mine' },
  { what: 'our folder by a FIFO', at: FOLDER, make: fifo, kept: 'other' },
  { what: 'our folder by a folder', at: FOLDER, make: folder },
  { what: 'our folder by a link to a folder', at: FOLDER, make: (path) => symlinkSync('doc', path) },
  { what: 'a file in our folder by a folder', at: INSIDE, make: folder, kept: 'folder mine' },
]

function describe(path: string): string {
  const stat = lstatSync(path)
  if (stat.isFile()) return `file ${readFileSync(path, 'utf8')}`
  if (stat.isSymbolicLink()) return `link ${readlinkSync(path)}`
  return stat.isDirectory() ? `folder ${readdirSync(path).join(' ')}` : 'other'
}

for (const { what, at, make, kept } of ROWS) {
  test(`before a merge: ${what}`, { skip }, () =>
    onHost(async (host) => {
      const before = snapshot(host.root)
      const id = await placed(host)
      rmSync(join(host.root, at), { recursive: true })
      make(join(host.root, at))
      const mine = snapshot(host.root)
      const said: string[] = []
      const { keptAside, left } = purge({ ...host, id, beforeMerge: true, say: (line) => void said.push(line) })
      assert.deepEqual(
        keptAside.map(({ path, keptAs }) => [path, describe(keptAs)]),
        kept === undefined ? [] : [[at, kept]],
      )
      assert.deepEqual([said.length, left.length], kept === undefined ? [1, 1] : [1, 0])
      const stays = kept === undefined ? [...mine].filter(([path]) => path === at || path.startsWith(`${at}/`)) : []
      assert.deepEqual(differences(new Map([...before, ...stays]), snapshot(host.root)), [])
      assert.deepEqual(
        host.journal.kept().map(({ path }) => path),
        kept === undefined ? [] : [at],
      )
      assert.deepEqual(host.journal.unsettled(), [])
    }),
  )

  test(`without a merge: ${what}`, { skip }, () =>
    onHost(async (host) => {
      const id = await placed(host)
      rmSync(join(host.root, at), { recursive: true })
      make(join(host.root, at))
      const mine = describe(join(host.root, at))
      const { keptAside, left } = purge({ ...host, id, say: () => undefined })
      assert.deepEqual(keptAside, [])
      assert.equal(left[0]?.path, at)
      assert.equal(describe(join(host.root, at)), mine)
      assert.deepEqual(host.journal.unsettled(), [])
    }),
  )
}

test('what is kept twice under one name is there twice', { skip }, () =>
  onHost(async (host) => {
    const id = await placed(host)
    mkdirSync(join(host.keepFolder, String(id), FILE), { recursive: true })
    writeFileSync(join(host.root, FILE), 'mine')
    const { keptAside } = purge({ ...host, id, say: () => undefined })
    assert.deepEqual(
      keptAside.map(({ keptAs }) => describe(keptAs)),
      ['file mine'],
    )
    assert.equal(describe(join(host.keepFolder, String(id), FILE)), 'folder ')
  }),
)

test('of many things a few are named, and how many more there are', { skip }, () =>
  onHost(async (host) => {
    const many: Tree = Object.fromEntries(Array.from({ length: MOST_LINES + 5 }, (_each, at) => [`usr/bin/demo${at}`, `file ${at}`]))
    const id = await placed(host, many)
    for (const path of Object.keys(many)) writeFileSync(join(host.root, path), 'mine')
    const said: string[] = []
    assert.equal(purge({ ...host, id, say: (line) => void said.push(line) }).keptAside.length, MOST_LINES + 5)
    assert.deepEqual([said.length, said.at(-1)], [MOST_LINES + 1, 'and 5 more names'])
  }),
)
