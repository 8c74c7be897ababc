/**
 * Start-up keeps the stand-in of an emerge that still runs and settles every other one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { isMarked } from '../../src/standin/live.ts'
import { purge } from '../../src/standin/purge.ts'
import { recover } from '../../src/standin/recover.ts'
import { differences, snapshot } from '../support/oracle.ts'
import { entryFor } from './support/site.ts'
import { onHost, placed, placeTree, skip } from './support/tree.ts'

const silent = (): void => undefined
const OTHER = { ...entryFor('/var/tmp/portage/app-misc/other-1'), cpv: 'app-misc/other-1' }

test('a living emerge keeps its stand-in', { skip }, () =>
  onHost(async (host) => {
    const id = await placed(host)
    const during = snapshot(host.root)
    const { stillLive, settled } = recover({
      ...host,
      isLive: ({ ownerPid, ownerStart }) => ownerPid === 4242 && ownerStart === '777',
      say: silent,
    })
    assert.deepEqual([stillLive.map((entry) => entry.id), settled], [[id], []])
    assert.deepEqual(differences(during, snapshot(host.root)), [])
    assert.ok(isMarked(host.markers, entryFor().cpv))
  }),
)

test('one without its marker was taken away, so it goes, and what came to its names since then stays without a word', { skip }, () =>
  onHost(async (host) => {
    const before = snapshot(host.root)
    const id = await placed(host)
    rmSync(host.markers, { recursive: true })
    for (const path of ['usr/bin/demo', 'usr/share/demo/empty']) {
      writeFileSync(join(host.root, `${path}.new`), 'merged by Portage')
      renameSync(join(host.root, `${path}.new`), join(host.root, path))
    }
    const { stillLive, settled } = recover({ ...host, isLive: () => true, say: assert.fail })
    assert.deepEqual([stillLive, settled.map(({ entry }) => entry.id)], [[], [id]])
    const stays = ['usr/bin/demo', 'usr/share/demo', 'usr/share/demo/empty']
    assert.deepEqual(
      differences(before, snapshot(host.root)).map((line) => line.split(' ')[1]),
      stays,
    )
    assert.deepEqual([host.journal.unsettled(), host.journal.kept()], [[], []])
  }),
)

test('after a reboot nothing is live, whatever pid is in use again', { skip }, () =>
  onHost(async (host) => {
    const before = snapshot(host.root)
    await placed(host)
    const { stillLive, settled } = recover({ ...host, boot: 'another', isLive: () => true, say: silent })
    assert.deepEqual([stillLive.length, settled.length], [0, 1])
    assert.deepEqual(differences(before, snapshot(host.root)), [])
  }),
)

test('after a power cut that took the marker along, what the user put in our place is named', { skip }, () =>
  onHost(async (host) => {
    await placed(host)
    rmSync(host.markers, { recursive: true })
    writeFileSync(join(host.root, 'usr/bin/new'), 'mine')
    renameSync(join(host.root, 'usr/bin/new'), join(host.root, 'usr/bin/demo'))
    const said: string[] = []
    recover({ ...host, boot: 'another', isLive: () => true, say: (line) => void said.push(line) })
    assert.deepEqual(said, ['/usr/bin/demo stays: somebody else put something in its place'])
  }),
)

test('one entry that cannot be settled does not keep the others', { skip }, () =>
  onHost(async (host) => {
    const stuck = await placed(host)
    await placeTree(host, { 'usr/bin/other': 'other' }, { entry: OTHER })
    writeFileSync(join(host.root, 'usr/bin/demo'), 'edited')
    writeFileSync(host.keepFolder, 'in the way')
    const { failed, settled } = recover({ ...host, isLive: () => false, say: silent })
    assert.deepEqual(
      failed.map(({ entry, error }) => [entry.id, error.code]),
      [[stuck, 'IO']],
    )
    assert.deepEqual(
      settled.map(({ entry }) => entry.cpv),
      [OTHER.cpv],
    )
    assert.equal(existsSync(join(host.root, 'usr/bin/other')), false)
    assert.ok(existsSync(join(host.root, 'usr/bin/demo')))
  }),
)

test('two stand-ins share a new folder; each purge takes its own, the last one the folder', { skip }, () =>
  onHost(async (host) => {
    const before = snapshot(host.root)
    const first = await placed(host, { 'usr/share/demo/one': '1', 'usr/share/demo/deep/one': '1' })
    const second = await placeTree(host, { 'usr/share/demo/two': '2', 'usr/share/demo/deep/x': '3' }, { entry: OTHER })
    assert.ok(second.kind === 'placed')
    const { left } = purge({ ...host, id: first, say: silent })
    assert.deepEqual(left, [])
    assert.ok(existsSync(join(host.root, 'usr/share/demo/two')))
    purge({ ...host, id: second.id, say: silent })
    assert.deepEqual(differences(before, snapshot(host.root)), [])
  }),
)
