/**
 * Takes away what a stand-in has made and nothing else; may be killed anywhere and called again, by the warden or by a hook without it.
 *
 * Happy path: journal `purging`, temporary folders gone (a placing that still runs elsewhere can show nothing more after that), for each
 * name lstat and unlink, for each folder, innermost first, rmdir, fsync of every folder that lost a name, marker gone, journal `purged` (the
 * commit point). A name could only be mistaken when somebody swaps it within the microseconds between its lstat and its unlink.
 *
 * Imports no package: the hook that purges without the warden carries this file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { rmdirSync, rmSync, unlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { hostError, systemCode } from '../base/errors.ts'
import { syncFolder } from '../base/durable.ts'
import type { Entry, JournalPath } from './journal.ts'
import { type Judgement, judge } from './judge.ts'
import { fileHash, putAside } from './keep.ts'
import { unmark } from './live.ts'
import { look } from './look.ts'
import type { Site } from './site.ts'

export interface PurgeInput extends Site {
  readonly id: number
  /**
   * Portage merges this very package next. What lies at our names then is not Portage's yet, and a file there would be overwritten or, with
   * collision-protect, refuse the merge: an editor that writes a new file and renames it has made it, so it is put aside like a changed one.
   */
  readonly beforeMerge?: boolean
  /** One line for the user for each thing that was kept or left. */
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
  readonly keptAside: { path: string; keptAs: string; why: string }[]
  readonly left: { path: string; why: string }[]
}

/** Settles entry `id`; does nothing when it is settled. Errors: HostError; then the entry stays `purging` and the next call goes on. */
export function purge(input: PurgeInput): Purged {
  const { journal, id } = input
  const entry = journal.find(id)
  if (entry === undefined || !journal.markPurging(id)) return { removed: 0, keptAside: [], left: [] }
  const work: Work = { input, entry, base: join(input.root, '/'), removed: [], keptAside: [], left: [] }
  input.step?.('purging', '')
  try {
    clear(input, journal.temporaries(id))
    const paths = journal.paths(id)
    for (const placed of paths) if (placed.kind !== 'dir') removeName(work, placed)
    for (const placed of paths.toReversed()) if (placed.kind === 'dir') removeFolder(work, placed)
    flush(work, paths)
    // Before the commit point: a marker without an entry would never go, an entry without a marker is settled at start-up.
    unmark(input.markers, entry)
    input.step?.('unmarked', '')
  } catch (error) {
    throw hostError(`could not purge ${entry.cpv}`, error)
  }
  journal.markPurged(id, input.now())
  input.step?.('purged', '')
  return { removed: work.removed.length, keptAside: work.keptAside, left: work.left }
}

/** Removes temporary folders with whatever is still in them: their names are ours alone. */
export function clear(site: Site, temporaries: readonly string[]): void {
  for (const folder of temporaries) {
    // A placing that is still at work in there makes a folder not empty again under our hands; it ends at its first missing folder.
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 10 })
    site.step?.('temporary-gone', folder)
  }
}

function judged(work: Work, placed: JournalPath, path: string): Judgement | undefined {
  const found = look(path)
  return found === undefined ? undefined : judge(placed, found, work.entry.boot === work.input.boot, () => fileHash(path))
}

function removeName(work: Work, placed: JournalPath): void {
  const path = work.base + placed.path
  const judgement = judged(work, placed, path)
  if (judgement === 'ours') {
    unlinkSync(path)
    work.removed.push(placed.path)
    work.input.step?.('removed', placed.path)
  } else if (judgement === 'changed' || (judgement === 'replaced' && work.input.beforeMerge === true && look(path)?.kind === 'file')) {
    const why = `${judgement} while it stood in`
    const keptAs = putAside(work.input, work.entry, placed.path, why)
    work.keptAside.push({ path: placed.path, keptAs, why })
    work.input.say(`/${placed.path} was ${judgement} while it stood in; kept as ${keptAs}`)
  } else if (judgement !== undefined) leave(work, placed.path, 'somebody else put something in its place')
}

function removeFolder(work: Work, placed: JournalPath): void {
  const path = work.base + placed.path
  const judgement = judged(work, placed, path)
  if (judgement === undefined) return
  if (judgement === 'replaced') return leave(work, placed.path, 'somebody else put something in its place')
  try {
    rmdirSync(path)
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'EBUSY'].includes(systemCode(error) ?? '')) throw error
    // A stand-in that came later has put something in it: the folder goes with that one.
    if (!work.input.journal.handOver(work.entry.id, placed.path)) leave(work, placed.path, 'something that is not ours lies in it')
    return
  }
  work.removed.push(placed.path)
  work.input.step?.('folder-gone', placed.path)
}

function leave(work: Work, path: string, why: string): void {
  work.left.push({ path, why })
  work.input.say(`/${path} stays: ${why}`)
}

/** Without this a power cut could bring names back that the journal has forgotten. */
function flush(work: Work, paths: readonly JournalPath[]): void {
  const gone = new Set(work.removed)
  const lost = new Set(paths.map(({ path }) => dirname(path)).filter((folder) => !gone.has(folder)))
  for (const folder of lost) {
    const path = work.base + folder
    if (look(path)?.kind === 'dir') syncFolder(path)
  }
  work.input.step?.('flushed', '')
}
