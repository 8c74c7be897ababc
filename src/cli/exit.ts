/**
 * The exit codes of `standin`, each with one meaning that scripts may rely on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { ErrorCode } from '../base/errors.ts'

export const EXIT = { ok: 0, failure: 1, usage: 2, nothing: 3, noDaemon: 4, interrupted: 130 } as const

/** What a person reads in `--help` and in the man page. */
export const EXIT_MEANINGS: readonly (readonly [number, string])[] = [
  [EXIT.ok, 'done; for doctor: nothing is wrong; for hook --status: the hook is on; for status --watch: its reader is gone'],
  [EXIT.failure, 'it failed, or only root may do it, or doctor found something wrong, or the hook has the lines of another version'],
  [EXIT.usage, 'the command line is wrong, or an atom is bad or ambiguous'],
  [EXIT.nothing, 'an ATOM matches nothing; for key: there is none yet; for hook --status: the hook is off'],
  [EXIT.noDaemon, 'the daemon does not answer; status, list and why show then what it wrote down last'],
  [EXIT.interrupted, 'ended by Ctrl-C'],
]

const CODES: Partial<Record<ErrorCode, number>> = {
  USAGE: EXIT.usage,
  BAD_ATOM: EXIT.usage,
  AMBIGUOUS: EXIT.usage,
  NOT_FOUND: EXIT.nothing,
  NO_DAEMON: EXIT.noDaemon,
}

export function exitCodeOf(code: ErrorCode): number {
  return CODES[code] ?? EXIT.failure
}
