/**
 * Placing and purging on a temporary root: what appears, what is refused, and that the tree is as it was afterwards.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { isMarked } from '../../src/standin/live.ts'
import { place } from '../../src/standin/place.ts'
import { purge } from '../../src/standin/purge.ts'
import { openStaging } from '../../src/standin/staging.ts'
import { differences, snapshot } from '../support/oracle.ts'
import { entryFor, planOf, sha256, stage } from './support/site.ts'
import { DEMO, onHost, placeTree, skip } from './support/tree.ts'

test('a placed tree can be read, and is gone after its purge', { skip }, () =>
  onHost(async (host) => {
    const before = snapshot(host.root)
    const placed = await placeTree(host, DEMO)
    assert.equal(placed.kind, 'placed')
    assert.equal(readFileSync(join(host.root, 'usr/bin/demo'), 'utf8'), DEMO['usr/bin/demo'])
    assert.equal(lstatSync(join(host.root, 'usr/bin/demo')).mode & 0o7777, 0o755)
    assert.equal(lstatSync(join(host.root, 'usr/bin/demo')).nlink, 1, 'a second name of a live file is left')
    assert.equal(lstatSync(join(host.root, 'usr/share/demo/a')).mode & 0o7777, 0o755)
    assert.equal(readlinkSync(join(host.root, 'usr/lib64/libdemo.so.1')), 'libdemo.so.1.0')
    assert.ok(isMarked(host.markers, entryFor().cpv))
    assert.ok(placed.kind === 'placed')
    const purged = purge({ ...host, id: placed.id, say: assert.fail })
    assert.deepEqual(purged, { removed: 11, keptAside: [], left: [] })
    assert.deepEqual(differences(before, snapshot(host.root)), [])
    assert.deepEqual(host.journal.unsettled(), [])
    assert.equal(isMarked(host.markers, entryFor().cpv), false)
    assert.deepEqual(purge({ ...host, id: placed.id, say: assert.fail }), { removed: 0, keptAside: [], left: [] })
  }),
)

test('staged bytes that are not what the plan names are never placed', { skip }, () =>
  onHost(async (host) => {
    const before = snapshot(host.root)
    stage(host.stagingPath, DEMO)
    const hex = sha256('library')
    writeFileSync(join(host.stagingPath, 'files', hex), 'LIBRARY')
    const plan = planOf(DEMO, (folder) => existsSync(join(host.root, folder)))
    const staging = openStaging(host.stagingPath)
    const placing = place({ ...host, plan, staging, entry: entryFor(), shouldStop: () => false, say: () => undefined })
    await assert.rejects(placing, { name: 'StrangerError', code: 'BAD_HASH' })
    staging.close()
    assert.deepEqual(differences(before, snapshot(host.root)), [])
    assert.deepEqual(host.journal.unsettled(), [])
  }),
)

for (const [what, at] of [
  ['file', 'usr/bin/demo'],
  ['link', 'usr/lib64/libdemo.so.1'],
  ['folder', 'usr/share/demo'],
] as const)
  test(`a ${what} that appears after planning is not replaced, and all is undone`, { skip }, () =>
    onHost(async (host) => {
      let before = snapshot(host.root)
      const placed = await placeTree(host, DEMO, {
        step: (step) => {
          if (step !== 'written-ahead') return
          if (what === 'link') symlinkSync('/nowhere', join(host.root, at))
          else writeFileSync(join(host.root, at), 'mine')
          before = new Map([...snapshot(host.root)].filter(([path]) => !path.includes('.standin-')))
        },
      })
      assert.equal(placed.kind, 'refused')
      assert.deepEqual(differences(before, snapshot(host.root)), [])
      assert.deepEqual(host.journal.unsettled(), [])
    }),
  )

test('modes and owners are those of the plan, whatever the umask and the folder say', { skip }, () =>
  onHost(async (host) => {
    for (const folder of ['usr', 'usr/bin', 'usr/share']) {
      chownSync(join(host.root, folder), 0, 12)
      chmodSync(join(host.root, folder), 0o2755)
    }
    const before = snapshot(host.root)
    const umask = process.umask(0o077)
    try {
      assert.equal((await placeTree(host, DEMO)).kind, 'placed')
    } finally {
      process.umask(umask)
    }
    const during = snapshot(host.root)
    const modes = ['usr/bin/demo', 'usr/bin/demo-alias', 'usr/share/demo', 'usr/share/demo/a/b', 'usr/share/demo/empty'].map((path) =>
      during.get(path)?.split(' ').slice(0, 3).join(' '),
    )
    assert.match(modes.splice(1, 1)[0] ?? '', /^link 0:0 /)
    assert.deepEqual(modes, ['file 755 0:0', 'dir 755 0:0', 'dir 755 0:0', 'file 644 0:0'])
    const [entry] = host.journal.unsettled()
    purge({ ...host, id: entry?.id ?? 0, say: assert.fail })
    assert.deepEqual(differences(before, snapshot(host.root)), [])
  }),
)

test('a folder that becomes a link right before anything appears is not followed', { skip }, () =>
  onHost(async (host) => {
    const placing = placeTree(host, DEMO, {
      step: (step) => {
        if (step !== 'written-ahead') return
        renameSync(join(host.root, 'usr/lib64'), join(host.top, 'elsewhere'))
        symlinkSync(join(host.top, 'elsewhere'), join(host.root, 'usr/lib64'))
      },
    })
    await assert.rejects(placing, { name: 'HostError', code: 'CHANGED_UNDERWAY' })
    assert.deepEqual(readdirSync(join(host.top, 'elsewhere')), [])
    assert.deepEqual(readdirSync(join(host.root, 'usr/bin')), [])
    assert.deepEqual(host.journal.unsettled(), [])
  }),
)

for (const umask of [0o022, 0o077])
  test(`no bit above the nine of a mode gets on a copy, with umask ${umask.toString(8)}`, { skip }, () =>
    onHost(async (host) => {
      stage(host.stagingPath, DEMO)
      const planned = planOf(DEMO, (folder) => existsSync(join(host.root, folder)))
      const plan = { ...planned, operations: planned.operations.map((one) => (one.kind === 'file' ? { ...one, mode: 0o7755 } : one)) }
      const staging = openStaging(host.stagingPath)
      const was = process.umask(umask)
      const placing = place({ ...host, plan, staging, entry: entryFor(), shouldStop: () => false, say: assert.fail })
      const placed = await placing.finally(() => process.umask(was))
      staging.close()
      assert.equal(placed.kind, 'placed')
      for (const path of ['usr/bin/demo', 'usr/share/demo/empty']) assert.equal(lstatSync(join(host.root, path)).mode & 0o7777, 0o755, path)
    }),
  )
