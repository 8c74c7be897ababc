/**
 * All that a command may see and do outside of itself, as one plain object, so that a test runs it in its own process.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Folders } from '../daemon/realm.ts'
import type { Run } from '../portage/run.ts'

export interface Stream {
  write(text: string): void
  readonly isTerminal: boolean
  /** Of the terminal now; it may change while a command runs. */
  size(): { readonly columns: number; readonly rows: number }
}

export interface World {
  /** `/`, or the prefix. */
  readonly root: string
  readonly folders: Folders
  readonly control: string
  /** standin.conf. */
  readonly conf: string
  /** The whole environment of programs that are asked. */
  readonly env: Readonly<Record<string, string>>
  readonly run: Run
  readonly stdout: Stream
  readonly stderr: Stream
  /** NO_COLOR is set, or the terminal can't do it. */
  readonly noColour: boolean
  readonly uid: number
  readonly hostname: string
  readonly nodeVersion: string
  /** The file of this very program. */
  readonly program: string
  /** What starts the daemon. */
  readonly launcher: string
  readonly procRoot: string
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal
  /** Aborts once nobody reads standard output any more; looked for from the call on. */
  readonly readerGone: () => AbortSignal
  /** How long the daemon may take for an answer, and for a purge. */
  readonly patienceMs: number
  readonly purgePatienceMs: number
  /** Runs a program in the place of this one: same terminal, same signals; resolves with its exit code. */
  readonly execute: (program: string, args: readonly string[]) => Promise<number>
}
