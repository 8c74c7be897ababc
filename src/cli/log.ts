/**
 * Writes lines to standard error, the log of a process of the daemon; one that can't be written is lost, and nothing else is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { plainLine } from '../portage/terminal.ts'

/** A full disk below the log, or a reader that is gone, ends no process; once there is room it is written on. */
export function openLog(): (line: string) => void {
  process.stderr.on('error', () => undefined)
  return (line) => void process.stderr.write(`${plainLine(line)}\n`)
}
