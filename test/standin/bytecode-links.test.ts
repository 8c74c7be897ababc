/**
 * What Python compiles from a source that is a link goes with it, wherever the link leads; what was compiled from anything else stays.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { lstatSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { type Mount, mountsOf, readMounts } from '../../src/standin/mounts.ts'
import { purge } from '../../src/standin/purge.ts'
import { differences, snapshot } from '../support/oracle.ts'
import type { TestHost, Tree } from './support/site.ts'
import { onHost, placed, skip } from './support/tree.ts'

const APP = 'usr/share/app'
const LINK = `${APP}/word.py`
const CACHE = `${APP}/__pycache__`
const FILE = `${APP}/lib/word1.py`
const TREE: Tree = { [FILE]: 'WORD = 1\n', [LINK]: { link: 'lib/word1.py' } }

/** Whatever the environment of this test says of bytecode. */
function imported(host: TestHost): void {
  execFileSync('python3', ['-c', 'import word'], { cwd: join(host.root, APP), env: { PATH: process.env['PATH'] } })
  assert.equal(readdirSync(join(host.root, CACHE)).length, 1, 'Python has written')
}

function write(host: TestHost, path: string, content: string | Buffer): void {
  mkdirSync(join(host.root, dirname(path)), { recursive: true })
  writeFileSync(join(host.root, path), content)
}

function isOver(host: TestHost, before: ReturnType<typeof snapshot>): void {
  assert.deepEqual([differences(before, snapshot(host.root)), host.journal.unsettled()], [[], []])
}

const WORD = 'WORD = 1\n'
const GOES: readonly (readonly [what: string, tree: Tree])[] = [
  ['beside what it leads to', { [`${APP}/word1.py`]: WORD, [LINK]: { link: 'word1.py' } }],
  ['into a folder', TREE],
  ['up and down again', { 'usr/lib64/app/word.real': WORD, [LINK]: { link: '../.././lib64//app/word.real' } }],
  ['from the root', { [FILE]: WORD, [LINK]: { link: `/${FILE}` } }],
  ['over another link', { [FILE]: WORD, [`${APP}/lib/two.py`]: { link: 'word1.py' }, [LINK]: { link: 'lib/two.py' } }],
  ['through a folder that is a link', { [FILE]: WORD, [`${APP}/way`]: { link: 'lib' }, [LINK]: { link: 'way/../lib/word1.py' } }],
  ['to a file that was there', { [LINK]: { link: '../doc/word.txt' } }],
  ['through a link that was there', { [LINK]: { link: '../docs/word.txt' } }],
]

for (const [what, tree] of GOES)
  for (const isNew of [true, false])
    test(`a link that leads ${what}${isNew ? '' : ', in a folder that was there'}`, { skip }, () =>
      onHost(async (host) => {
        write(host, 'usr/share/doc/word.txt', WORD)
        execFileSync('ln', ['-s', 'doc', join(host.root, 'usr/share/docs')])
        if (!isNew) mkdirSync(join(host.root, CACHE), { recursive: true })
        const before = snapshot(host.root)
        const id = await placed(host, tree)
        // Within the host, an absolute one leads elsewhere for Python, so it runs where it finds the same.
        if (Object.values(tree).some((one) => typeof one !== 'string' && one.link.startsWith('/'))) compile(host, FILE)
        else imported(host)
        purge({ ...host, id, say: assert.fail })
        isOver(host, before)
      }),
    )

/** As Python writes it (PEP 552). */
function compile(host: TestHost, source: string): void {
  const { mtimeMs, size } = lstatSync(join(host.root, source))
  const header = Buffer.from([0xa7, 0x0d, 0x0d, 0x0a, ...Array.from({ length: 12 }, () => 0)])
  header.writeUInt32LE(Math.floor(mtimeMs / 1000), 8)
  header.writeUInt32LE(size, 12)
  write(host, `${CACHE}/word.cpython-311.pyc`, header)
}

interface Stay {
  readonly what: string
  readonly tree?: Tree
  readonly meanwhile: (host: TestHost) => void
}

const STAYS: readonly Stay[] = [
  {
    what: 'compiled from another file',
    meanwhile: (host) => (write(host, 'usr/share/doc/long', 'another size'), compile(host, 'usr/share/doc/long')),
  },
  { what: 'the link is what it says', meanwhile: (host) => compile(host, LINK) },
  {
    what: 'compiled from a file of the host that was changed since',
    tree: { [LINK]: { link: '../doc/word.txt' } },
    meanwhile(host) {
      compile(host, 'usr/share/doc/word.txt')
      write(host, 'usr/share/doc/word.txt', 'another size')
    },
  },
  {
    what: 'an installed package owns it',
    meanwhile(host) {
      compile(host, FILE)
      write(
        host,
        'var/db/pkg/app-misc/other-1/CONTENTS',
        `obj /${CACHE}/word.cpython-311.pyc 0123456789abcdef0123456789abcdef 1700000000\n`,
      )
    },
  },
  {
    what: 'an installed package owns the link',
    meanwhile(host) {
      compile(host, FILE)
      write(host, 'var/db/pkg/app-misc/other-1/CONTENTS', `sym /${LINK} -> lib/word1.py 1700000000\n`)
    },
  },
  {
    what: 'older than the link, in a folder that was there',
    meanwhile(host) {
      compile(host, FILE)
      utimesSync(join(host.root, `${CACHE}/word.cpython-311.pyc`), 1, 1)
    },
  },
  ...['nowhere', 'word.py', '../doc', 'x'.repeat(300), `${'../app/'.repeat(500)}lib/word1.py`].map((link) => ({
    what: `it leads to ${link.slice(0, 20)}`,
    tree: { [FILE]: WORD, [LINK]: { link } },
    meanwhile: (host: TestHost) => compile(host, FILE),
  })),
]

for (const { what, tree = TREE, meanwhile } of STAYS)
  test(`it stays: ${what}`, { skip }, () =>
    onHost(async (host) => {
      write(host, 'usr/share/doc/word.txt', WORD)
      mkdirSync(join(host.root, CACHE), { recursive: true })
      const before = snapshot(host.root)
      const id = await placed(host, tree)
      meanwhile(host)
      const added = differences(before, snapshot(host.root)).filter((line) => /^. (?:\S+pycache|usr\/share\/doc|var)/.test(line))
      assert.ok(added.some((line) => line.includes('.pyc')))
      purge({ ...host, id, say: () => undefined })
      assert.deepEqual(differences(before, snapshot(host.root)), added)
    }),
  )

test('a purge that ends anywhere is ended by the next one', { skip }, () =>
  onHost(async (host) => {
    const before = snapshot(host.root)
    for (const at of ['word1.py', 'word.py', '.pyc']) {
      const id = await placed(host, TREE)
      imported(host)
      const step = (name: string, path: string): void => {
        if (name === 'removed' && path.endsWith(at)) throw new Error('killed')
      }
      assert.throws(() => purge({ ...host, id, step, say: assert.fail }))
      purge({ ...host, id, say: assert.fail })
      isOver(host, before)
    }
  }),
)

test('where the link is out of sight what it leads to is known until it is in sight again', { skip }, () =>
  onHost(async (host) => {
    const before = snapshot(host.root)
    const id = await placed(host, { 'usr/lib64/word1.py': WORD, [LINK]: { link: '../../lib64/word1.py' } })
    imported(host)
    const root: Mount = { id: '1', parent: '0', device: '8:1', root: '/', point: '/' }
    const over: Mount = { id: '2', parent: '1', device: '8:2', root: '/', point: join(host.root, APP) }
    assert.throws(() => purge({ ...host, id, mounts: () => mountsOf([root, over]), say: () => undefined }), { code: 'IO' })
    assert.deepEqual(
      host.journal.paths(id).map(({ path }) => path),
      ['usr/lib64/word1.py', APP, LINK],
    )
    purge({ ...host, id, mounts: readMounts, say: assert.fail })
    isOver(host, before)
  }),
)

test('by the row of an earlier standin, which does not say where it leads, it stays; the next placing writes it down', { skip }, () =>
  onHost(async (host) => {
    mkdirSync(join(host.root, APP))
    const id = await placed(host, TREE)
    imported(host)
    host.journal.close()
    const database = new DatabaseSync(host.journalPath)
    database.exec('ALTER TABLE path DROP COLUMN target')
    database.close()
    const again = host.reopened()
    try {
      purge({ ...again, id, say: assert.fail })
      assert.equal(readdirSync(join(host.root, CACHE)).length, 1)
      const next = await placed(again, TREE)
      assert.deepEqual(
        again.journal.paths(next).map(({ target }) => target),
        ['', '', 'lib/word1.py'],
      )
      purge({ ...again, id: next, say: assert.fail })
      assert.deepEqual(again.journal.unsettled(), [])
    } finally {
      again.journal.close()
    }
  }),
)
