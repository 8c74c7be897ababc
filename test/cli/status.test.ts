/**
 * `standin status`: what a daemon says, what its journal says without one, on screen and as JSON.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { errorDocument, statusDocument } from '../../src/cli/documents.ts'
import { journalPath } from '../../src/cli/lastKnown.ts'
import { answering, daemonIn, statusAnswer } from './support/daemon.ts'
import { planned } from './support/placed.ts'
import { programs, standin, standinJson, worldIn } from './support/world.ts'

const SCREEN = `daemon       0.1.0, warden 11 (38 MB), peer 12 (97 MB)
switched on  install publish
stand-ins    1
  app-misc/hello-2.12:0::gentoo  placed, level 1, 12 files, 1.2 MB, for 3 min
kept files   1
  /usr/bin/hello is now /var/lib/standin/kept/3/usr/bin/hello
transfers    1
  app-misc/hello-2.12  down  44 % of 2.7 MB, 1.1 MB/s, 3 peers
disputes     1
  app-misc/other-1  2 files of two builds differ, the copy is wrong; both archives are in /var/lib/standin/disputes/x
`

test('a daemon that runs', async (t) => {
  const world = worldIn(t)
  const asked = await daemonIn(t, world, answering({ status: [statusAnswer()] }))
  assert.deepEqual(await standin(world, 'status'), { code: 0, stdout: SCREEN, stderr: '' })
  const { t: _, version, warden, peer, ...rest } = statusAnswer()
  const { code, document, stderr } = await standinJson(world, statusDocument, 'status')
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
  assert.deepEqual(document, { standin: 'status-1', daemon: { version, warden, peer }, ...rest })
  assert.deepEqual(asked, [{ t: 'status' }, { t: 'status' }])
  assert.deepEqual(await standin(world, 'status', '--quiet'), { code: 0, stdout: 'app-misc/hello-2.12\n', stderr: '' })
})

test('a daemon that has nothing to do, with its peer gone and nothing switched on', async (t) => {
  const world = worldIn(t)
  const idle = statusAnswer({ features: [], peer: null, live: [], kept: [], transfers: [], disputes: [] })
  await daemonIn(t, world, answering({ status: [idle] }))
  const { code, stdout } = await standin(world, 'status')
  assert.equal(code, 0)
  assert.equal(
    stdout,
    'daemon       0.1.0, warden 11 (38 MB), no peer\nswitched on  nothing: STANDIN_FEATURES is not set\n' +
      'stand-ins    none\nkept files   none\ntransfers    none\ndisputes     none\n',
  )
})

test('what is switched on is unknown where Portage can not be asked, and why is said', async (t) => {
  const world = worldIn(t)
  const unasked = statusAnswer({ features: null, whyUnknown: 'no Python here has the modules of Portage (python3: none)' })
  await daemonIn(t, world, answering({ status: [unasked] }))
  const { code, stdout, stderr } = await standin(world, 'status')
  assert.deepEqual({ code, stderr }, { code: 0, stderr: ' * no Python here has the modules of Portage (python3: none)\n' })
  assert.match(stdout, /^switched on {2}unknown$/m)
  assert.equal((await standinJson(world, statusDocument, 'status')).document.features, null)
})

test('a peer that does not answer is said to be so', async (t) => {
  const world = worldIn(t)
  await daemonIn(t, world, answering({ status: [statusAnswer({ peer: { pid: 12, megabytes: 97, answers: false } })] }))
  const { code, stdout } = await standin(world, 'status')
  assert.equal(code, 0)
  assert.match(stdout, /^daemon .*, peer 12 \(97 MB, does not answer just now\)$/m)
})

test('without a daemon the journal is read, unchanged, and the exit code is 4', async (t) => {
  const world = { ...worldIn(t), run: programs({ python3: 'STANDIN_FEATURES=install seed frob\n' }) }
  planned(world, 'app-misc/hello-2.12')
  const before = readFileSync(journalPath(world.folders))
  const { code, stdout, stderr } = await standin(world, 'status')
  assert.equal(code, 4)
  assert.match(stdout, /^daemon {7}does not answer\nswitched on {2}install seed\n/)
  assert.match(stdout, /^ {2}app-misc\/hello-2\.12 {2}planned, level 1, 0 files, 0 B, for 3 min$/m)
  assert.match(stderr, /^ \* the daemon is not running \(nobody listens at .*control\.sock\): start the service standin\n/)
  assert.match(stderr, /^ \* what follows is what it wrote down last$/m)
  assert.match(stderr, /^ \* STANDIN_FEATURES: "frob" is unknown/m)
  assert.deepEqual(readFileSync(journalPath(world.folders)), before)
  const said = await standinJson(world, statusDocument, 'status', '--quiet')
  assert.deepEqual({ code: said.code, stderr: said.stderr }, { code: 4, stderr: '' })
  assert.equal(said.document.daemon, null)
  assert.deepEqual(said.document.features, ['install', 'seed'])
  assert.deepEqual(
    said.document.live.map(({ cpv, state }) => [cpv, state]),
    [['app-misc/hello-2.12', 'planned']],
  )
})

test('without a daemon, a journal and a Portage nothing is made up', async (t) => {
  const world = worldIn(t)
  const { code, document, stderr } = await standinJson(world, statusDocument, 'status')
  assert.equal(code, 4)
  const nothing = { live: [], kept: [], transfers: [], disputes: [] }
  assert.deepEqual(document, { standin: 'status-1', daemon: null, features: null, ...nothing })
  assert.match(stderr, /python3 is not on PATH/)
  assert.deepEqual(readdirSync(world.folders.state), [], 'to look makes no file')
})

test('a damaged journal is said, and stays where it is', async (t) => {
  const world = worldIn(t)
  writeFileSync(journalPath(world.folders), 'no database '.repeat(400))
  const { code, document, stderr } = await standinJson(world, errorDocument, 'status')
  assert.equal(code, 1)
  assert.equal(document.code, 'BAD_STATE')
  assert.match(stderr, /journal .* does not read/)
  assert.deepEqual(readdirSync(world.folders.state), ['journal.sqlite'])
})

test('names from files are shown without what steers a terminal', async (t) => {
  const world = { ...worldIn(t), run: programs({ python3: 'STANDIN_FEATURES=\n' }) }
  planned(world, 'app-misc/\u001b[2Jhello\u202e-1')
  const { stdout } = await standin(world, 'status', '--color=no')
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  assert.doesNotMatch(stdout, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
  assert.match(stdout, /app-misc\/ \[2Jhello -1/)
})
