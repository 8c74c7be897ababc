/**
 * Tells a name that the system will not let go from a defect of our own, and why it will not, in words for the user.
 *
 * Imports no package: the hook that purges without the warden carries this file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { HostError, systemCode } from '../base/errors.ts'

const WORDS: Readonly<Record<string, string>> = {
  EPERM: 'it may not be changed (EPERM; lsattr tells whether it is immutable)',
  EROFS: 'its filesystem is read-only (EROFS)',
  EBUSY: 'it is in use, as a mount point is (EBUSY)',
  ENOSPC: 'there is no room to keep it aside (ENOSPC)',
}

/** Whether the work can go on with the next name: a system call or the journal said no, and the code is right. */
export function isResistance(error: unknown): boolean {
  return error instanceof HostError || (error instanceof Error && 'syscall' in error)
}

export function reasonOf(error: unknown): string {
  return WORDS[systemCode(error) ?? ''] ?? (error instanceof Error ? error.message : String(error))
}
