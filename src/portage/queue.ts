/**
 * The queue of a running, or interrupted, emerge as Portage keeps it for `--resume`.
 *
 * Seen on Portage 3.0.83 (`Scheduler._save_resume_list`, `_do_merge_exit`, `action_build`; test/emerge/queue.test.ts):
 * an emerge that merges anything, `--oneshot` too, writes its whole list before the first phase of the first package, and takes each package out after
 * its success_hooks; with the last one the list itself goes. So no stale list is there while a hook of an emerge runs. What is left lies there after an
 * emerge that failed or was killed, until the next one begins: that keeps it as `resume_backup` where it has more than one entry, for good.
 * ebuild(1) and `--pretend` write nothing. Two emerges at the same time each write their own memory over the other's file: then `resume` is the list
 * of whoever wrote last, `resume_backup` may be that of the one who began first, and a list may be nowhere at all.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { join } from 'node:path'
import * as v from 'valibot'
import { HostError, StandinError } from '../base/errors.ts'
import { checkJson } from '../base/schema.ts'
import { readBounded } from './bounded.ts'

export interface Queued {
  /** `ebuild`, `binary` or `installed`. */
  readonly type: string
  readonly root: string
  readonly cpv: string
  /** `merge`, or `uninstall` and the like. */
  readonly action: string
}

const MAX_MTIMEDB_BYTES = 16 * 1024 * 1024

// Not strict: the file is Portage's, other keys are its own business, and an entry may get a fifth word some day.
const entry = v.looseTuple([v.string(), v.string(), v.string(), v.string()])
const list = v.object({ mergelist: v.exactOptional(v.pipe(v.array(entry), v.maxLength(50_000))) })
const mtimedb = v.object({ resume: v.exactOptional(list), resume_backup: v.exactOptional(list) })

export interface Queues {
  readonly current: readonly Queued[]
  /** Of an emerge that runs beside it, or of one that ended long ago. */
  readonly backup: readonly Queued[]
}

export function queuePath(root: string): string {
  return join(root, 'var/cache/edb/mtimedb')
}

/** In the order in which they will be merged; empty when nothing is queued. Errors: HostError UNREADABLE for a file that is not as Portage writes it. */
export function readQueue(root: string): readonly Queued[] {
  return readQueues(root).current
}

/** Errors: as readQueue. */
export function readQueues(root: string): Queues {
  const path = queuePath(root)
  const bytes = readBounded(path, MAX_MTIMEDB_BYTES)
  if (bytes === undefined || bytes.byteLength === 0) return { current: [], backup: [] }
  const { resume, resume_backup: backup } = parsed(bytes, path)
  return { current: queuedIn(resume), backup: queuedIn(backup) }
}

function queuedIn(from: v.InferOutput<typeof list> | undefined): Queued[] {
  return (from?.mergelist ?? []).map(([type, of, cpv, action]) => ({ type, root: of, cpv, action }))
}

function parsed(bytes: Buffer, path: string): v.InferOutput<typeof mtimedb> {
  try {
    return checkJson(mtimedb, bytes, path, MAX_MTIMEDB_BYTES)
  } catch (error) {
    if (!(error instanceof StandinError)) throw error
    throw new HostError('UNREADABLE', `${path} is not as Portage writes it: ${error.message}`, { cause: error })
  }
}
