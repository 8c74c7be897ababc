/**
 * The queue of a running, or interrupted, emerge as Portage keeps it for `--resume`.
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
const mtimedb = v.object({ resume: v.exactOptional(v.object({ mergelist: v.exactOptional(v.pipe(v.array(entry), v.maxLength(50_000))) })) })

/** In the order in which they will be merged; empty when nothing is queued. Errors: HostError UNREADABLE for a file that is not as Portage writes it. */
export function readQueue(root: string): readonly Queued[] {
  const path = join(root, 'var/cache/edb/mtimedb')
  const bytes = readBounded(path, MAX_MTIMEDB_BYTES)
  if (bytes === undefined || bytes.byteLength === 0) return []
  const { resume } = parsed(bytes, path)
  return (resume?.mergelist ?? []).map(([type, of, cpv, action]) => ({ type, root: of, cpv, action }))
}

function parsed(bytes: Buffer, path: string): v.InferOutput<typeof mtimedb> {
  try {
    return checkJson(mtimedb, bytes, path, MAX_MTIMEDB_BYTES)
  } catch (error) {
    if (!(error instanceof StandinError)) throw error
    throw new HostError('UNREADABLE', `${path} is not as Portage writes it: ${error.message}`, { cause: error })
  }
}
