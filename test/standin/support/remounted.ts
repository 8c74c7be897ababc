/**
 * Places on a mounted filesystem and purges after another mount in the same boot: `node remounted.ts WHAT`, in a mount namespace of its own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { temporaryIn } from '../../../src/standin/home.ts'
import { readMounts } from '../../../src/standin/mounts.ts'
import { purge } from '../../../src/standin/purge.ts'
import { recover } from '../../../src/standin/recover.ts'
import { differences, snapshot } from '../../support/oracle.ts'
import { entryFor, testHost } from './site.ts'
import { placed } from './tree.ts'

const host = testHost()
const [store, opt, spare] = [join(host.top, 'store'), join(host.root, 'opt'), join(host.top, 'spare')]
const mounted: string[] = []

function mount(at: string, ...args: readonly string[]): void {
  mkdirSync(at, { recursive: true })
  execFileSync('mount', [...args, at])
  mounted.push(at)
}

function unmount(at: string): void {
  execFileSync('umount', [at])
  mounted.splice(mounted.lastIndexOf(at), 1)
}

/** Each mount of an overlay gets the lowest number that is free, as one of btrfs, NFS or tmpfs does. */
function mountOverlay(name: string, at: string): number {
  const [lower, upper, work] = ['lower', 'upper', 'work'].map((part) => join(store, name, part))
  for (const part of [lower, upper, work]) mkdirSync(part ?? '', { recursive: true })
  mount(at, '-t', 'overlay', 'overlay', '-o', `lowerdir=${lower},upperdir=${upper},workdir=${work}`)
  return statSync(at).dev
}

/** The same one, by another number, as something else has taken the old one; other tests take and give numbers meanwhile. */
function mountAgain(): void {
  const was = statSync(opt).dev
  unmount(opt)
  for (let tries = 1; ; tries += 1) {
    mountOverlay(`spare-${tries}`, join(spare, String(tries)))
    if (mountOverlay('ours', opt) !== was) return
    unmount(opt)
    assert.ok(tries < 20, 'it always gets its number again')
  }
}

/** Where another test was faster to take the number that became free, what the journal says of ours is changed instead. */
function mountAnother(was: number): void {
  const is = mountOverlay('another', opt)
  const database = new DatabaseSync(host.journalPath)
  for (const table of ['temporary', 'path']) database.prepare(`UPDATE ${table} SET dev = ? WHERE dev = ?`).run(String(is), String(was))
  database.close()
}

const place = (): Promise<number> => placed(host, { 'opt/demo/bin/demo': 'demo', 'opt/demo/word': 'word', 'usr/bin/demo': 'demo' })

const print = (line: string): void => void process.stdout.write(`${line}\n`)

function isOver(): void {
  assert.deepEqual([differences(before, snapshot(host.root)), host.journal.unsettled()], [[], []])
}

function goes(): void {
  assert.equal(recover({ ...host, isLive: () => false, say: assert.fail }).settled.length, 1)
  isOver()
}

/** The user has a file of the same name and bytes on what is mounted there now. */
function stays(id: number): void {
  const mine = join(opt, 'demo/word')
  mkdirSync(dirname(mine))
  writeFileSync(mine, 'word')
  assert.throws(() => purge({ ...host, id, beforeMerge: true, say: print }), { name: 'HostError', code: 'IO' })
  assert.equal(readFileSync(mine, 'utf8'), 'word')
  assert.deepEqual(
    host.journal.paths(id).map(({ path }) => path),
    ['opt/demo', 'opt/demo/bin', 'opt/demo/bin/demo', 'opt/demo/word'],
  )
  assert.ok(existsSync(join(store, 'ours/upper/demo/bin/demo')))
}

const WHATS: Readonly<Record<string, () => Promise<void> | void>> = {
  again: async () => {
    await place()
    mountAgain()
    goes()
  },
  'again, with a file that was edited': async () => {
    const id = await place()
    writeFileSync(join(opt, 'demo/word'), 'mine')
    mountAgain()
    const { keptAside } = purge({ ...host, id, say: () => undefined })
    assert.deepEqual(
      keptAside.map(({ path, keptAs }) => [path, readFileSync(keptAs, 'utf8')]),
      [['opt/demo/word', 'mine']],
    )
    isOver()
  },
  'again, with nothing but a temporary folder': () => {
    const temporary = temporaryIn(opt, readMounts())
    host.journal.plan(entryFor(), host.boot, [temporary])
    mkdirSync(temporary.path)
    mountAgain()
    goes()
  },
  'another one by another number': async () => {
    const id = await place()
    unmount(opt)
    mountOverlay('spare', spare)
    mountOverlay('another', opt)
    stays(id)
    unmount(opt)
    mountOverlay('ours', opt)
    goes()
  },
  'another one by the same number': async () => {
    const id = await place()
    const was = statSync(opt).dev
    unmount(opt)
    mountAnother(was)
    stays(id)
    unmount(opt)
    mountOverlay('ours', opt)
    goes()
  },
}

mount(store, '-t', 'tmpfs', 'tmpfs')
mkdirSync(spare)
mountOverlay('ours', opt)
const before = snapshot(host.root)
try {
  await WHATS[process.argv[2] ?? '']?.()
  print('done')
} finally {
  for (const at of mounted.toReversed()) unmount(at)
  host.remove()
}
