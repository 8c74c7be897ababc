/**
 * A path on the command line means the package that it is of, and what an atom asks of USE is said not to count.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { errorDocument, purgeDocument } from '../../src/cli/documents.ts'
import type { World } from '../../src/cli/world.ts'
import { addTo } from '../portage/tree.ts'
import { answering, courseOf, daemonIn } from './support/daemon.ts'
import { placed } from './support/placed.ts'
import { standin, standinJson, worldIn } from './support/world.ts'

const skip = process.getuid?.() === 0 ? false : 'a stand-in that is placed needs root'
const SUM = 'd41d8cd98f00b204e9800998ecf8427e 1700000000'
const COURSES = ['app-misc/hello-2.12', 'dev-lang/lua-5.4.6', 'dev-lang/lua-5.1.5'].map((cpv) => courseOf({ cpv }))

function hostWithLua(t: TestContext): World {
  const world = worldIn(t)
  addTo(world.root, {
    'var/db/pkg/dev-lang/lua-5.1.5/SLOT': '5.1\n',
    'var/db/pkg/dev-lang/lua-5.1.5/CONTENTS': `dir /usr\ndir /usr/bin\nobj /usr/bin/lua5.1 ${SUM}\n`,
    'var/db/pkg/app-misc/other-1/SLOT': '0\n',
    'var/db/pkg/app-misc/other-1/CONTENTS': `dir /usr\ndir /usr/bin\nobj /usr/bin/other ${SUM}\n`,
  })
  mkdirSync(join(world.root, 'usr/bin'), { recursive: true })
  symlinkSync('usr/bin', join(world.root, 'bin'))
  return world
}

for (const path of ['/usr/bin/lua5.1', '/bin/lua5.1']) {
  test(`why ${path} is about the installed package that has it`, async (t) => {
    const world = hostWithLua(t)
    await daemonIn(t, world, answering({ why: [{ t: 'why', courses: COURSES }] }))
    const { code, stdout } = await standin(world, 'why', '-q', path)
    assert.equal(code, 0)
    assert.match(stdout, /^>>> dev-lang\/lua-5\.1\.5:0::gentoo {2}[^\n]*\n \* [^\n]*\n$/)
  })
}

test('a path where something stands in is of that', { skip }, async (t) => {
  const world = hostWithLua(t)
  await placed(world, 'app-misc/hello-2.12', { 'usr/bin/hello': 'hello\n' })
  for (const path of ['/usr/bin/hello', '/bin/hello']) {
    const { code, document } = await standinJson(world, purgeDocument, 'purge', '--pretend', path)
    assert.deepEqual([code, document.standins.map(({ cpv }) => cpv)], [0, ['app-misc/hello-2.12']])
  }
})

const REFUSED: readonly [string, number, string, RegExp][] = [
  ['/usr/bin/none', 3, 'NOT_FOUND', /no live stand-in and no installed package has "\/usr\/bin\/none"/],
  ['/', 3, 'NOT_FOUND', /has "\/"/],
  ['/usr/bin', 2, 'AMBIGUOUS', /is of 2 packages, say one of: app-misc\/other-1 dev-lang\/lua-5\.1\.5/],
]

for (const [path, exit, code, text] of REFUSED) {
  test(`${path} is ${code}, and the daemon is not asked`, async (t) => {
    const world = hostWithLua(t)
    const asked = await daemonIn(t, world, answering({ why: [{ t: 'why', courses: COURSES }] }))
    const said = await standinJson(world, errorDocument, 'why', path)
    assert.deepEqual([said.code, said.document.code, asked.length], [exit, code, 0])
    assert.match(said.document.message, text)
  })
}

test('what is asked of USE is not looked at, and that is said', async (t) => {
  const world = worldIn(t)
  await daemonIn(t, world, answering({ why: [{ t: 'why', courses: COURSES }] }))
  const { code, stdout, stderr } = await standin(world, 'why', 'app-misc/hello:0=::gentoo[-nls]')
  assert.deepEqual([code, stderr], [0, ' * "app-misc/hello:0=::gentoo[-nls]": USE is not known here, so [-nls] is not looked at\n'])
  assert.match(stdout, /^>>> app-misc\/hello-2\.12/)
})
