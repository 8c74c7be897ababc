/**
 * Of bytecode beside a source that stands in only what was surely compiled from it goes: what was there before, is owned or is in doubt stays.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { chmodSync, linkSync, lstatSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { unmark } from '../../src/standin/live.ts'
import { purge } from '../../src/standin/purge.ts'
import { differences, snapshot } from '../support/oracle.ts'
import { entryFor, type TestHost } from './support/site.ts'
import { onHost, placed, skip } from './support/tree.ts'

const APP = 'usr/share/app'
const SOURCE = `${APP}/word.py`
const CACHE = `${APP}/__pycache__`
const COMPILED = `${CACHE}/word.cpython-311.pyc`

/** As Python writes it: a magic number, no flag, the second and the size of its source (PEP 552), code. */
function compiledFrom(source: string): Buffer {
  const { mtimeMs, size } = lstatSync(source)
  const header = Buffer.from([0xa7, 0x0d, 0x0d, 0x0a, ...Array.from({ length: 12 }, () => 0)])
  header.writeUInt32LE(Math.floor(mtimeMs / 1000), 8)
  header.writeUInt32LE(size, 12)
  return Buffer.concat([header, Buffer.from('code')])
}

function write(host: TestHost, path: string, content: string | Buffer): void {
  mkdirSync(join(host.root, dirname(path)), { recursive: true })
  writeFileSync(join(host.root, path), content)
}

const compile = (host: TestHost, path = COMPILED): void => write(host, path, compiledFrom(join(host.root, SOURCE)))

/** As Portage writes it once it has merged `paths`. */
function owns(host: TestHost, cpv: string, paths: readonly string[]): void {
  const lines = paths.map((path) =>
    lstatSync(join(host.root, path)).isDirectory() ? `dir /${path}\n` : `obj /${path} 0123456789abcdef0123456789abcdef 1700000000\n`,
  )
  write(host, `var/db/pkg/${cpv}/CONTENTS`, lines.join(''))
}

interface Row {
  readonly what: string
  readonly before?: (host: TestHost) => void
  /** While it stands in; what of it is not named in `goes` stays. */
  readonly meanwhile?: (host: TestHost) => void
  readonly goes?: readonly string[]
}

const ROWS: readonly Row[] = [
  { what: 'the user had it before, of another source', before: (host) => write(host, COMPILED, 'mine') },
  {
    what: 'the user had it before, and has touched it since',
    before: (host) => write(host, COMPILED, Buffer.alloc(40)),
    meanwhile: (host) => chmodSync(join(host.root, COMPILED), 0o600),
  },
  {
    what: 'it was there before, by a clock that was ahead then',
    before(host) {
      write(host, COMPILED, Buffer.alloc(40))
      utimesSync(join(host.root, COMPILED), 4e9, 4e9)
    },
  },
  {
    what: 'in a folder that was there it is older than the source, as far as it says',
    before: (host) => mkdirSync(join(host.root, CACHE), { recursive: true }),
    meanwhile(host) {
      compile(host)
      utimesSync(join(host.root, COMPILED), 1, 1)
    },
  },
  {
    what: 'an installed package owns it',
    before(host) {
      write(host, COMPILED, 'of app-misc/other')
      owns(host, 'app-misc/other-1', [CACHE, COMPILED])
    },
  },
  {
    what: 'an installed package owns it, and Python has written over it',
    before(host) {
      write(host, COMPILED, 'of app-misc/other')
      owns(host, 'app-misc/other-1', [CACHE, COMPILED])
    },
    meanwhile: compile,
  },
  {
    what: 'another package that was merged meanwhile owns it',
    meanwhile(host) {
      compile(host)
      owns(host, 'app-misc/other-1', [CACHE, COMPILED])
    },
  },
  {
    what: 'who owns it cannot be told',
    meanwhile(host) {
      compile(host)
      mkdirSync(join(host.root, 'var/db/pkg/app-misc/other-1/CONTENTS'), { recursive: true })
    },
  },
  {
    what: 'the own build was merged over the source',
    meanwhile(host) {
      compile(host)
      renameSync(join(host.root, SOURCE), join(host.root, 'usr/share/old'))
      write(host, SOURCE, 'WORD = 1\n')
      rmSync(join(host.root, 'usr/share/old'))
    },
  },
  {
    what: 'the own build has the same source, which Portage then leaves and gives its time',
    meanwhile(host) {
      utimesSync(join(host.root, SOURCE), 1e9, 1e9)
      compile(host)
      owns(host, 'app-misc/demo-1', [SOURCE])
    },
  },
  {
    what: 'an empty folder was there',
    before: (host) => mkdirSync(join(host.root, CACHE), { recursive: true }),
    meanwhile: compile,
    goes: [COMPILED],
  },
  {
    what: 'an empty folder was there, and Python never ran',
    before: (host) => mkdirSync(join(host.root, CACHE), { recursive: true }),
  },
  {
    what: 'a folder with files of others was there',
    before(host) {
      for (const name of ['other.cpython-311.pyc', 'word.pyc', 'word.py', 'words']) write(host, `${CACHE}/${name}`, 'theirs')
    },
    meanwhile: compile,
    goes: [COMPILED],
  },
  {
    what: 'an empty folder that came with a package merged meanwhile',
    meanwhile(host) {
      mkdirSync(join(host.root, CACHE))
      owns(host, 'app-misc/other-1', [CACHE])
    },
  },
  {
    what: 'the folder is a link',
    before(host) {
      mkdirSync(join(host.root, 'usr/share/elsewhere'))
      symlinkSync('../elsewhere', join(host.root, CACHE))
    },
    meanwhile: compile,
  },
  {
    what: 'it is a link',
    meanwhile(host) {
      write(host, 'usr/share/mine', compiledFrom(join(host.root, SOURCE)))
      mkdirSync(join(host.root, CACHE))
      symlinkSync('../../mine', join(host.root, COMPILED))
    },
  },
  {
    what: 'it is a second name of what was there before',
    before: (host) => write(host, 'usr/share/mine', 'mine'),
    meanwhile(host) {
      mkdirSync(join(host.root, CACHE))
      linkSync(join(host.root, 'usr/share/mine'), join(host.root, COMPILED))
    },
  },
  {
    what: 'a name that Python never gives',
    meanwhile: (host) => ['word.pyc', 'word.opt-1.pyc', 'word.cpython-311.py'].forEach((name) => compile(host, `${CACHE}/${name}`)),
  },
  ...['cpython-311', 'cpython-313.opt-1', 'cpython-313.opt-2', 'pypy39', 'pypy310', 'pypy310.opt-1', 'graalpy240-311'].map((tag) => ({
    what: `compiled by ${tag} meanwhile`,
    meanwhile: (host: TestHost) => compile(host, `${CACHE}/word.${tag}.pyc`),
    goes: [CACHE, `${CACHE}/word.${tag}.pyc`],
  })),
  {
    what: 'compiled meanwhile, by a clock that has gone back since the placing',
    meanwhile(host) {
      compile(host)
      utimesSync(join(host.root, COMPILED), 1, 1)
    },
    goes: [CACHE, COMPILED],
  },
]

/** Nothing of these is what a row is about. */
const AROUND = [APP, SOURCE]

for (const { what, before, meanwhile, goes = [] } of ROWS)
  for (const beforeMerge of [false, true])
    test(`${what}${beforeMerge ? ', before a merge' : ''}`, { skip }, () =>
      onHost(async (host) => {
        mkdirSync(join(host.root, 'usr/share/app'))
        before?.(host)
        const id = await placed(host, { [SOURCE]: 'WORD = 1\n', 'usr/bin/word': 'word' })
        meanwhile?.(host)
        const then = [...snapshot(host.root)].filter(([path]) => ![...goes, ...AROUND, 'usr/bin/word'].includes(path))
        purge({ ...host, id, beforeMerge, say: () => undefined })
        const now = [...snapshot(host.root)].filter(([path]) => !AROUND.includes(path))
        assert.deepEqual(differences(new Map(then), new Map(now)), [])
        assert.deepEqual(host.journal.unsettled(), [])
      }),
    )

test('nothing goes where the merge is past its point', { skip }, () =>
  onHost(async (host) => {
    const id = await placed(host, { [SOURCE]: 'WORD = 1\n' })
    compile(host)
    unmark(host.markers, { id, cpv: entryFor().cpv })
    const before = snapshot(host.root)
    purge({ ...host, id, say: () => undefined })
    assert.deepEqual(
      differences(before, snapshot(host.root)).filter((line) => line.includes('__pycache__')),
      [],
    )
  }),
)

test('what was compiled from a source that the user has edited goes, and the edited source is kept aside', { skip }, () =>
  onHost(async (host) => {
    const before = snapshot(host.root)
    const id = await placed(host, { [SOURCE]: 'WORD = 1\n' })
    writeFileSync(join(host.root, SOURCE), 'WORD = "mine"\n')
    utimesSync(join(host.root, SOURCE), 2e9, 2e9)
    compile(host)
    const { keptAside } = purge({ ...host, id, say: () => undefined })
    assert.deepEqual([keptAside.map(({ path }) => path), differences(before, snapshot(host.root))], [[SOURCE], []])
  }),
)
