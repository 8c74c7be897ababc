/**
 * Tells terminals lines, each whole and in the order in which they were said, and waits for none: one that is busy is told a little later.
 *
 * Whoever builds by hand sees the output of the build on that terminal, and while somebody writes there nobody else can: tty_write_lock of Linux.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { writeTerminal } from '../portage/terminal.ts'
import { deviceOf, type Note } from './course.ts'

export type Terminal = NonNullable<Note['terminal']>

export interface Teller {
  /** A terminal that is not the same any more is told nothing. */
  tell(terminal: Terminal, line: string): void
}

interface Waiting {
  readonly terminal: Terminal
  bytes: Buffer
  /** Of performance.now(). */
  readonly until: number
}

/** A terminal that takes nothing for that long is stopped, or nobody looks at it. */
const GIVE_UP_MS = 10_000
const AGAIN_MS = 50
const MOST_WAITING = 100

export function openTeller(): Teller {
  /** By path. */
  const queues = new Map<string, Waiting[]>()
  /** Whether nothing is left to be done for it. */
  const wrote = (line: Waiting): boolean => {
    const { path, device } = line.terminal
    const written = deviceOf(path) === device ? writeTerminal(path, line.bytes) : undefined
    line.bytes = line.bytes.subarray(written ?? line.bytes.byteLength)
    return line.bytes.byteLength === 0 || performance.now() > line.until
  }
  const flush = (path: string, queue: Waiting[]): void => {
    while (queue[0] !== undefined && wrote(queue[0])) queue.shift()
    if (queue.length === 0) queues.delete(path)
    else setTimeout(flush, AGAIN_MS, path, queue).unref()
  }
  return {
    tell(terminal, line) {
      const { path } = terminal
      const waiting = { terminal, bytes: Buffer.from(line), until: performance.now() + GIVE_UP_MS }
      const queue = queues.get(path)
      if (queue === undefined) {
        const made = [waiting]
        queues.set(path, made)
        flush(path, made)
      } else if (queue.length < MOST_WAITING) queue.push(waiting)
    },
  }
}
