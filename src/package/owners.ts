/**
 * Names of users and groups by number, as this host's account files have them; numbers never leave the host.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readFileSync } from 'node:fs'
import { hostError } from '../base/errors.ts'

export interface OwnerNames {
  readonly users: ReadonlyMap<number, string>
  readonly groups: ReadonlyMap<number, string>
}

/** Reads `passwd` and `group` below `etc` (passwd(5), group(5)). Errors: HostError IO. */
export function readOwnerNames(etc: string = '/etc'): OwnerNames {
  return { users: namesIn(`${etc}/passwd`), groups: namesIn(`${etc}/group`) }
}

/** Both files have name, password and number as their first three fields. Of two names for one number the first counts, as it does for getpwuid(3). */
function namesIn(path: string): Map<number, string> {
  const names = new Map<number, string>()
  for (const line of textOf(path).split('\n')) {
    const [name, , number] = line.split(':')
    if (name === undefined || number === undefined || !/^\d+$/.test(number)) continue
    if (!names.has(Number(number))) names.set(Number(number), name)
  }
  return names
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw hostError(`could not read the names of accounts in ${path}`, error)
  }
}
