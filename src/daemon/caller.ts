/**
 * Reads who typed emerge while it still runs: an account may be in a directory of the network instead of in /etc/passwd, and the archive is searched
 * for its name when that emerge is long over.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { join } from 'node:path'
import * as v from 'valibot'
import { HostError, systemCode } from '../base/errors.ts'
import { readText } from '../portage/bounded.ts'
import { isAlive, type Owner } from '../portage/lock.ts'

const MAX_ENVIRONMENT_BYTES = 4 * 1024 * 1024

const NAMES = ['SUDO_USER', 'DOAS_USER', 'LOGNAME', 'USER'] as const

/** Names by which an environment calls whoever typed emerge, and the home of the first; null where nothing could be read. */
export const callers = v.nullable(
  v.pipe(
    v.array(v.strictObject({ name: v.pipe(v.string(), v.maxLength(4096)), home: v.pipe(v.string(), v.maxLength(4096)) })),
    v.maxLength(NAMES.length),
  ),
)

export type Callers = v.InferOutput<typeof callers>

/** Reads the environment that `owner` was started with. */
export function callersOf(procRoot: string, owner: Owner): Callers {
  const text = environmentOf(procRoot, owner)
  // That of a process which is just ending reads as empty.
  if (text === undefined || text === '' || !isAlive(procRoot, owner)) return null
  const values = new Map(text.split('\0').map((field) => [field.slice(0, field.indexOf('=')), field.slice(field.indexOf('=') + 1)]))
  const named = [...new Set(NAMES.flatMap((key) => values.get(key) ?? []))].filter((name) => name !== '')
  const read = named.map((name, at) => ({ name, home: at === 0 ? (values.get('HOME') ?? '') : '' }))
  return v.is(callers, read) ? read : null
}

/** It may end between two looks at it. */
function environmentOf(procRoot: string, { pid }: Owner): string | undefined {
  try {
    return readText(join(procRoot, String(pid), 'environ'), MAX_ENVIRONMENT_BYTES)
  } catch (error) {
    if (error instanceof HostError || systemCode(error) !== undefined) return undefined
    throw error
  }
}
