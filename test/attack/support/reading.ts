/**
 * Reads archives in a process that is held to the limits of the peer, and says what that cost it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { limited } from '../../../src/daemon/peerLimits.ts'
import { BOUNDS } from './bounds.ts'

export interface Reading {
  /** How often each code came, `read` where nothing was wrong. */
  readonly codes: Readonly<Record<string, number>>
  readonly wrong: readonly string[]
  /** Of the archive that took longest. */
  readonly worstMs: number
  /** Most memory that the process had at any time. */
  readonly megabytes: number
}

const run = promisify(execFile)

/** Arguments as fuzz.ts takes them. Fails where the process does, by its limits or by an exception. */
export async function reading(...wanted: readonly string[]): Promise<Reading> {
  const [program, ...limits] = limited(readFileSync('/proc/self/limits', 'utf8'))
  const { stdout } = await run(program, [...limits, process.execPath, join(import.meta.dirname, 'fuzz.ts'), ...wanted], {
    maxBuffer: 16 * 1024 * 1024,
  })
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a program of ours
  return JSON.parse(stdout) as Reading
}

/** Nothing but refusals by a code or true archives, within the bounds. */
export function assertHarmless({ wrong, worstMs, megabytes }: Reading): void {
  assert.deepEqual(wrong, [])
  assert.ok(worstMs < BOUNDS.readerSeconds * 1000, `one archive took ${worstMs} ms`)
  assert.ok(megabytes < BOUNDS.readerMegabytes, `the reader had ${megabytes} MB`)
}

/** `BAD_ARCHIVE 12, TOO_LARGE 3; worst 12 ms, 130 MB`. */
export function inWords({ codes, worstMs, megabytes }: Reading): string {
  const counts = Object.entries(codes).toSorted(([, a], [, b]) => b - a)
  return `${counts.map(([code, count]) => `${code} ${count}`).join(', ')}; worst ${worstMs} ms, ${megabytes} MB`
}
