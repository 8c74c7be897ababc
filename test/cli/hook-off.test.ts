/**
 * `standin hook --disable` leaves nothing live behind, and the hook where something resists; what is live without a hook is wrong.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { doctorDocument, hookDocument } from '../../src/cli/documents.ts'
import { journalPath, readJournal } from '../../src/cli/lastKnown.ts'
import type { Answer, Request } from '../../src/daemon/controlWire.ts'
import { skip } from '../standin/support/tree.ts'
import { daemonIn } from './support/daemon.ts'
import { healthy } from './support/healthy.ts'
import { placed } from './support/placed.ts'
import { standin, standinJson, worldIn } from './support/world.ts'

const HELLO = 'app-misc/hello-2.12'
const THERE: Answer = { t: 'list', live: [], builds: [] }
const isOn = (root: string): boolean => readFileSync(join(root, 'etc/portage/bashrc'), 'utf8').includes('standin')

test('without a daemon what stands in goes by the journal, and then the hook', { skip }, async (t) => {
  const world = worldIn(t)
  writeFileSync(join(world.root, 'etc/portage/bashrc'), 'A=1\n')
  await standin(world, 'hook', '--enable')
  await placed(world, HELLO, { 'usr/bin/hello': 'hello\n' })
  const pretended = await standinJson(world, hookDocument, 'hook', '--disable', '--pretend')
  assert.deepEqual([pretended.code, pretended.document.purged], [0, [HELLO]])
  assert.ok(existsSync(join(world.root, 'usr/bin/hello')) && isOn(world.root))
  assert.match(pretended.stderr, /would be purged first: app-misc\/hello-2\.12/)
  const { code, document, stderr } = await standinJson(world, hookDocument, 'hook', '--disable')
  assert.deepEqual([code, document.changed, document.purged, isOn(world.root)], [0, true, [HELLO], false])
  assert.match(stderr, /hello-2\.12: purged without the daemon/)
  assert.match(stderr, /remove STANDIN_FEATURES from make\.conf/)
  assert.equal(existsSync(join(world.root, 'usr/bin/hello')), false)
  assert.deepEqual(readJournal(journalPath(world.folders)).live, [])
})

test('where one resists the hook stays on, which is said', { skip }, async (t) => {
  const world = worldIn(t)
  await standin(world, 'hook', '--enable')
  await placed(world, HELLO, { 'usr/bin/hello': 'hello\n' })
  const asked: Request[] = await daemonIn(t, world, async (request, send) => {
    if (request.t === 'list') send(THERE)
    if (request.t === 'purge') send({ t: 'purged', lines: [`${HELLO}: could not purge`], failed: 1 })
  })
  const { code, stderr } = await standin(world, 'hook', '--disable')
  assert.deepEqual([code, isOn(world.root), asked.map((one) => one.t)], [1, true, ['list', 'purge']])
  assert.match(stderr, /could not purge\n.*1 stand-in could not be purged, so the hook stays on/)
})

test('one that is placed while the hook goes is taken away after it', { skip }, async (t) => {
  const world = worldIn(t)
  await standin(world, 'hook', '--enable')
  await placed(world, HELLO, { 'usr/bin/hello': 'hello\n' })
  // By the time of the first answer another one is there.
  const seen: boolean[] = []
  await daemonIn(t, world, async (request, send) => {
    if (request.t === 'list') send(THERE)
    if (request.t !== 'purge') return
    seen.push(isOnOrThere(world.root))
    send({ t: 'purged', lines: [], failed: 0 })
  })
  await standin(world, 'hook', '--disable')
  assert.deepEqual(seen, [true, false], 'asked once before the lines went, once after')
})

test('a daemon that hangs is not waited for as long as a purge may take, and what is done is said before', { skip }, async (t) => {
  const world = { ...worldIn(t), patienceMs: 100, purgePatienceMs: 120_000 }
  await standin(world, 'hook', '--enable')
  await placed(world, HELLO, { 'usr/bin/hello': 'hello\n' })
  await daemonIn(t, world, () => new Promise(() => undefined))
  const began = performance.now()
  const { code, stderr } = await standin(world, 'hook', '--disable')
  assert.ok(performance.now() - began < 20_000)
  assert.deepEqual([code, isOnOrThere(world.root), existsSync(join(world.root, 'usr/bin/hello'))], [0, false, false])
  assert.match(stderr, /^>>> Purging app-misc\/hello-2\.12.*\n.*does not answer.*going by the journal instead\n.*purged without the daemon/)
})

const isOnOrThere = (root: string): boolean => existsSync(join(root, 'etc/portage/bashrc')) && isOn(root)

test('what is live without a hook that takes it away is wrong, and the remedy is to purge', { skip }, async (t) => {
  const world = await healthy(t)
  await placed(world, HELLO, { 'usr/bin/hello': 'hello\n' })
  const wrong = async (): Promise<string[]> => {
    const { document } = await standinJson(world, doctorDocument, 'doctor')
    return document.findings.filter(({ state }) => state === 'wrong').map(({ check, remedy }) => `${check}: ${remedy}`)
  }
  assert.deepEqual(await wrong(), [])
  writeFileSync(join(world.root, 'etc/portage/bashrc'), '')
  assert.deepEqual(await wrong(), ['hook: standin hook --enable', 'stand-ins: standin purge --all'])
})

test('a bashrc that may end before the hook: said when it is switched on', async (t) => {
  const world = worldIn(t)
  writeFileSync(join(world.root, 'etc/portage/bashrc'), 'A=1\n[[ ${A} ]] && return\n')
  const { code, stderr } = await standin(world, 'hook', '--enable')
  assert.equal(code, 0)
  assert.match(
    stderr,
    /no stand-in: line 2 of \/etc\/portage\/bashrc may end it before the merge asks for the way .*\n.*move it to a file of its own/,
  )
})
