/**
 * Works with a journal on a filesystem of its own that is full, in a mount namespace of its own, and fails unless all comes as it must: `node small-disk.ts CASE`.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemCode } from '../../../src/base/errors.ts'
import { captureRoot } from '../../../src/daemon/capture.ts'
import { capturesIn } from '../../../src/daemon/captures.ts'
import { openKnown } from '../../../src/daemon/known.ts'
import { openJournal } from '../../../src/standin/journal.ts'
import { hasMarker } from '../../../src/standin/live.ts'
import { purge } from '../../../src/standin/purge.ts'
import { recover } from '../../../src/standin/recover.ts'
import type { Step } from '../../../src/standin/site.ts'
import { differences, snapshot } from '../../support/oracle.ts'
import { entryFor, type TestHost, testHost } from './site.ts'
import { DEMO, editQuietly, placed, placeTree } from './tree.ts'

const FULL = { name: 'HostError', code: 'DISK_FULL', message: /the disk of \S+\/state is full; make room there/ } as const
const silent = (): void => undefined

async function onSmallDisk(work: (host: TestHost) => Promise<void> | void): Promise<void> {
  const top = mkdtempSync(join(tmpdir(), 'standin-small-'))
  const state = join(top, 'state')
  mkdirSync(state)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', state])
  const host = testHost(top)
  try {
    await work(host)
  } finally {
    host.journal.close()
    execFileSync('umount', ['--lazy', state])
    rmSync(top, { recursive: true })
  }
}

const fillOf = ({ top }: TestHost): string => join(top, 'state/fill')

function fill(host: TestHost): void {
  const page = Buffer.alloc(4096)
  try {
    for (;;) writeFileSync(fillOf(host), page, { flag: 'a' })
  } catch (error) {
    if (systemCode(error) !== 'ENOSPC') throw error
  }
}

/** The journal as another process sees it. */
function elsewhere<T>(host: TestHost, look: (other: TestHost) => T): T {
  const journal = openJournal(host.journalPath, { briefly: true })
  try {
    return look({ ...host, journal })
  } finally {
    journal.close()
  }
}

const CASES: Readonly<Record<string, (host: TestHost) => Promise<void> | void>> = {
  /** All goes; the journal hears of it when there is room, and another process that starts meanwhile takes nothing that came later. */
  async live(host) {
    const before = snapshot(host.root)
    const id = await placed(host)
    fill(host)
    const said: string[] = []
    assert.equal(purge({ ...host, id, beforeMerge: true, say: (line) => void said.push(line) }).removed, 11)
    assert.match(said.join('\n'), /^it is gone, but that could not be written down yet: journal \S+: the disk of \S+ is full[^\n]*$/)
    assert.deepEqual(differences(before, snapshot(host.root)), [])
    assert.equal(hasMarker(host.markers, { id, cpv: entryFor().cpv }), false)
    assert.deepEqual([host.journal.unsettled(), host.journal.find(id)?.state, host.journal.markPurging(id)], [[], 'purged', false])

    const merged = join(host.root, 'usr/bin/demo')
    writeFileSync(merged, 'merged')
    const others = elsewhere(host, (other) => {
      const seen = other.journal.unsettled().map(({ state }) => state)
      purge({ ...other, id, beforeMerge: true, say: silent })
      return [seen, other.journal.unsettled()]
    })
    assert.deepEqual(others, [['placed'], []])
    assert.equal(readFileSync(merged, 'utf8'), 'merged')

    rmSync(fillOf(host))
    assert.deepEqual(host.journal.unsettled(), [])
    elsewhere(host, ({ journal }) => assert.deepEqual([journal.unsettled(), journal.find(id)?.state], [[], 'purged']))
    const next = await placed({ ...host, root: join(host.top, 'root') }, { 'usr/bin/next': 'next' })
    assert.ok(next > id)
  },

  /** So does a start-up that finds the emerge alive. */
  async startup(host) {
    const id = await placed(host)
    fill(host)
    purge({ ...host, id, beforeMerge: true, say: silent })
    writeFileSync(join(host.root, 'usr/bin/demo'), 'merged')
    const { journal } = host
    elsewhere(host, (other) => {
      rmSync(fillOf(host))
      const { stillLive, settled, failed } = recover({ ...other, isLive: () => true, say: assert.fail })
      assert.deepEqual([stillLive, settled.length, failed], [[], 1, []])
      assert.equal(other.journal.find(id)?.state, 'purged')
    })
    assert.equal(readFileSync(join(host.root, 'usr/bin/demo'), 'utf8'), 'merged')
    assert.deepEqual(journal.unsettled(), [])
  },

  /** Whoever has no journal open yet opens it all the same, to take away; whoever stays is told of the disk. */
  async closed(host) {
    const before = snapshot(host.root)
    const id = await placed(host)
    openKnown(join(host.top, 'state/known.sqlite')).close()
    host.journal.close()
    fill(host)
    assert.throws(() => openJournal(host.journalPath), FULL)
    assert.throws(() => openKnown(join(host.top, 'state/known.sqlite')), FULL)
    elsewhere(host, (other) => assert.equal(purge({ ...other, id, beforeMerge: true, say: silent }).removed, 11))
    assert.deepEqual(differences(before, snapshot(host.root)), [])
  },

  /** A name that resists is remembered alone, in this process, also while that cannot be written. */
  async resisting(host) {
    const id = await placed(host)
    const stuck = join(host.root, 'usr/bin/demo')
    fill(host)
    execFileSync('chattr', ['+i', stuck])
    assert.throws(() => purge({ ...host, id, beforeMerge: true, say: silent }), { name: 'HostError', code: 'IO' })
    execFileSync('chattr', ['-i', stuck])
    assert.deepEqual(
      host.journal.paths(id).map(({ path }) => path),
      ['usr/bin/demo'],
    )
    rmSync(fillOf(host))
    elsewhere(host, () => host.journal.unsettled())
    elsewhere(host, ({ journal }) =>
      assert.deepEqual(
        journal.paths(id).map(({ path }) => path),
        ['usr/bin/demo'],
      ),
    )
    assert.equal(purge({ ...host, id, say: assert.fail }).removed, 1)
  },

  /** Nothing is visible before there was room to write it down, whenever the disk fills up. */
  async placing(host) {
    const before = snapshot(host.root)
    fill(host)
    await assert.rejects(placeTree(host, DEMO), FULL)
    assert.deepEqual(differences(before, snapshot(host.root)), [])
    rmSync(fillOf(host))
    assert.deepEqual(host.journal.unsettled(), [])
    await placed(host)
  },

  /** Another process purges where nobody can write, at any moment of a placing: it shows nothing after that. */
  async together(first) {
    const steps: Step[] = []
    await placeTree(first, DEMO, { step: (step) => void steps.push(step) })
    for (const at of steps.keys())
      await onSmallDisk(async (host) => {
        const before = snapshot(host.root)
        let left = at + 1
        const step = (): void => {
          left -= 1
          if (left !== 0) return
          fill(host)
          elsewhere(host, (other) => {
            for (const { id } of other.journal.unsettled()) purge({ ...other, id, say: silent })
          })
        }
        await placeTree(host, DEMO, { step }).catch(silent)
        assert.deepEqual(differences(before, snapshot(host.root)), [], `at ${steps[at]}`)
        rmSync(fillOf(host))
        recover({ ...host, isLive: () => false, say: assert.fail })
        assert.deepEqual(host.journal.unsettled(), [])
        assert.equal(existsSync(join(host.markers, 'app-misc')), false)
      })
  },

  /** What was captured goes: that is what gives room back. */
  captured(host) {
    const captures = capturesIn(join(host.top, 'state/captures'), assert.fail)
    mkdirSync(join(host.top, 'portage')) // where PORTAGE_TMPDIR has the builds
    captures.take('one', host.root, host.top, {})
    fill(host)
    captures.drop('one')
    assert.deepEqual([captures.keys(), existsSync(captureRoot(host.top))], [[], false])
  },

  /** The kept folder is on another filesystem: files and links get there whole, a folder stays and is named. */
  async across(host) {
    const id = await placed(host)
    const mine = (path: string): string => join(host.root, path)
    editQuietly(mine('usr/lib64/libdemo.so.1.0'), 'LIBRARY')
    const { mtime } = lstatSync(mine('usr/lib64/libdemo.so.1.0'))
    symlinkSync('../mine', mine('usr/bin/new'))
    renameSync(mine('usr/bin/new'), mine('usr/bin/demo'))
    rmSync(mine('usr/bin/demo-alias'))
    mkdirSync(mine('usr/bin/demo-alias'))
    writeFileSync(mine('usr/bin/demo-alias/mine'), 'mine')
    const said: string[] = []
    const { keptAside, left } = purge({ ...host, id, beforeMerge: true, say: (line) => void said.push(line) })
    const [link = '', library = ''] = keptAside.map(({ keptAs }) => keptAs)
    assert.deepEqual(
      left.map(({ path }) => path),
      ['usr/bin/demo-alias'],
    )
    assert.match(said.join('\n'), /\/usr\/bin\/demo-alias stays: .*is on another filesystem/)
    assert.deepEqual([readlinkSync(link), readFileSync(library, 'utf8'), lstatSync(library).mtime], ['../mine', 'LIBRARY', mtime])
    assert.equal(readFileSync(mine('usr/bin/demo-alias/mine'), 'utf8'), 'mine')
    const kept = host.journal.kept().map(({ path }) => path)
    assert.deepEqual(kept.toSorted(), ['usr/bin/demo', 'usr/lib64/libdemo.so.1.0'])
  },

  /** Then there is no room to keep anything: what the user changed stays where it is, all else goes, and nothing is lost. */
  async crowded(host) {
    const before = snapshot(host.root)
    const id = await placed(host)
    editQuietly(join(host.root, 'usr/lib64/libdemo.so.1.0'), 'LIBRARY')
    fill(host)
    assert.throws(() => purge({ ...host, id, beforeMerge: true, say: silent }), { name: 'HostError', code: 'IO' })
    assert.deepEqual(
      differences(before, snapshot(host.root)).map((line) => line.split(' ')[1]),
      ['usr/lib64/libdemo.so.1.0'],
    )
    rmSync(fillOf(host))
    const { keptAside } = purge({ ...host, id, say: silent })
    assert.equal(readFileSync(keptAside[0]?.keptAs ?? '', 'utf8'), 'LIBRARY')
    assert.deepEqual(host.journal.unsettled(), [])
  },
}

const wanted = process.argv[2] ?? ''
if (wanted === '--list') process.stdout.write(Object.keys(CASES).join(' '))
else await onSmallDisk(CASES[wanted] ?? (() => assert.fail(`no case ${wanted}`)))
