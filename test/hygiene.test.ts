/**
 * The tidy rules of this tree: floors, file sizes, opening sentences, where environment and exit codes are read.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'
import fg from 'fast-glob'

const top = join(import.meta.dirname, '..')
const sources = fg.globSync(['src/**/*.ts', 'hooks/**/*.ts'], { cwd: top }).toSorted()
const read = (path: string): string => readFileSync(join(top, path), 'utf8')

const FLOORS: Record<string, number> = {
  'src/base': 0,
  'src/package': 1,
  'src/portage': 1,
  'src/trust': 1,
  'src/standin': 2,
  'src/swarm': 2,
  'src/daemon': 3,
  'src/cli': 4,
  hooks: 4,
}

/** `src/package` for `src/package/archive/write.ts`: the folder whose floor counts. */
function roomOf(path: string): string {
  const parts = path.split('/')
  return parts[0] === 'src' ? parts.slice(0, 2).join('/') : (parts[0] ?? '')
}

function importsOf(path: string): string[] {
  return [...read(path).matchAll(/^(?:import|export)\b[^'"]*?from '([^']+)'|^import '([^']+)'|import\('([^']+)'\)/gm)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  )
}

test('there are sources to check', () => {
  assert.ok(sources.length > 5, `only ${sources.length} sources found below ${top}`)
})

test('a file imports from its own folder and from floors below', () => {
  const wrong: string[] = []
  for (const path of sources) {
    const room = roomOf(path)
    const floor = FLOORS[room]
    assert.notEqual(floor, undefined, `${path} lies in a folder without a floor`)
    for (const wanted of importsOf(path).filter((name) => name.startsWith('.'))) {
      const target = roomOf(normalize(join(dirname(path), wanted)))
      if (target !== room && (FLOORS[target] ?? 9) >= (floor ?? 0)) wrong.push(`${path} imports ${wanted}`)
    }
  }
  assert.deepEqual(wrong, [])
})

test('floors 0 and 1 import nothing that reaches a network', () => {
  const network = /^(node:(net|http|https|http2|dgram|tls|dns)|webtorrent|bittorrent-|undici)/
  const wrong = sources
    .filter((path) => (FLOORS[roomOf(path)] ?? 9) <= 1)
    .flatMap((path) =>
      importsOf(path)
        .filter((name) => network.test(name))
        .map((name) => `${path} imports ${name}`),
    )
  assert.deepEqual(wrong, [])
})

test('a hook imports no package', () => {
  const wrong = sources
    .filter((path) => path.startsWith('hooks/'))
    .flatMap((path) =>
      importsOf(path)
        .filter((name) => !name.startsWith('node:') && !name.startsWith('.'))
        .map((name) => `${path} imports ${name}`),
    )
  assert.deepEqual(wrong, [])
})

test('no file passes 250 lines', () => {
  const tests = fg.globSync(['test/**/*.ts', 'packaging/**/*.ts'], { cwd: top })
  const long = [...sources, ...tests].filter((path) => read(path).split('\n').length > 251)
  assert.deepEqual(long, [])
})

test('every source opens with a sentence that says what it guarantees, and names its licence', () => {
  const bare = sources.filter(
    (path) => !/^(#!.*\n)?\/\*\*\n \* [A-Z`].+/.test(read(path)) || !read(path).includes('SPDX-License-Identifier: GPL-2.0-or-later'),
  )
  assert.deepEqual(bare, [])
})

test('environment, arguments and exit codes are read on floor 4 only', () => {
  const wrong = sources
    .filter((path) => (FLOORS[roomOf(path)] ?? 9) < 4)
    .filter((path) => /process\.(env|argv|exit|exitCode)\b/.test(read(path)))
  assert.deepEqual(wrong, [])
})

test('no enum, default export, namespace or barrel', () => {
  const wrong = sources.filter((path) => /^export default|^(export )?(const )?enum |^export \* from|^namespace /m.test(read(path)))
  assert.deepEqual(wrong, [])
})

test('the lock file holds no download address', () => {
  assert.equal(/"resolved": "https?:/.test(read('package-lock.json')), false)
})
