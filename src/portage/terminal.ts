/**
 * Writes to somebody's terminal, lines in Portage's manner, and never waits for it, fails, or lets the text steer the terminal.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { isatty } from 'node:tty'
import { systemCode } from '../base/errors.ts'

/** `good`, `warn` and `bad` are Portage's einfo, ewarn and eerror. */
export type Tone = 'good' | 'warn' | 'bad'

export interface TellOptions {
  readonly colour: boolean
  readonly tone?: Tone
}

const MAX_LENGTH = 1000
const COLOURS: Record<Tone, string> = { good: '32;01', warn: '33;01', bad: '31;01' }

/**
 * Writes to the terminal at `path` as much of `bytes` as it takes now and tells how many that were: none where it is stopped (Ctrl-S), full, or being
 * written to by somebody else, for a terminal has one writer at a time. Undefined when it is gone, or not a terminal.
 */
export function writeTerminal(path: string, bytes: Buffer): number | undefined {
  let fd: number
  try {
    // O_NOCTTY: a daemon without a terminal would get this one as its own, and its signals. O_NONBLOCK: a stopped terminal blocks a write for ever.
    fd = openSync(path, constants.O_WRONLY | constants.O_NOCTTY | constants.O_NONBLOCK)
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    return undefined
  }
  try {
    return isatty(fd) ? writeSync(fd, bytes) : undefined
  } catch (error) {
    const code = systemCode(error)
    if (code === undefined) throw error
    return code === 'EAGAIN' ? 0 : undefined
  } finally {
    closeSync(fd)
  }
}

/** ` * line` with its newline, as einfo of Portage prints it. */
export function portageLine(line: string, options: TellOptions): string {
  const star = options.colour ? `\u001b[${COLOURS[options.tone ?? 'good']}m*\u001b[39;49;00m` : '*'
  return ` ${star} ${plainLine(line)}\n`
}

/** `text` on one line, without what moves a cursor, changes a colour, answers back, or turns the direction of writing. */
export function plainLine(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what must not pass
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\u200e\u200f]+/g, ' ').slice(0, MAX_LENGTH)
}
