/**
 * Reads what each process says of whose it is, from one that was started up to the first: whoever became root has mostly left a shell behind.
 *
 * Sources: proc_pid_status(5), proc_pid_environ(5), proc_pid_loginuid(5).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { join } from 'node:path'
import { HostError, systemCode } from '../base/errors.ts'
import { readText } from '../portage/bounded.ts'
import { statFields } from '../portage/lock.ts'

export interface Ancestor {
  /** Real, effective, saved, that for files, and that of whoever logged in: each once, root's not among them. */
  readonly uids: readonly number[]
  /** Undefined where it could not be read. */
  readonly environment: string | undefined
}

const MOST_ANCESTORS = 64
const MAX_ENVIRONMENT_BYTES = 4 * 1024 * 1024
const MAX_STATUS_BYTES = 64 * 1024

/** What the kernel says where nobody has logged in (a service), as (uid_t) -1. */
const UNSET = 4_294_967_295

/** The process itself comes first. */
export function lineageOf(procRoot: string, pid: number): Ancestor[] {
  const found: Ancestor[] = []
  for (let at = pid; at > 0 && found.length < MOST_ANCESTORS; at = Number(statFields(procRoot, at)?.[1] ?? 0)) {
    const folder = join(procRoot, String(at))
    found.push({ uids: uidsOf(folder), environment: textOrNothing(join(folder, 'environ'), MAX_ENVIRONMENT_BYTES) })
  }
  return found
}

/** Not every kernel knows who logged in. */
function uidsOf(folder: string): number[] {
  const [, said = ''] = /^Uid:\s+(.*)$/m.exec(textOrNothing(join(folder, 'status'), MAX_STATUS_BYTES) ?? '') ?? []
  const login = textOrNothing(join(folder, 'loginuid'), MAX_STATUS_BYTES) ?? ''
  const uids = `${said} ${login}`.split(/\s+/).filter((uid) => /^\d+$/.test(uid))
  return [...new Set(uids.map(Number))].filter((uid) => uid !== 0 && uid !== UNSET)
}

/** It may end between two looks at it. */
function textOrNothing(path: string, most: number): string | undefined {
  try {
    return readText(path, most)
  } catch (error) {
    if (error instanceof HostError || systemCode(error) !== undefined) return undefined
    throw error
  }
}
