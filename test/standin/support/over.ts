/**
 * Places, mounts something over what stands in, purges, and purges again once that is unmounted: `node over.ts CASES`, in a mount namespace of its own. CASES
 * is JSON, [what, path, how] each; a line of JSON says of each what the user was told.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { purge } from '../../../src/standin/purge.ts'
import { recover } from '../../../src/standin/recover.ts'
import { differences, snapshot } from '../../support/oracle.ts'
import { testHost } from './site.ts'
import { DEMO, placed } from './tree.ts'

// The list of mounts has the middle of this as octal numbers.
const work = mkdtempSync(join(tmpdir(), 'standin-over-'))
let host = testHost(join(work, 'none'))
let before = snapshot(host.root)
let said: string[] = []
const mounted: string[] = []
const at = (path: string): string => join(host.root, path)
const say = (line: string): void => void said.push(line.replaceAll(host.root, ''))
const names = (id: number): string[] => host.journal.paths(id).map(({ path }) => path)

function mount(path: string, ...args: readonly string[]): void {
  execFileSync('mount', [...args, at(path)])
  mounted.push(at(path))
}

function unmount(): void {
  execFileSync('umount', [mounted.pop() ?? ''])
}

function folder(...parts: readonly string[]): string {
  const path = join(host.top, ...parts)
  mkdirSync(path, { recursive: true })
  return path
}

/** By a short way, as the options of an overlay know no backslash. */
function overlay(path: string): void {
  const short = mkdtempSync(join(tmpdir(), 'standin-over-'))
  const [lower, spare] = [join(short, 'lower'), join(short, 'spare')]
  for (const one of [lower, spare]) mkdirSync(one)
  execFileSync('mount', ['--bind', at(path), lower])
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', spare])
  for (const one of ['upper', 'work']) mkdirSync(join(spare, one))
  mount(path, '-t', 'overlay', 'overlay', '-o', `lowerdir=${lower},upperdir=${spare}/upper,workdir=${spare}/work`)
  for (const one of [lower, spare]) execFileSync('umount', ['--lazy', one])
  rmSync(short, { recursive: true })
}

const COVERS: Readonly<Record<string, (path: string) => void>> = {
  tmpfs: (path) => mount(path, '-t', 'tmpfs', 'tmpfs'),
  'a folder of the same filesystem': (path) => mount(path, '--bind', folder('spare')),
  overlay,
  'a file': (path) => {
    writeFileSync(join(host.top, 'file'), 'mine')
    mount(path, '--bind', join(host.top, 'file'))
  },
  'a folder, and that by itself': (path) => {
    mount(path, '--bind', folder('spare'))
    mount(path, '--bind', at(path))
  },
}

/** Whatever is below `cover` stays, and all else goes; the rest goes with what is mounted there. */
async function over(cover: string, how: string, boot = host.boot): Promise<void> {
  const id = await placed(host)
  const all = names(id)
  COVERS[how]?.(cover)
  const isFolder = lstatSync(at(cover)).isDirectory()
  // What the user has there now, under a name of ours or beside it.
  const mine = isFolder ? at(`${cover}/mine`) : at(cover)
  writeFileSync(mine, 'mine')
  const isBelow = (path: string): boolean => path === cover || path.startsWith(`${cover}/`)
  const kept = all.filter((path) => isBelow(path) || cover.startsWith(`${path}/`))
  for (const beforeMerge of [true, false]) {
    assert.throws(() => purge({ ...host, boot, id, beforeMerge, say: beforeMerge ? say : () => undefined }), {
      name: 'HostError',
      code: 'IO',
    })
    assert.deepEqual([names(id), readFileSync(mine, 'utf8'), host.journal.kept()], [kept, 'mine', []])
  }
  while (mounted.length > 0) unmount()
  goes()
}

function goes(): void {
  assert.equal(recover({ ...host, isLive: () => false, say: assert.fail }).settled.length, 1)
  assert.deepEqual([differences(before, snapshot(host.root)), host.journal.unsettled()], [[], []])
}

/** Mounted there before anything was placed, it is where the names are. */
async function under(how: string): Promise<void> {
  writeFileSync(join(folder('spare/doc'), 'theirs'), 'theirs')
  COVERS[how]?.('usr/share')
  mkdirSync(at('usr/share/doc'), { recursive: true })
  const here = snapshot(host.root)
  purge({ ...host, id: await placed(host), say: assert.fail })
  assert.deepEqual(differences(here, snapshot(host.root)), [])
  const id = await placed(host)
  execFileSync('mount', ['--bind', at('usr/share'), join(folder('aside'))])
  mounted.unshift(join(host.top, 'aside'))
  unmount()
  assert.throws(() => purge({ ...host, id, say }), { name: 'HostError', code: 'IO' })
  assert.deepEqual(
    names(id),
    Object.keys(DEMO)
      .flatMap((path) => [path, dirname(path), dirname(dirname(path)), dirname(dirname(dirname(path)))])
      .filter((path, index, paths) => /^usr\/share\/(demo|doc\/)/.test(path) && paths.indexOf(path) === index)
      .toSorted(),
  )
  mount('usr/share', '--bind', join(host.top, 'aside'))
  assert.equal(recover({ ...host, isLive: () => false, say: assert.fail }).settled.length, 1)
  assert.deepEqual([differences(here, snapshot(host.root)), host.journal.unsettled()], [[], []])
}

/** A folder that is bound to itself hides nothing: what the user has put there is in the way of a merge. */
async function itself(cover: string): Promise<void> {
  const id = await placed(host)
  mount(cover, '--bind', at(cover))
  writeFileSync(at('usr/share/demo/new'), 'mine')
  renameSync(at('usr/share/demo/new'), at('usr/share/demo/empty'))
  rmSync(at('usr/share/demo/a/b/c.txt'))
  const { keptAside, left } = purge({ ...host, id, beforeMerge: true, say: () => undefined })
  assert.deepEqual([keptAside.map(({ path }) => path), left], [['usr/share/demo/empty'], []])
  unmount()
  assert.deepEqual([differences(before, snapshot(host.root)), host.journal.unsettled()], [[], []])
}

const WHATS: Readonly<Record<string, (path: string, how: string) => Promise<void>>> = {
  over,
  'over, in another boot': (path, how) => over(path, how, 'another'),
  under: (_, how) => under(how),
  itself,
}

async function run(what: string, path: string, how: string): Promise<unknown> {
  host = testHost(mkdtempSync(join(work, 'a \t\n\\040-')))
  before = snapshot(host.root)
  said = []
  try {
    await WHATS[what]?.(path, how)
    return said
  } catch (error) {
    return String(error)
  } finally {
    while (mounted.length > 0) unmount()
    host.remove()
  }
}

const cases: unknown = JSON.parse(process.argv[2] ?? '[]')
try {
  host.journal.close()
  for (const one of Array.isArray(cases) ? cases : []) {
    const [what, path, how] = Array.isArray(one) ? one.map(String) : []
    process.stdout.write(`${JSON.stringify(await run(what ?? '', path ?? '', how ?? ''))}\n`)
  }
} finally {
  rmSync(work, { recursive: true })
}
