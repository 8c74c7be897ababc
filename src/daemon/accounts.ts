/**
 * Tells the accounts of people from those of the system, by /etc/passwd and login.defs(5).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { join } from 'node:path'
import type { Person } from '../package/private/texts.ts'
import { readText } from '../portage/bounded.ts'

export interface Account extends Person {
  /** `maybe` has a number of the system, and somebody can log in with it. */
  readonly kind: 'person' | 'maybe' | 'system'
  readonly uid: number
}

const MAX_ACCOUNTS_BYTES = 16 * 1024 * 1024
const MAX_DEFS_BYTES = 1024 * 1024

/** What shadow takes where login.defs says nothing. */
const [UID_MIN, UID_MAX] = [1000, 60_000]

const NOBODY = 65_534

/** Errors: HostError UNREADABLE. */
export function readAccounts(root: string): Account[] {
  const defs = readText(join(root, 'etc/login.defs'), MAX_DEFS_BYTES) ?? ''
  const range = { least: numberIn(defs, 'UID_MIN') ?? UID_MIN, most: numberIn(defs, 'UID_MAX') ?? UID_MAX }
  return (readText(join(root, 'etc/passwd'), MAX_ACCOUNTS_BYTES) ?? '').split('\n').flatMap((line) => {
    const [name = '', , uid = '', , , home = '', shell = ''] = line.split(':')
    // A plus or a minus brings in others, or leaves them out (nsswitch.conf(5), compat).
    return /^[^+-]/.test(name)
      ? [{ name, home, uid: Number(uid), kind: name === 'root' ? 'system' : kindOf(Number(uid), shell, range) }]
      : []
  })
}

function kindOf(uid: number, shell: string, { least, most }: { readonly least: number; readonly most: number }): Account['kind'] {
  if (uid === NOBODY || (uid < least && !isShell(shell))) return 'system'
  // Directories of the network count from far above: 100500, 1201600500.
  return uid >= least && (uid <= most || uid > UID_MAX) ? 'person' : 'maybe'
}

function numberIn(defs: string, key: string): number | undefined {
  const said = new RegExp(`^[ \\t]*${key}[ \\t]+"?(0[xX][\\da-fA-F]+|\\d+)`, 'm').exec(defs)?.[1]
  return said === undefined ? undefined : Number(said)
}

/** None at all is /bin/sh. */
function isShell(path: string): boolean {
  return !/(^|\/)(nologin|false|true|sync|halt|shutdown)$/.test(path.trim())
}
