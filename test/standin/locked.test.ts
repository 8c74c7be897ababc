/**
 * A journal that somebody else has locked keeps no stand-in on the disk: what is read does, its rows are written later, and whoever was at work
 * with it meanwhile harms no merge.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { existsSync, linkSync, lstatSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { BRIEF_MS, BUSY_MS } from '../../src/standin/journal-file.ts'
import { openJournal } from '../../src/standin/journal.ts'
import { hasMarker } from '../../src/standin/live.ts'
import { purge } from '../../src/standin/purge.ts'
import { recover } from '../../src/standin/recover.ts'
import type { Step } from '../../src/standin/site.ts'
import { differences, snapshot } from '../support/oracle.ts'
import { entryFor, type TestHost } from './support/site.ts'
import { DEMO, onHost, placed, placeTree, skip } from './support/tree.ts'

const FILE = 'usr/bin/demo'
const SCRIPT = typeof DEMO[FILE] === 'string' ? DEMO[FILE] : ''

/** As a program that hangs in the middle of its own transaction. Gives what ends it. */
function lock(host: TestHost): () => void {
  const database = new DatabaseSync(host.journalPath, { timeout: 5000 })
  database.exec('BEGIN IMMEDIATE')
  return () => database.close()
}

/** As the hook does it that finds no warden. Gives how long it took, in milliseconds. */
function purgeElsewhere(host: TestHost): number {
  const began = performance.now()
  const journal = openJournal(host.journalPath, { briefly: true })
  for (const { id } of journal.unsettled()) purge({ ...host, journal, id, beforeMerge: true, say: () => undefined })
  journal.close()
  return performance.now() - began
}

/** Another copy of `FILE` that comes with a merge, under the number that the inode of ours had, as filesystems give it out again. */
function heldBack(host: TestHost): { merge: (content?: string) => void } {
  const [path, spare] = [join(host.root, FILE), join(host.top, 'spare')]
  if (existsSync(path)) linkSync(path, spare)
  return {
    merge(content) {
      if (!existsSync(spare)) writeFileSync(spare, SCRIPT)
      if (content !== undefined) writeFileSync(spare, content)
      renameSync(spare, path)
    },
  }
}

test('it is taken away by what is read, in a moment, and written down as soon as that can be', { skip }, () =>
  onHost(async (host) => {
    const before = snapshot(host.root)
    const id = await placed(host)
    const unlock = lock(host)
    const took = purgeElsewhere(host)
    assert.ok(took < BUSY_MS, `${took} ms`)
    assert.deepEqual(differences(before, snapshot(host.root)), [])
    assert.deepEqual([host.journal.find(id)?.state, hasMarker(host.markers, { id, cpv: entryFor().cpv })], ['placed', false])
    unlock()
    const journal = openJournal(host.journalPath, { briefly: true })
    purge({ ...host, journal, id, say: assert.fail })
    assert.deepEqual(journal.unsettled(), [])
    journal.close()
  }),
)

test('one lock is waited for once, however much is to be written', { skip }, () =>
  onHost(async (host) => {
    const id = await placed(host)
    for (const path of [FILE, 'usr/share/demo/a/b/c.txt', 'usr/lib64/libdemo.so.1.0']) writeFileSync(join(host.root, path), 'edited')
    const unlock = lock(host)
    const began = performance.now()
    const { keptAside } = purge({ ...host, id, say: () => undefined })
    const took = performance.now() - began
    // Each edited file is a write, and so are the beginning and the end.
    assert.ok(took < 5 * BRIEF_MS, `${took} ms`)
    assert.deepEqual(
      keptAside.map(({ keptAs }) => readFileSync(keptAs, 'utf8')),
      ['edited', 'edited', 'edited'],
    )
    assert.deepEqual(host.journal.unsettled(), [])
    unlock()
    assert.deepEqual(host.journal.unsettled(), [], 'written down now')
    const { journal } = host.reopened()
    assert.deepEqual([journal.unsettled(), journal.kept().length], [[], 3])
    journal.close()
  }),
)

test('a folder that two stand-ins lie in goes with the second one, also where the first one is taken away under a lock', { skip }, () =>
  onHost(async (host) => {
    const before = snapshot(host.root)
    const first = await placed(host, { 'usr/share/common/one': '1' })
    const entry = { ...entryFor('/var/tmp/portage/app-misc/other-1'), cpv: 'app-misc/other-1' }
    assert.equal((await placeTree(host, { 'usr/share/common/two': '2' }, { entry })).kind, 'placed')
    const unlock = lock(host)
    purge({ ...host, id: first, say: () => undefined })
    unlock()
    for (const { id } of host.journal.unsettled()) purge({ ...host, id, say: assert.fail })
    assert.deepEqual(differences(before, snapshot(host.root)), [])
  }),
)

for (const [what, content] of [
  ['the same', undefined],
  ['others', '#!/bin/sh\necho mine\n'],
] as const)
  test(`what has been merged after that stays, though it has the inode of ours, and ${what} bytes`, { skip }, () =>
    onHost(async (host) => {
      await placed(host)
      const { merge } = heldBack(host)
      const unlock = lock(host)
      purgeElsewhere(host)
      unlock()
      merge(content)
      const merged = snapshot(host.root)
      const again = recover({ ...host, isLive: () => true, say: () => undefined })
      assert.deepEqual([again.failed, again.stillLive, again.settled.length], [[], [], 1])
      assert.deepEqual(differences(merged, snapshot(host.root)), [])
      assert.deepEqual(host.journal.unsettled(), [])
    }),
  )

/** Runs `work`, and hangs at its `index`-th step until another process has purged under a lock and the merge is over. */
async function hangs(host: TestHost, index: number, work: (step: () => void) => Promise<void> | void): Promise<void> {
  let left = index + 1
  let merged: ReturnType<typeof snapshot> | undefined
  const inode = (): string => String(lstatSync(join(host.root, FILE)).ino)
  let its = ''
  await work(() => {
    left -= 1
    if (left !== 0) return
    const { merge } = heldBack(host)
    const unlock = lock(host)
    purgeElsewhere(host)
    unlock()
    merge()
    its = inode()
    merged = snapshot(host.root)
  })
  assert.ok(merged !== undefined, 'it never came to that step')
  assert.deepEqual(differences(merged, snapshot(host.root)), [])
  assert.equal(inode(), its)
  assert.deepEqual(host.journal.unsettled(), [])
}

const placing: Step[] = []
const purging: Step[] = []
if (skip === false)
  await onHost(async (host) => {
    await placeTree(host, DEMO, { step: (step) => void placing.push(step) })
    for (const { id } of host.journal.unsettled()) purge({ ...host, id, say: assert.fail, step: (step) => void purging.push(step) })
  })

/** Each step once, where it comes for the last time. */
const lastOf = (steps: readonly Step[]): [number, Step][] =>
  [...steps.entries()].filter(([index, step]) => steps.lastIndexOf(step) === index)

for (const [index, step] of lastOf(placing))
  test(`a placing that hangs at ${index + 1} of ${placing.length}, ${step}, shows nothing after the merge`, { skip }, () =>
    onHost((host) =>
      hangs(host, index, async (each) => {
        const result = await placeTree(host, DEMO, { step: each })
        if (step !== 'placed') return assert.notEqual(result.kind, 'placed')
        for (const { id } of host.journal.unsettled()) purge({ ...host, id, beforeMerge: true, say: () => undefined })
      }),
    ),
  )

for (const [index, step] of lastOf(purging))
  test(`a purge that hangs at ${index + 1} of ${purging.length}, ${step}, takes nothing of the merge away`, { skip }, () =>
    onHost(async (host) => {
      const id = await placed(host)
      await hangs(host, index, (each) => void purge({ ...host, id, beforeMerge: true, say: () => undefined, step: each }))
    }),
  )
