/**
 * What the person who typed emerge reads: one line each, on that terminal and no other, also after that emerge has ended.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readlinkSync } from 'node:fs'
import { systemCode } from '../base/errors.ts'
import { tellTerminal, type Tone } from '../portage/terminal.ts'
import { terminalOf } from '../portage/lock.ts'
import { deviceOf, type Note } from './course.ts'

/** The terminal that `pid` writes to, by a path that outlives it; undefined where it writes to a file or a pipe, or to a terminal of another /dev. */
export function terminalFor(procRoot: string, pid: number): Note['terminal'] {
  const through = terminalOf(procRoot, pid)
  if (through === undefined) return null
  try {
    const path = readlinkSync(through)
    const device = deviceOf(through)
    return device !== undefined && deviceOf(path) === device ? { path, device } : null
  } catch (error) {
    // The emerge may end between two looks at it.
    if (systemCode(error) === undefined) throw error
    return null
  }
}

/** Says `text` on the terminal of `note`; false where nobody could be told. */
export function say(note: Pick<Note, 'terminal'>, text: string, tone: Tone, colour: boolean): boolean {
  const { terminal } = note
  if (terminal === null || deviceOf(terminal.path) !== terminal.device) return false
  return tellTerminal(terminal.path, `standin: ${text}`, { colour, tone })
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`
}
