/**
 * What a build is made of is noted when it begins or never: not for one that was heard of too late, nor for one that is over by then.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { beginningsOf } from '../../src/daemon/beginning.ts'
import { type Course, courseOf, type Note } from '../../src/daemon/course.ts'
import { makeDoor } from '../../src/daemon/door.ts'
import { parseMoment } from '../../src/daemon/moment.ts'
import { asItBegan } from '../../src/daemon/unlike.ts'
import type { WishedRecipe } from '../../src/daemon/wish.ts'
import { atEnd } from '../support/atEnd.ts'
import { id } from './support/offers.ts'

const began = (second: number): Note['began'] =>
  parseMoment(
    `1\u001ffetch\u001f7.${second * 1_000_000}\u001fCATEGORY=app-misc\u001fPF=hello-1\u001fPN=hello\u001fPVR=1\u001fPORTAGE_REPO_NAME=none\u001fCHOST=x86_64-pc-linux-gnu` +
      '\u001fPORTAGE_BUILDDIR=/b\u001fPORTAGE_TMPDIR=/t\u001fMERGE_TYPE=source',
  )

for (const [what, at, again, over, expected] of [
  ['in time, where there is no such repository', 1005, 1000, false, [{ why: 'repository none is not in repos.conf' }]],
  ['too late', 1011, 1000, false, [{ why: 'the daemon heard of it only 11 seconds after it had begun' }]],
  ['and over by then', 1005, 1000, true, []],
  ['and once more, as behind pkg_pretend', 1005, 1004, false, [{ why: 'repository none is not in repos.conf' }]],
] as const) {
  test(`a build that is heard of ${what}`, async (t) => {
    const root = mkdtempSync(join(tmpdir(), 'standin-beginning-'))
    const door = await makeDoor(root, 'b')
    atEnd(t, () => {
      door.remove()
      rmSync(root, { recursive: true })
    })
    const wishTools = toolsAt(root)
    const noted: unknown[] = []
    const course: Course = courseOf('b', noteOf(1000), door)
    const beginnings = beginningsOf({ wishTools, clock: () => new Date(at * 1000), log: (line) => noted.push(line) }, (_course, changes) =>
      noted.push(changes.recipe),
    )
    beginnings.begin(course)
    const first = course.begun
    course.over = over
    if (again !== 1000) {
      course.note = noteOf(again)
      beginnings.begin(course)
    }
    await Promise.all([first, course.begun])
    assert.deepEqual(noted, expected)
  })
}

for (const [folder, replaces] of [
  ['app-misc/hello-0', true],
  ['app-misc/hello-1', true],
  ['app-misc/hello-world-1', undefined],
  ['app-misc/-MERGING-hello-1', undefined],
] as const) {
  test(`a build that begins beside ${folder} ${replaces === true ? 'may find it' : 'finds nothing of itself'}`, async (t) => {
    const root = mkdtempSync(join(tmpdir(), 'standin-beginning-'))
    const door = await makeDoor(root, 'b')
    atEnd(t, () => {
      door.remove()
      rmSync(root, { recursive: true })
    })
    mkdirSync(join(root, 'var/db/pkg', folder), { recursive: true })
    const course = courseOf('b', noteOf(1000), door)
    beginningsOf({ wishTools: toolsAt(root), clock: () => new Date(1_001_000), log: (line) => assert.fail(line) }, noting).begin(course)
    await course.begun
    assert.equal(course.note.replaces, replaces)
  })
}

test('what the host is called when a build begins is noted, of one that is to be published; anew where it begins once more', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'standin-beginning-'))
  const door = await makeDoor(root, 'b')
  atEnd(t, () => {
    door.remove()
    rmSync(root, { recursive: true })
  })
  let hostname = 'owl7'
  const tools = { wishTools: toolsAt(root), clock: () => new Date(1_001_000), log: (line: string) => assert.fail(line) }
  const beginnings = beginningsOf(tools, noting, () => ({ root, hostname }))
  const notedOf = async (course: Course): Promise<Note['names']> => {
    beginnings.begin(course)
    // What comes later is not what it began with.
    hostname = 'localhost'
    await course.begun
    return course.note.names
  }
  const course = courseOf('b', noteOf(1000), door)
  assert.deepEqual(await notedOf(course), { hosts: ['owl7'], domains: [], people: [] })
  course.note = { ...course.note, began: began(1000) }
  assert.deepEqual(await notedOf(course), { hosts: ['localhost'], domains: [], people: [] })
  const unwanted = { ...noteOf(1000), wanted: { install: true, publish: false, seed: false, typed: [] } }
  assert.equal(await notedOf(courseOf('b', unwanted, door)), undefined)
})

const noting = (of: Course, changes: Partial<Note>): void => void (of.note = { ...of.note, ...changes })

const run = (): never => assert.fail('nothing is run')

function toolsAt(root: string): Parameters<typeof beginningsOf>[0]['wishTools'] {
  return {
    publicRepos: [],
    root,
    env: {},
    run,
    optionsCache: new Map(),
    toolchains: new Map(),
    packers: new Map(),
    locales: new Map(),
    installed: new Map(),
  }
}

function noteOf(second: number): Note {
  const wanted: Note['wanted'] = { install: true, publish: true, seed: false, typed: [] }
  const nothing = { terminal: null, owner: null, callers: null, standing: null, stoodIn: null, package: null, unkept: null }
  return { standin: 'course-1', began: began(second), stage: 'following', wanted, ...nothing, buildTime: '', standinsLive: false }
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nobody looks into the recipe itself
const NOW = { known: true, id: id('recipe') } as WishedRecipe
const UNKNOWN: WishedRecipe = { known: false, why: 'there is none', changed: false }

for (const [what, note, now, expected] of [
  ['the same', { recipe: { id: id('recipe') } }, NOW, undefined],
  ['another', { recipe: { id: id('other') } }, NOW, /^its ebuild, an eclass, the compiler or a file of yours changed while it was built$/],
  ['none any more', { recipe: { id: id('recipe') } }, UNKNOWN, /^there is none$/],
  ['there, and was not when it began', { recipe: { why: 'it was patched' } }, NOW, /^it was patched$/],
  ['there, and nobody knows what it was', {}, NOW, /^the daemon was started again before it knew/],
  ['the same, and a hook saw otherwise', { recipe: { id: id('recipe') }, unlike: 'it was seen' }, NOW, /^it was seen$/],
] as const) {
  test(`a recipe that is ${what} in the end`, () => {
    const said = asItBegan(note, now)
    if (expected === undefined) assert.equal(said, now)
    else assert.match(said.known ? 'it is known' : said.why, expected)
  })
}
