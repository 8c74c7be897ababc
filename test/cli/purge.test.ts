/**
 * `standin purge`: through the daemon, by the journal without it, and only shown with --pretend.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { purgeDocument } from '../../src/cli/documents.ts'
import { journalPath, readJournal } from '../../src/cli/lastKnown.ts'
import type { Answer } from '../../src/daemon/controlWire.ts'
import { skip } from '../standin/support/tree.ts'
import { differences, snapshot } from '../support/oracle.ts'
import { answering, daemonIn, liveOne } from './support/daemon.ts'
import { placed } from './support/placed.ts'
import { main } from '../../src/cli/main.ts'
import { standin, standinJson, worldIn } from './support/world.ts'

const other = liveOne({ id: '8', cpv: 'dev-lang/lua-5.4.6' })
const list: Answer = { t: 'list', live: [liveOne(), other], builds: [] }
const purged: Answer = { t: 'purged', lines: ['/usr/bin/hello stays: x', 'app-misc/hello-2.12: purged (12 names)'], failed: 0 }

test('the daemon is told which', async (t) => {
  const world = worldIn(t)
  const asked = await daemonIn(t, world, answering({ list: [list], purge: [purged] }))
  const { code, stdout, stderr } = await standin(world, 'purge', 'hello')
  assert.deepEqual({ code, stdout }, { code: 0, stdout: '' })
  assert.equal(stderr, '>>> Purging app-misc/hello-2.12:0::gentoo\n * /usr/bin/hello stays: x\n * app-misc/hello-2.12: purged (12 names)\n')
  assert.deepEqual(asked, [{ t: 'list' }, { t: 'purge', ids: ['7'] }])
})

test('--all is all of them, and --quiet says nothing', async (t) => {
  const world = worldIn(t)
  const asked = await daemonIn(t, world, answering({ list: [list], purge: [purged] }))
  assert.deepEqual(await standin(world, 'purge', '--all', '-q'), { code: 0, stdout: '', stderr: '' })
  assert.deepEqual(asked.at(-1), { t: 'purge', ids: ['7', '8'] })
})

test('--pretend shows what would go and asks for nothing', async (t) => {
  const world = worldIn(t)
  const asked = await daemonIn(t, world, answering({ list: [list] }))
  const { code, stdout } = await standin(world, 'purge', '--pretend', 'lua')
  assert.deepEqual([code, stdout], [0, 'dev-lang/lua-5.4.6:0::gentoo  placed, level 1, 12 files, 1.2 MB, for 3 min\n'])
  const { document } = await standinJson(world, purgeDocument, 'purge', '-p', '--all')
  const standins = [liveOne(), other].map(({ id, cpv }) => ({ id, cpv }))
  assert.deepEqual(document, { standin: 'purge-1', daemon: true, pretend: true, standins, lines: [], failed: 0 })
  assert.deepEqual(asked, [{ t: 'list' }, { t: 'list' }])
})

test('one that could not be purged is a failure', async (t) => {
  const world = worldIn(t)
  const lines = ['app-misc/hello-2.12: could not purge']
  await daemonIn(t, world, answering({ list: [list], purge: [{ t: 'purged', lines, failed: 1 }] }))
  const { code, document, stderr } = await standinJson(world, purgeDocument, 'purge', '--all')
  assert.deepEqual([code, document.failed, document.lines], [1, 1, lines])
  assert.match(stderr, /1 of 2 could not be purged/)
})

test('nothing is live: --all has nothing to do, an atom finds nothing', async (t) => {
  const world = worldIn(t)
  const asked = await daemonIn(t, world, answering({ list: [{ t: 'list', live: [], builds: [] }] }))
  assert.deepEqual(await standin(world, 'purge', '--all'), { code: 0, stdout: '', stderr: ' * no stand-in is live\n' })
  assert.equal((await standin(world, 'purge', 'hello')).code, 3)
  assert.deepEqual(asked, [{ t: 'list' }, { t: 'list' }])
})

test('without a daemon and without a journal there is nothing to do', async (t) => {
  const world = worldIn(t)
  const { code, stderr } = await standin(world, 'purge', '--all')
  assert.equal(code, 0)
  assert.match(stderr, /going by the journal instead\n \* no stand-in is live\n$/)
  assert.equal(existsSync(journalPath(world.folders)), false)
})

test('without a daemon the files go by the journal, and what the user changed is kept', { skip }, async (t) => {
  const world = worldIn(t)
  const before = snapshot(join(world.root, 'usr'))
  await placed(world, 'app-misc/hello-2.12', { 'usr/bin/hello': 'hello\n', 'usr/share/hello/a': 'a' })
  await placed(world, 'app-misc/other-1', { 'usr/bin/other': 'other\n' })
  const pretended = await standin(world, 'purge', '--pretend', 'hello')
  assert.match(pretended.stdout, /^app-misc\/hello-2\.12 {2}placed, level 1, 2 files, 7 B/)
  assert.equal(readFileSync(join(world.root, 'usr/bin/hello'), 'utf8'), 'hello\n')

  const one = await standin(world, 'purge', 'hello')
  assert.equal(one.code, 0)
  assert.match(one.stderr, /app-misc\/hello-2\.12: purged without the daemon \(4 names\)/)
  assert.equal(existsSync(join(world.root, 'usr/bin/hello')), false)
  assert.equal(readFileSync(join(world.root, 'usr/bin/other'), 'utf8'), 'other\n', 'the other one stays')

  writeFileSync(join(world.root, 'usr/bin/other'), 'mine\n')
  const rest = await standinJson(world, purgeDocument, 'purge', '--all')
  assert.deepEqual([rest.code, rest.document.daemon, rest.document.failed], [0, false, 0])
  const { live, kept } = readJournal(journalPath(world.folders))
  assert.deepEqual([live, kept.map(({ path }) => path)], [[], ['usr/bin/other']])
  assert.equal(readFileSync(kept[0]?.keptAs ?? '', 'utf8'), 'mine\n')
  assert.deepEqual(differences(before, snapshot(join(world.root, 'usr'))), [])
})

test('whoever waits for a daemon that takes its time is told so', { skip }, async (t) => {
  const world = worldIn(t)
  const { promise: told, resolve } = Promise.withResolvers<void>()
  const said: string[] = []
  const write = (text: string): void => {
    said.push(text)
    if (text.includes('waiting for the daemon')) resolve()
  }
  await daemonIn(t, world, async (request, send) => {
    if (request.t !== 'list') await told
    send(request.t === 'list' ? list : purged)
  })
  const code = await main(['purge', 'hello'], { ...world, stderr: { ...world.stderr, write }, purgePatienceMs: 60_000 })
  assert.equal(code, 0)
  assert.doesNotMatch(said.join(''), /by the journal/)
})

test('a daemon that goes silent in the middle is no reason to leave files behind', { skip }, async (t) => {
  const world = { ...worldIn(t), purgePatienceMs: 50 }
  await placed(world, 'app-misc/hello-2.12', { 'usr/bin/hello': 'hello\n' })
  const { live } = readJournal(journalPath(world.folders))
  await daemonIn(t, world, async (request, send, signal) => {
    if (request.t === 'list') send({ t: 'list', live: [...live], builds: [] })
    else await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
  })
  const { code, stderr } = await standin(world, 'purge', '--all')
  assert.equal(code, 0)
  assert.match(stderr, /does not answer.*going by the journal instead/)
  assert.equal(existsSync(join(world.root, 'usr/bin/hello')), false)
})
