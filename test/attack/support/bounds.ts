/**
 * What an attack may cost at most, and how much of each attack is made: a short part in `npm test`, all of it in `npm run test:attack`.
 *
 * Bounds are far above what was measured on an idle machine (in brackets), so that a busy one does not fail; what is measured is printed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { TestContext } from 'node:test'

export const BOUNDS = {
  /** Most memory of a process that reads any one archive, in MB (375); a hello takes 120. */
  readerMegabytes: 640,
  /** Most seconds for reading any one archive that is to be refused (5). */
  readerSeconds: 60,
  /** Most memory that the warden gains from what a hostile peer process says, in MB (263: a thousand offers, each with 64 signatures). */
  wardenMegabytes: 500,
  /** Most memory of a peer process that strangers talk to, in MB (160). */
  peerMegabytes: 400,
  /** What a hostile peer may cost in addition to the same run without it, in seconds; the goal is 2, and the table says what it was. */
  peerSeconds: 10,
  /** Longest time that one staged manifest may take, in seconds (2.5 on a busy machine). */
  manifestSeconds: 15,
  /** Longest time in which the warden may be deaf to everybody else, in seconds (0.2). */
  deafSeconds: 3,
} as const

/** Read here and nowhere else; test/attack/run.ts sets them. */
const SEED = 'STANDIN_ATTACK_SEED'
const WHOLE = 'STANDIN_ATTACK_WHOLE'

export function environmentFor(options: { readonly seed: number; readonly whole: boolean }): Record<string, string> {
  return { [SEED]: String(options.seed), [WHOLE]: options.whole ? '1' : '' }
}

/** How many of an attack are made. */
export function scaled(short: number, whole: number): number {
  return isWhole() ? whole : short
}

/** For a test that is no part of the short run: why it is skipped there. */
export function unlessWhole(): string | false {
  return isWhole() ? false : 'npm run test:attack'
}

export function isWhole(): boolean {
  return process.env[WHOLE] === '1'
}

/** Equal seeds give equal attacks; the table of a run names it. */
export function seed(): number {
  return Number(process.env[SEED] ?? 1)
}

/** One line of the table that a run ends with. */
export interface Tried {
  readonly what: string
  readonly tried: number
  readonly found: string
}

export const MARK = 'tried '

export function report(t: TestContext, row: Tried): void {
  t.diagnostic(MARK + JSON.stringify(row))
}
