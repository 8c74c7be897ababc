/**
 * Reads an archive as the peer reads it and judges what came of it: refused with a stranger's code and nothing left, or true to its manifest.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StrangerError } from '../../../src/base/errors.ts'
import { readArchive, READ_LIMITS, type ReadLimits } from '../../../src/package/archive/read.ts'
import type { Manifest } from '../../../src/package/manifest.ts'

export interface Judged {
  /** Code of the refusal, or `read`. */
  readonly code: string
  /** What no archive may bring about; empty when all is well. */
  readonly wrong: readonly string[]
  readonly ms: number
  readonly manifest?: Manifest
}

/** `folder` is for this archive alone; it holds nothing else before and after. */
export async function judge(folder: string, bytes: Buffer, limits: Partial<ReadLimits> = {}): Promise<Judged> {
  const [archive, staging] = [join(folder, 'archive'), join(folder, 'staging')]
  writeFileSync(archive, bytes)
  const began = performance.now()
  const since = (): number => performance.now() - began
  try {
    const manifest = await readArchive({ archive, staging, limits: { ...READ_LIMITS, ...limits }, signal: AbortSignal.timeout(60_000) })
    const ms = since()
    return { code: 'read', wrong: [...strangeIn(staging, manifest), ...besides(folder, ['archive', 'staging'])], ms, manifest }
  } catch (error) {
    const ms = since()
    const wrong = error instanceof StrangerError ? [] : [`it ended with ${error instanceof Error ? error.stack : String(error)}`]
    if (existsSync(staging)) wrong.push('staging was left')
    const code = error instanceof StrangerError ? error.code : String(error)
    return { code, wrong: [...wrong, ...besides(folder, ['archive'])], ms }
  } finally {
    rmSync(staging, { recursive: true, force: true })
  }
}

function besides(folder: string, expected: readonly string[]): string[] {
  return readdirSync(folder)
    .filter((name) => !expected.includes(name))
    .map((name) => `it made ${name} outside of staging`)
}

/** Files of that very name and hash, and a manifest, and nothing else. */
function strangeIn(staging: string, manifest: Manifest): string[] {
  const wrong: string[] = []
  const hashes = new Set(manifest.records.flatMap((record) => (record.type === 'file' ? [record.sha256] : [])))
  const names = readdirSync(join(staging, 'files'))
  if (names.length !== hashes.size || !names.every((name) => hashes.has(name)))
    wrong.push('staging holds other files than the manifest says')
  for (const name of names) {
    const path = join(staging, 'files', name)
    const stat = lstatSync(path)
    if (!stat.isFile() || stat.nlink !== 1 || (stat.mode & 0o7777) !== 0o600) wrong.push(`${name} is no file of its own`)
    else if (createHash('sha256').update(readFileSync(path)).digest('hex') !== name) wrong.push(`${name} holds other bytes`)
  }
  if (readdirSync(staging).toSorted().join() !== 'files,manifest.json') wrong.push('staging holds more than it should')
  return wrong
}
