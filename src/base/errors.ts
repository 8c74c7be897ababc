/**
 * The error tree of standin: one class for each party who must act, one closed set of codes for each class.
 * Callers branch on `code`, never on the message; the message names the thing and the remedy.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/** The person at the keyboard must act: wrong arguments, a wrong setting, a refused request. */
export type UserCode = 'USAGE' | 'BAD_SETTING' | 'BAD_ATOM' | 'NOT_ROOT' | 'NOT_FOUND' | 'NO_DAEMON' | 'AMBIGUOUS'

/** The machine must be mended: a missing program, a full disk, damaged state of our own. */
export type HostCode =
  | 'MISSING_PROGRAM'
  | 'PROGRAM_FAILED'
  | 'DISK_FULL'
  | 'IO'
  | 'BAD_STATE'
  | 'TIMED_OUT'
  | 'UNSUPPORTED'
  | 'UNREADABLE'
  | 'CHANGED_UNDERWAY'
  | 'PEER_ENDED'

/** A stranger sent something wrong; nothing is to be done here but drop it. */
export type StrangerCode =
  'SCHEMA' | 'TOO_LARGE' | 'BAD_HASH' | 'BAD_SIGNATURE' | 'BAD_ARCHIVE' | 'BAD_PATH' | 'PROTOCOL' | 'STALLED' | 'SLOW' | 'WRONG_FAMILY'

export type ErrorCode = UserCode | HostCode | StrangerCode

/** Base of every error that standin raises on purpose. */
export abstract class StandinError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: Code

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.code = code
  }
}

export class UserError extends StandinError<UserCode> {}
export class HostError extends StandinError<HostCode> {}
export class StrangerError extends StandinError<StrangerCode> {}

/** The `code` of a Node system error (`ENOENT`, `EEXIST`, ...), or undefined for anything else. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** Turns a system error into a HostError that names what was being done; other errors of ours pass through. */
export function hostError(doing: string, error: unknown): StandinError {
  if (error instanceof StandinError) return error
  const code = systemCode(error)
  const full = code === 'ENOSPC' || code === 'EDQUOT' || code === 'EROFS' || isDatabaseFull(error)
  const reason = error instanceof Error ? error.message : String(error)
  return new HostError(full ? 'DISK_FULL' : 'IO', `${doing}: ${reason}`, { cause: error })
}

// https://www.sqlite.org/rescode.html; the low byte is the primary code.
const SQLITE_FULL = 13

function isDatabaseFull(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' && (error.errcode & 0xff) === SQLITE_FULL
}
