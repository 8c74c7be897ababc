/**
 * Takes away what a stand-in has made and nothing else; may be killed anywhere and called again, by the warden or by a hook without it.
 *
 * Happy path: journal `purging`, temporary folders gone (a placing that still runs elsewhere can show nothing more after that), for each
 * name lstat and unlink, for each folder, innermost first, rmdir, fsync of every folder that lost a name, marker gone, journal `purged` (the
 * commit point). A name could only be mistaken when somebody swaps it within the microseconds between its lstat and its unlink.
 *
 * It needs no room and no lock: what the journal does not take now is written later, and until then the marker that is gone says that it was taken away. A
 * name that resists, or is out of sight, keeps no other one: the rest goes, and the entry stays with these.
 *
 * Imports no package: the hook that purges without the warden carries this file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { rmdirSync, statSync, unlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { HostError, hostError, systemCode } from '../base/errors.ts'
import { syncFolder } from '../base/durable.ts'
import { clear } from './clear.ts'
import type { Entry, JournalPath } from './journal.ts'
import { type Divided, inSight, isBelow } from './home.ts'
import { type Judgement, judge } from './judge.ts'
import { fileHash, putAside } from './keep.ts'
import { hasMarker, unmark } from './live.ts'
import { look } from './look.ts'
import { ownedBelow, type Owners } from './owned.ts'
import { isResistance, reasonOf } from './resistance.ts'
import type { Site } from './site.ts'
import { sweepBytecode } from './sweep.ts'
import { named, type Telling, tellingOf } from './telling.ts'

export interface PurgeInput extends Site {
  readonly id: number
  /**
   * Portage merges this very package next. What lies at our names then is not Portage's yet: the merge would overwrite it or, with collision-protect,
   * be refused for it. So whatever the user has put there (an editor's new file, a link, a folder) is put aside like a changed file. Without a merge
   * it stays: nothing needs its room. What an installed package owns stays in any case.
   */
  readonly beforeMerge?: boolean
  /** One line for the user for each thing that was kept, was left or resisted, and no more than `MOST_LINES` of them (telling.ts). */
  readonly say: (line: string) => void
}

export interface Purged {
  /** How many names are gone. */
  readonly removed: number
  readonly keptAside: readonly { readonly path: string; readonly keptAs: string; readonly why: string }[]
  /** What is at our names and is not ours: never touched. */
  readonly left: readonly { readonly path: string; readonly why: string }[]
}

interface Work {
  readonly input: PurgeInput
  readonly entry: Entry
  /** The root with a slash; joining paths properly would take a tenth of the time of a purge. */
  readonly base: string
  readonly removed: string[]
  /** Ours by their bytes alone. Portage leaves a file that holds already what it merges, and sets its time: it may be another package's by now. */
  readonly touched: Set<string>
  readonly owners: Owners
  readonly asked: string[]
  names: Divided
  readonly keptAside: { path: string; keptAs: string; why: string }[]
  readonly left: { path: string; why: string }[]
  /** What is ours and still there, and what tells that bytecode is. */
  readonly resisting: string[]
  readonly needed: string[]
  readonly telling: Telling
}

/** Settles entry `id`; does nothing when it is settled. Errors: HostError; then the entry stays `purging` and the next call goes on. */
export function purge(input: PurgeInput): Purged {
  const { journal, id } = input
  const entry = journal.find(id)
  if (entry === undefined || !journal.markPurging(id)) return { removed: 0, keptAside: [], left: [] }
  const base = join(input.root, '/')
  const telling = tellingOf(input.say)
  const owners = ownedBelow(input.root, () => [...suspects(work), ...work.asked], telling.tell)
  const noted = { removed: [], touched: new Set<string>(), asked: [], keptAside: [], left: [], resisting: [], needed: [] }
  const work: Work = { input, entry, base, owners, telling, ...noted, names: { all: [], there: [], hidden: [], lines: [] } }
  input.step?.('purging', '')
  try {
    const temporaries = journal.temporaries(id)
    const { boot, mounts } = input
    const sight = inSight({ temporaries, paths: () => journal.paths(id), base, sameBoot: entry.boot === boot, mounts })
    for (const { path } of temporaries) if (!isBelow(path, sight.away)) attempt(work, path, () => clear(input, [path]))
    work.names = sight.divide(journal.paths(id))
    const { all, there, hidden, lines } = work.names
    work.resisting.push(...(hidden.length > 0 ? hidden : sight.away))
    for (const line of lines) telling.tell(line)
    takeAway(work, there)
    flush(work, there)
    // First: a marker without an entry would never go, an entry without a marker is settled at start-up.
    if (work.resisting.length === 0) attempt(work, 'its marker', () => unmark(input.markers, entry))
    telling.end()
    if (work.resisting.length > 0) throw resistedBy(work, all.length)
    input.step?.('unmarked', '')
  } catch (error) {
    throw hostError(`could not purge ${entry.cpv}`, error)
  }
  const postponed = journal.markPurged(id, input.now())
  if (postponed !== undefined) input.say(`it is gone, but that could not be written down yet: ${postponed.message}`)
  input.step?.('purged', '')
  return { removed: work.removed.length, keptAside: work.keptAside, left: work.left }
}

/** All that is ours as it was goes first: on a full disk it makes the room in which what the user changed can be kept. */
function takeAway(work: Work, paths: readonly JournalPath[]): void {
  const others = paths.filter((placed) => placed.kind !== 'dir' && !attempt(work, placed.path, () => removeName(work, placed)))
  sweep(work)
  for (const placed of others) attempt(work, placed.path, () => setAside(work, placed))
  for (const placed of paths.toReversed()) if (placed.kind === 'dir') attempt(work, placed.path, () => removeFolder(work, placed))
}

function sweep(work: Work): void {
  if (isOver(work)) return
  const hard = new Set(work.resisting)
  const isTaken = (of: JournalPath): boolean => !hard.has(of.path) && judged(work, of, work.base + of.path) === 'replaced'
  const resists = (path: string, step: () => void): boolean => {
    const { length } = work.resisting
    attempt(work, path, step)
    return work.resisting.length > length
  }
  work.needed.push(...sweepBytecode({ ...work, ...work.names, isTaken, unlink: (path) => unlinkName(work, { path }), resists }))
}

/** Gives what `step` gives; true where it resisted, which is noted. */
function attempt(work: Work, path: string, step: () => boolean | void, what: 'taken away' | 'flushed' = 'taken away'): boolean {
  try {
    return step() ?? true
  } catch (error) {
    if (!isResistance(error)) throw error
    work.resisting.push(path)
    work.telling.tell(`${named(path)} could not be ${what}: ${reasonOf(error)}`)
    return true
  }
}

/**
 * An earlier purge took it away and could not write that down, or another process has done so while this one hung: what is at our names now came
 * after that, with a merge, and is none of ours.
 */
function isOver({ input, entry }: Work): boolean {
  return entry.state !== 'planned' && entry.boot === input.boot && !hasMarker(input.markers, entry)
}

/** What is merged after ours has gone often gets the numbers of our inodes, and its bytes are the same where the copy told the truth. */
function judged(work: Work, placed: JournalPath, path: string): Judgement | undefined {
  const found = look(path)
  if (found === undefined) return undefined
  const judgement = judge(placed, found, work.entry.boot === work.input.boot, () => (isOver(work) ? '' : hashOfTouched(work, placed, path)))
  return judgement === 'changed' && isOver(work) ? 'replaced' : judgement
}

function hashOfTouched(work: Work, placed: JournalPath, path: string): string {
  work.touched.add(placed.path)
  return fileHash(path)
}

/** What is not ours as it was. */
function suspects(work: Work): string[] {
  const isOurs = (placed: JournalPath): boolean =>
    !work.touched.has(placed.path) && [undefined, 'ours'].includes(judged(work, placed, work.base + placed.path))
  return work.names.there.flatMap((placed) => (isOurs(placed) ? [] : [placed.path]))
}

/** False where something is that is not ours as it was. */
function removeName(work: Work, placed: JournalPath): boolean {
  const judgement = judged(work, placed, work.base + placed.path)
  if (judgement !== 'ours' || work.touched.has(placed.path)) return judgement === undefined
  unlinkName(work, placed)
  return true
}

function unlinkName(work: Work, { path }: Pick<JournalPath, 'path'>): void {
  try {
    unlinkSync(work.base + path)
  } catch (error) {
    // Another process purges too.
    if (systemCode(error) === 'ENOENT') return
    throw error
  }
  work.removed.push(path)
  work.input.step?.('removed', path)
}

function setAside(work: Work, placed: JournalPath): void {
  const judgement = judged(work, placed, work.base + placed.path)
  if (judgement === undefined) return
  if (judgement === 'replaced' && !isInTheWay(work, placed)) return leave(work, placed.path, 'somebody else put something in its place')
  const owner = work.owners.ownerOf(placed.path)
  if (owner !== undefined) return leave(work, placed.path, `${owner} owns it now`)
  if (judgement === 'ours') return unlinkName(work, placed)
  const why = `${judgement} while it stood in`
  const keptAs = putAside(work.input, work.entry, placed.path, why)
  if (keptAs === undefined)
    return leave(work, placed.path, `somebody else put it there, and ${work.input.keepFolder} is on another filesystem`)
  work.keptAside.push({ path: placed.path, keptAs, why })
  work.telling.tell(`/${placed.path} was ${judgement} while it stood in; kept as ${keptAs}`)
}

/** Portage merges a folder into a folder, and through a link that leads to one. */
function isInTheWay(work: Work, { kind, path }: JournalPath): boolean {
  if (work.input.beforeMerge !== true || isOver(work)) return false
  return kind !== 'dir' || statSync(work.base + path, { throwIfNoEntry: false })?.isDirectory() !== true
}

function removeFolder(work: Work, placed: JournalPath): void {
  const path = work.base + placed.path
  const judgement = judged(work, placed, path)
  if (judgement === undefined) return
  if (judgement === 'replaced') return setAside(work, placed)
  try {
    rmdirSync(path)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return
    if (!['ENOTEMPTY', 'EEXIST'].includes(systemCode(error) ?? '')) throw error
    if (work.resisting.some((inside) => inside.startsWith(`${placed.path}/`))) work.resisting.push(placed.path)
    // A stand-in that came later has put something in it: the folder goes with that one.
    else if (!work.input.journal.handOver(work.entry.id, placed.path)) leave(work, placed.path, 'something that is not ours lies in it')
    return
  }
  work.removed.push(placed.path)
  work.input.step?.('folder-gone', placed.path)
}

function leave(work: Work, path: string, why: string): void {
  if (isOver(work)) return
  work.left.push({ path, why })
  work.telling.tell(`/${path} stays: ${why}`)
}

/** What is gone is forgotten: a merge may put Portage's own there before this is tried again. */
function resistedBy({ input, entry, resisting, needed }: Work, total: number): HostError {
  input.journal.keepOnly(entry.id, [...resisting, ...needed])
  return new HostError('IO', `${resisting.length} of ${total} names could not be taken away`)
}

/** Without this a power cut could bring names back that the journal has forgotten. */
function flush(work: Work, paths: readonly JournalPath[]): void {
  const gone = new Set(work.removed)
  const lost = new Set([...paths.map(({ path }) => path), ...work.removed].map(dirname).filter((folder) => !gone.has(folder)))
  for (const folder of lost) {
    const path = work.base + folder
    if (look(path)?.kind === 'dir') attempt(work, folder, () => syncFolder(path), 'flushed')
  }
  work.input.step?.('flushed', '')
}
