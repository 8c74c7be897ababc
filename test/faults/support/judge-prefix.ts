/**
 * The oracle of a whole host: what the emerge has merged and all that was there before, nothing of ours but what is known, given and logged.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { captureRoot } from '../../../src/daemon/capture.ts'
import { openKnown } from '../../../src/daemon/known.ts'
import { openJournal } from '../../../src/standin/journal.ts'
import { differences, type Snapshot, snapshot } from '../../support/oracle.ts'
import { foldersOf, isOfPackage, wrongNames } from './prefix.ts'

export const treeOf = (top: string): Snapshot => snapshot(foldersOf(top).root)

const inside = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : [])

/** Whether no build is followed any more; waits for that, as long as somebody is there to end it. */
export async function settledWithin(top: string, seconds: number, isWorth = (): boolean => true): Promise<boolean> {
  const { notes, captures, work } = foldersOf(top).ours
  const left = (): number => [notes, captures, work].flatMap(inside).length
  for (let turns = seconds * 50; left() > 0 && turns > 0 && isWorth(); turns--) await delay(20)
  return left() === 0
}

/** Waits until bash asks the warden again. */
export async function awake(top: string): Promise<void> {
  for (let turns = 200; existsSync(join(foldersOf(top).ours.run, 'silent')) && turns > 0; turns--) await delay(20)
}

const OURS = /^(run|var\/lib|var\/cache)(\/standin(\/.*)?)?$/

export function judgeAll(top: string, before: Snapshot, isMerged: boolean, terminal: string): string[] {
  const { root } = foldersOf(top)
  const changed = differences(before, snapshot(root)).filter((line) => {
    const path = line.split(' ')[1] ?? ''
    return !OURS.test(path) && !isOfPackage(path)
  })
  const broken = terminal.split('\n').filter((line) => !/^( \* standin: .*\r)?$/.test(line))
  return [
    ...changed,
    ...wrongNames(top, isMerged),
    ...judgeOurs(top),
    ...judgeArchives(top),
    ...broken.map((line) => `a line that is not whole: ${JSON.stringify(line)}`),
  ]
}

const KNOWN_IN_STATE = /^(captures|disputes|kept|live|stood|key\.pem|(journal|known)\.sqlite(-wal|-shm)?)$/
const KNOWN_IN_RUN = /^(builds|notes|view|purge_wait|install_wait)$/

function judgeOurs(top: string): string[] {
  const { ours, tmpdir } = foldersOf(top)
  const empty = [ours.doors, ours.notes, ours.markers, ours.captures, ours.work, ours.staging, join(ours.state, 'stood')]
  const left = [
    ...empty.flatMap((folder) => inside(folder).map((name) => join(folder, name))),
    ...inside(ours.state).filter((name) => !KNOWN_IN_STATE.test(name)),
    ...inside(ours.run).filter((name) => !KNOWN_IN_RUN.test(name)),
    ...[captureRoot(tmpdir)].filter((folder) => existsSync(folder)),
  ]
  const journal = openJournal(join(ours.state, 'journal.sqlite'))
  try {
    const rows = journal.unsettled().map(({ id, state }) => `the journal still has entry ${id}: ${state}`)
    return [...rows, ...left.map((path) => `left: ${path.slice(path.indexOf('/root/') + 1)}`)]
  } finally {
    journal.close()
  }
}

function judgeArchives(top: string): string[] {
  const { ours } = foldersOf(top)
  const known = openKnown(join(ours.state, 'known.sqlite'))
  const rows = known.builds().map(({ path }) => basename(path))
  known.close()
  const files = readdirSync(ours.archives)
  return [
    ...rows.filter((name) => !files.includes(name)).map((name) => `a row without its file: ${name}`),
    ...files.filter((name) => !rows.includes(name)).map((name) => `a file without a row: ${name}`),
  ]
}
