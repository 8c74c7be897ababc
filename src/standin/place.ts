/**
 * Makes a planned stand-in visible, whole files at a time, or leaves nothing; may be killed at any instruction, `recover` settles it then.
 *
 *   1 journal `planned` names the temporary folders, one for each filesystem, root's alone          (commit: nothing is visible)
 *   2 everything is copied, hashed and given its mode in there
 *   3 journal `placing` names every path with the inode that it has already                         (commit: from here on names may be visible)
 *   4 a new folder appears with all that is in it by one rename, a name in an existing folder by one link; neither replaces anything
 *   5 the temporary folders go, which changes linked files for the last time
 *   6 journal `placed`, with the ctime that linked files have now                                  (commit: the stand-in can be used)
 *
 * A rename of a folder replaces an empty one. So the name is claimed first, by a mkdir that fails where anything is, with a mode that nobody else
 * uses; what the rename then replaces is that claim. Files are not fsynced: see copy.ts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { linkSync, mkdirSync, renameSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { HostError, hostError, systemCode } from '../base/errors.ts'
import { type Breather, breather } from './breather.ts'
import { withCaches } from './bytecode.ts'
import { clear } from './clear.ts'
import { temporaryIn } from './home.ts'
import type { Changed, JournalPath, NewEntry } from './journal.ts'
import { CLAIM_MODE } from './judge.ts'
import { checkFolders, type Layout, layOut, type Unit } from './layout.ts'
import { hasMarker, mark, unmark } from './live.ts'
import { look } from './look.ts'
import { readMounts } from './mounts.ts'
import type { Plan } from './plan.ts'
import { prepare } from './prepare.ts'
import { purge } from './purge.ts'
import type { Site } from './site.ts'
import type { Staging } from './staging.ts'

export interface PlaceInput extends Site {
  readonly plan: Extract<Plan, { kind: 'place' }>
  readonly staging: Staging
  readonly entry: NewEntry
  /** Asked every few milliseconds, every MiB, and once before anything becomes visible: true undoes all and ends with `stopped`. */
  readonly shouldStop: () => boolean
  readonly say: (line: string) => void
  /** Told the id in the journal before anything is visible: what must outlive a kill that comes right after it is written down then. */
  readonly ahead?: (id: number) => void
}

export type Placed =
  | { readonly kind: 'placed'; readonly id: number; readonly files: number; readonly bytes: number }
  /** `shouldStop`, or another process purged it meanwhile. Nothing is left. */
  | { readonly kind: 'stopped' }
  /** Something was there first. Nothing is left. */
  | { readonly kind: 'refused'; readonly rule: 'nothing-replaced' | 'one-at-a-time'; readonly text: string }

/** Ends the work early; never leaves `place`. */
class Ended extends Error {
  readonly placed: Placed

  constructor(placed: Placed) {
    super(placed.kind)
    this.placed = placed
  }
}

const stopped = (): Ended => new Ended({ kind: 'stopped' })

/** Errors: StrangerError BAD_HASH or BAD_ARCHIVE, HostError; nothing is left, or the journal knows of it. */
export async function place(input: PlaceInput): Promise<Placed> {
  const { journal, plan, root } = input
  const mounts = (input.mounts ?? readMounts)()
  const layout = layOut(plan.operations, root, mounts)
  const named = layout.homes.map((home) => temporaryIn(home, mounts))
  const temporaries = named.map(({ path }) => path)
  const id = journal.plan(input.entry, input.boot, named)
  if (id === undefined) return { kind: 'refused', rule: 'one-at-a-time', text: 'a stand-in of this build is there already' }
  const marked = { id, cpv: input.entry.cpv }
  let isMarked = false
  // Where another process purged it and could not write that down, its marker that is gone says so.
  const isOver = (): boolean => isMarked && !hasMarker(input.markers, marked)
  try {
    input.step?.('planned', '')
    mark(input.markers, marked)
    isMarked = true
    input.step?.('marked', '')
    for (const folder of temporaries) mkdirSync(folder, { mode: 0o700 })
    input.step?.('temporary-made', '')
    const breathe = breather({ shouldStop: input.shouldStop, onStop: stopped })
    const prepared = await prepare(input, layout, temporaries, breathe)
    await breathe.now()
    const paths = withCaches(prepared, join(root, '/'))
    if (!journal.writeAhead(id, paths)) throw stopped()
    input.step?.('written-ahead', '')
    input.ahead?.(id)
    await reveal(input, layout, temporaries, breathe, isOver)
    clear(input, temporaries)
    input.step?.('tidied', '')
    const changes = lastChanges(paths, root)
    // Once before, as these may be of what was merged meanwhile, and once after, as the journal may have been waited for.
    if (isOver() || !journal.markPlaced(id, input.now(), changes) || isOver()) throw stopped()
    input.step?.('placed', '')
  } catch (error) {
    const outcome = isOver() ? stopped().placed : outcomeOf(input, id, error)
    undo(input, id, temporaries, error)
    if (outcome !== undefined) return outcome
    throw hostError(`could not place ${input.entry.cpv}`, error)
  }
  return { kind: 'placed', id, files: plan.operations.filter(({ kind }) => kind !== 'dir').length, bytes: plan.bytes }
}

/** A link is a change, and so is the end of the temporary name. A file that is not there any more, or was edited meanwhile, gets none. */
function lastChanges(paths: readonly JournalPath[], root: string): Changed[] {
  const changes: Changed[] = []
  for (const [ordinal, { kind, path, inode, size, mtimeNs, ctimeNs }] of paths.entries()) {
    if (kind !== 'file' || ctimeNs !== '') continue
    const found = look(`${root}/${path}`)
    if (found?.inode === inode && found.size === size && found.mtimeNs === mtimeNs) changes.push({ ordinal, ctimeNs: found.ctimeNs })
  }
  return changes
}

/** A purge by another process takes the temporary folders away first; whatever failed then failed for that. */
function outcomeOf({ journal }: PlaceInput, id: number, error: unknown): Placed | undefined {
  if (error instanceof Ended) return error.placed
  const state = journal.find(id)?.state
  return state === 'purging' || state === 'purged' ? { kind: 'stopped' } : undefined
}

/** When another process has purged it, nothing is visible, but temporary folders and the marker may have been made after that. */
function undo(input: PlaceInput, id: number, temporaries: readonly string[], cause: unknown): void {
  try {
    purge({ ...input, id })
    clear(input, temporaries)
    unmark(input.markers, { id, cpv: input.entry.cpv })
  } catch (error) {
    throw new HostError('IO', `could not undo ${input.entry.cpv}, start-up will`, { cause: new AggregateError([cause, error]) })
  }
}

async function reveal(
  input: PlaceInput,
  layout: Layout,
  temporaries: readonly string[],
  breathe: Breather,
  isOver: () => boolean,
): Promise<void> {
  checkFolders(layout, input.root)
  for (const unit of layout.units) {
    if (breathe.isDue()) await breathe.now()
    if (isOver()) throw stopped()
    const from = join(temporaries[unit.temporary] ?? '', unit.parts[0]?.inside ?? '')
    const to = join(input.root, unit.path)
    try {
      if (unit.folder) revealFolder(input, unit, from, to)
      else linkSync(from, to)
    } catch (error) {
      if (!['EEXIST', 'ENOTEMPTY'].includes(systemCode(error) ?? '')) throw error
      throw new Ended({ kind: 'refused', rule: 'nothing-replaced', text: `/${unit.path} is there already` })
    }
    input.step?.('revealed', unit.path)
  }
}

function revealFolder(input: PlaceInput, unit: Unit, from: string, to: string): void {
  mkdirSync(to, { mode: CLAIM_MODE })
  input.step?.('claimed', unit.path)
  try {
    renameSync(from, to)
  } catch (error) {
    removeClaim(to)
    throw error
  }
}

/** A purge of another process may have done so, or somebody may have put something in it, which is theirs. */
function removeClaim(path: string): void {
  try {
    rmdirSync(path)
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(systemCode(error) ?? '')) throw error
  }
}
