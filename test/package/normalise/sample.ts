/**
 * Samples for normalisers, made by real tools in temporary folders.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { maskedRanges, normaliserFor } from '../../../src/package/normalise/list.ts'
import { mask } from '../../../src/package/normalise/range.ts'

/** Runs a tool of the host with the clock and the language of nobody. */
export function run(cwd: string, program: string, ...args: string[]): void {
  execFileSync(program, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' } })
}

export function writeAt(folder: string, name: string, bytes: string | Buffer, seconds: number): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  utimesSync(path, seconds, seconds)
  return path
}

/** SHA-256 of the file without the bytes that do not count. */
export function stableHash(path: string, bytes: Buffer): string {
  const copy = Buffer.from(bytes)
  mask(copy, maskedRanges(path, copy))
  return createHash('sha256').update(copy).digest('hex')
}

/** Two builds of one thing: their bytes differ, what counts of them does not, and the named normaliser did it. */
export function assertSame(name: string, path: string, one: Buffer, other: Buffer): void {
  assert.equal(normaliserFor(path, one, one.length)?.name, name)
  assert.equal(one.equals(other), false, 'the samples should differ, or they show nothing')
  assert.equal(stableHash(path, one), stableHash(path, other))
}

/** Another thing stays another thing. */
export function assertDifferent(path: string, one: Buffer, other: Buffer): void {
  assert.notEqual(stableHash(path, one), stableHash(path, other))
}
