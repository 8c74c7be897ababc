/**
 * Says one line on somebody's terminal, in Portage's manner, and never waits for it, fails, or lets the text steer the terminal.
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
 * Writes ` * line` to the terminal at `path`. False when it could not be told: the terminal is gone, stopped (Ctrl-S), or not one.
 */
export function tellTerminal(path: string, line: string, options: TellOptions): boolean {
  let fd: number
  try {
    // O_NOCTTY: a daemon without a terminal would get this one as its own, and its signals. O_NONBLOCK: a stopped terminal blocks a write for ever.
    fd = openSync(path, constants.O_WRONLY | constants.O_NOCTTY | constants.O_NONBLOCK)
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    return false
  }
  try {
    if (!isatty(fd)) return false
    const bytes = Buffer.from(portageLine(line, options))
    return writeSync(fd, bytes) === bytes.byteLength
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    return false
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
