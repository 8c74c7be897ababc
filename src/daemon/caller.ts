/**
 * Reads who typed emerge while it still runs: an account may be in a directory of the network instead of in /etc/passwd, and the archive is searched
 * for its name when that emerge is long over.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import * as v from 'valibot'
import { HostError } from '../base/errors.ts'
import type { Person } from '../package/private/texts.ts'
import { isAlive, type Owner } from '../portage/lock.ts'
import { type Account, readAccounts } from './accounts.ts'
import { type Ancestor, lineageOf } from './lineage.ts'

const NAMES = ['SUDO_USER', 'DOAS_USER', 'LOGNAME', 'USER'] as const

const MOST_CALLERS = 64
const MOST_BYTES = 64 * 1024

/** As a note holds it. */
export const person = v.strictObject({ name: v.pipe(v.string(), v.maxLength(4096)), home: v.pipe(v.string(), v.maxLength(4096)) })

/** Whoever may have typed emerge, by its environment and its UIDs and those of its ancestors; null where that could not be read. */
export const callers = v.nullable(
  v.pipe(
    v.array(person),
    v.maxLength(MOST_CALLERS),
    v.check((people) => Buffer.byteLength(JSON.stringify(people)) <= MOST_BYTES, 'too many bytes'),
  ),
)

export type Callers = v.InferOutput<typeof callers>

/** Reads the environment that `owner` was started with, those of its ancestors (`su -` leaves none of the names), and the accounts below `root`. */
export function callersOf(procRoot: string, owner: Owner, root = '/'): Callers {
  const lineage = lineageOf(procRoot, owner.pid)
  // That of a process which is just ending reads as empty.
  if ((lineage[0]?.environment ?? '') === '' || !isAlive(procRoot, owner)) return null
  const accounts = accountsOrNothing(root)
  if (accounts === undefined) return null
  const people = lineage.flatMap((one) => peopleOf(one, accounts))
  const read = [...new Map(people.map((one) => [JSON.stringify(one), one])).values()]
  return v.is(callers, read) ? read : null
}

function accountsOrNothing(root: string): readonly Account[] | undefined {
  try {
    return readAccounts(root)
  } catch (error) {
    if (error instanceof HostError) return undefined
    throw error
  }
}

/** Names by which its environment calls somebody, with the home of the first, and the accounts of its numbers. */
function peopleOf({ environment, uids }: Ancestor, accounts: readonly Account[]): Person[] {
  const values = valuesIn(environment ?? '')
  const home = values.get('HOME') ?? ''
  const names = [...new Set(NAMES.flatMap((key) => values.get(key) ?? []))].filter((name) => name !== '')
  const named = names.map((name, at) => ({ name, home: at === 0 ? home : '' }))
  return [
    ...named,
    ...uids.flatMap((uid) => withNumber(uid, accounts) ?? (named.length === 0 && home !== '' ? [{ name: `UID ${uid}`, home }] : [])),
  ]
}

/** Undefined where no account here has it. */
function withNumber(uid: number, accounts: readonly Account[]): Person[] | undefined {
  const all = accounts.filter((account) => account.uid === uid)
  return all.length === 0 ? undefined : all.filter(({ kind }) => kind !== 'system').map(({ name, home }) => ({ name, home }))
}

function valuesIn(environment: string): Map<string, string> {
  return new Map(environment.split('\0').map((field) => [field.slice(0, field.indexOf('=')), field.slice(field.indexOf('=') + 1)]))
}
