/**
 * Tells terminals lines, each whole and in the order in which they were said, and waits for none: one that is busy is told a little later.
 *
 * Whoever builds by hand sees the output of the build on that terminal, and while somebody writes there nobody else can: tty_write_lock of Linux.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { writeTerminal } from '../portage/terminal.ts'
import { isSameTty, type Tty } from '../portage/tty.ts'

export interface Teller {
  /** The first of the terminals that is still the same is told; where none is, nobody. */
  tell(ttys: readonly Tty[], line: string): void
}

interface Waiting {
  readonly tty: Tty
  /** Told in its place when it is gone. */
  readonly others: readonly Tty[]
  readonly line: string
  bytes: Buffer
  /** Of performance.now(). */
  readonly until: number
}

/** A terminal that takes nothing for that long is stopped, or nobody looks at it. */
const GIVE_UP_MS = 10_000
const AGAIN_MS = 50
const MOST_WAITING = 100

export function openTeller(procRoot = '/proc'): Teller {
  /** By path. */
  const queues = new Map<string, Waiting[]>()
  /** Whether nothing is left to be done for it. */
  const wrote = (waiting: Waiting): boolean => {
    const { tty, others, line, bytes } = waiting
    const written = isSameTty(procRoot, tty) ? writeTerminal(tty.path, bytes) : undefined
    if (written === undefined) tell(others, line)
    waiting.bytes = bytes.subarray(written ?? bytes.byteLength)
    return waiting.bytes.byteLength === 0 || performance.now() > waiting.until
  }
  const flush = (path: string, queue: Waiting[]): void => {
    while (queue[0] !== undefined && wrote(queue[0])) queue.shift()
    if (queue.length === 0) queues.delete(path)
    else setTimeout(flush, AGAIN_MS, path, queue).unref()
  }
  const tell = ([tty, ...others]: readonly Tty[], line: string): void => {
    if (tty === undefined) return
    const waiting = { tty, others, line, bytes: Buffer.from(line), until: performance.now() + GIVE_UP_MS }
    const queue = queues.get(tty.path)
    if (queue === undefined) {
      const made = [waiting]
      queues.set(tty.path, made)
      flush(tty.path, made)
    } else if (queue.length < MOST_WAITING) queue.push(waiting)
  }
  return { tell }
}
