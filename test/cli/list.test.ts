/**
 * `standin list` and `standin why`: which packages, how they look, and what is said when there are none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { renderCourse } from '../../src/cli/commands/why.ts'
import { errorDocument, listDocument, whyDocument } from '../../src/cli/documents.ts'
import { openKnown } from '../../src/daemon/known.ts'
import { buildNamed } from '../daemon/support/offers.ts'
import { answering, courseOf, daemonIn, liveOne, ownOne } from './support/daemon.ts'
import { planned } from './support/placed.ts'
import { standin, standinJson, worldIn } from './support/world.ts'

const other = liveOne({ id: '8', cpv: 'dev-lang/lua-5.4.6', slot: '5.4', state: 'purging', files: 1 })
const own = ownOne({ cpv: 'test-misc/lua-1', shared: false, audit: 'differ' })
const LIST = answering({ list: [{ t: 'list', live: [liveOne(), other], builds: [ownOne(), own] }] })

const LINES = {
  hello: '[live]  app-misc/hello-2.12:0::gentoo  placed, level 1, 12 files, 1.2 MB, for 3 min\n',
  lua: '[live]  dev-lang/lua-5.4.6:5.4::gentoo  purging, level 1, 1 file, 1.2 MB, for 3 min\n',
  ownHello: '[built] app-misc/hello-2.12:0::gentoo  given to others, 2.7 MB, agrees with the copy that stood in\n',
  ownLua: '[built] test-misc/lua-1:0::gentoo  not given to others, 2.7 MB, DIFFERS from the copy that stood in\n',
}

const LISTED: readonly [string[], string][] = [
  [[], LINES.hello + LINES.lua + LINES.ownHello + LINES.ownLua],
  [['hello'], LINES.hello + LINES.ownHello],
  [['dev-lang/lua:5.4'], LINES.lua],
  [['=test-misc/lua-1', 'dev-lang/lua'], LINES.lua + LINES.ownLua],
  [['-q', 'hello'], 'app-misc/hello-2.12\n'],
]

for (const [words, stdout] of LISTED) {
  test(`list ${words.join(' ')}`, async (t) => {
    const world = worldIn(t)
    await daemonIn(t, world, LIST)
    assert.deepEqual(await standin(world, 'list', ...words), { code: 0, stdout, stderr: '' })
  })
}

test('list --verbose names ids, and --json all that is known', async (t) => {
  const world = worldIn(t)
  await daemonIn(t, world, LIST)
  const { stdout } = await standin(world, 'list', '-v', 'test-misc/lua')
  assert.match(stdout, /^ {8}recipe {2}a{64}\n {8}content b{64}\n {8}archive c{64}$/m)
  const { code, document } = await standinJson(world, listDocument, 'list', 'hello')
  assert.deepEqual({ code, document }, { code: 0, document: { standin: 'list-1', daemon: true, live: [liveOne()], builds: [ownOne()] } })
})

const REFUSED: readonly [string, number, string][] = [
  ['lua', 2, 'AMBIGUOUS'],
  ['app-misc/hello-2.12', 2, 'BAD_ATOM'],
  ['nano', 3, 'NOT_FOUND'],
]

for (const command of ['list', 'why', 'purge'] as const) {
  for (const [atom, exit, code] of REFUSED) {
    test(`${command} ${atom} ends with ${exit}, ${code}`, async (t) => {
      const world = worldIn(t)
      const courses = ['app-misc/hello-2.12', 'dev-lang/lua-5', 'test-misc/lua-1'].map((cpv) => courseOf({ cpv }))
      const live = courses.map(({ cpv }) => liveOne({ cpv }))
      const asked = await daemonIn(t, world, answering({ list: [{ t: 'list', live, builds: [] }], why: [{ t: 'why', courses }] }))
      const said = await standinJson(world, errorDocument, command, atom)
      assert.deepEqual([said.code, said.document.code], [exit, code])
      assert.match(said.stderr, /^ \* .*(lua|hello-2|nano)/)
      assert.deepEqual(
        asked.map(({ t: kind }) => kind),
        code === 'BAD_ATOM' ? [] : [command === 'why' ? 'why' : 'list'],
      )
    })
  }
}

test('why shows each rule', async (t) => {
  const world = worldIn(t)
  await daemonIn(t, world, answering({ why: [{ t: 'why', courses: [courseOf(), courseOf({ cpv: 'a/b-1' })] }] }))
  const head = '>>> app-misc/hello-2.12:0::gentoo  2026-03-04 05:00:00 UTC\n * no stand-in: it has a set-id file\n'
  const rules = '   passed  merge-source  it is built from source\n   stopped no-setid      no set-id files: usr/bin/su\n'
  assert.deepEqual(await standin(world, 'why', 'hello'), { code: 0, stdout: head + rules, stderr: '' })
  assert.equal((await standin(world, 'why', '--quiet', 'hello')).stdout, head)
  const { document } = await standinJson(world, whyDocument, 'why', 'app-misc/hello')
  assert.deepEqual(document, { standin: 'why-1', daemon: true, courses: [courseOf()] })
})

const star = (placed: boolean): unknown => renderCourse(courseOf({ placed }), { quiet: true })[1]?.[1]

test('why marks as good only what was placed', () => {
  assert.deepEqual(star(true), { tone: 'good', text: '*' })
  assert.deepEqual(star(false), { tone: 'warn', text: '*' })
})

test('without a daemon both say what it wrote down last, and end with 4', async (t) => {
  const world = worldIn(t)
  planned(world, 'app-misc/hello-2.12')
  const known = openKnown(join(world.folders.state, 'known.sqlite'))
  known.saveCourse(courseOf())
  known.saveBuild(buildNamed('hello', join(world.folders.archives, 'x')))
  known.close()
  const text = await standin(world, 'list', 'app-misc/hello')
  assert.match(text.stdout, /^\[built\] app-misc\/hello-2\.10\S* {2}[\d.]+ \w+, nothing stood in for it$/m)
  const listed = await standinJson(world, listDocument, 'list')
  assert.deepEqual(
    listed.document.builds.map(({ shared }) => shared),
    [null],
    'whether it is given to others only the daemon knows',
  )
  assert.deepEqual([listed.code, listed.document.daemon, listed.document.live.length], [4, false, 1])
  const asked = await standinJson(world, whyDocument, 'why', 'hello')
  assert.deepEqual([asked.code, asked.document], [4, { standin: 'why-1', daemon: false, courses: [courseOf()] }])
  assert.match(asked.stderr, /the daemon is not running/)
})

test('a host that has done nothing yet has nothing to list, which is no failure', async (t) => {
  const world = worldIn(t)
  const nothing = { t: 'list' as const, live: [], builds: [] }
  await daemonIn(t, world, answering({ list: [nothing] }))
  const said = ' * there is no live stand-in and no own build\n'
  assert.deepEqual(await standin(world, 'list'), { code: 0, stdout: '', stderr: said })
  assert.deepEqual(await standin(world, 'list', '--quiet'), { code: 0, stdout: '', stderr: '' })
  const { code, document } = await standinJson(world, listDocument, 'list')
  assert.deepEqual([code, document], [0, { standin: 'list-1', daemon: true, live: [], builds: [] }])
  assert.equal((await standin(world, 'list', 'hello')).code, 3)
})
