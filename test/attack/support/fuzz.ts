/**
 * Reads archives as the peer does, one after the other, and prints what came of them and what it cost as one line of JSON. Started by reading.ts.
 *
 *     node fuzz.ts files FOLDER FILE...
 *     node fuzz.ts mutations FOLDER FILE SEED COUNT
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import { readOuter } from '../../../src/package/archive/outer.ts'
import { judge } from './judged.ts'
import { mutated, type Whole } from './mutate.ts'
import { randomOf } from './random.ts'
import type { Reading } from './reading.ts'

const [what = '', folder = '', ...rest] = process.argv.slice(2)
/** As a peer has them with `max_size` of 512 MiB. */
const LIMITS = { archiveBytes: 2 ** 29, imageBytes: 2 ** 31 }

const codes: Record<string, number> = {}
const wrong: string[] = []
let worstMs = 0

async function read(name: string, bytes: Buffer): Promise<void> {
  const judged = await judge(join(folder, 'work'), bytes, LIMITS)
  codes[judged.code] = (codes[judged.code] ?? 0) + 1
  worstMs = Math.max(worstMs, judged.ms)
  if (judged.wrong.length === 0) return
  wrong.push(`${name}: ${judged.wrong.join('; ')}`)
  if (wrong.length < 20) writeFileSync(join(folder, `wrong-${wrong.length}`), bytes)
}

/** The members of a true archive, unpacked. */
function wholeOf(path: string): Whole {
  const archive = readFileSync(path)
  const fd = openSync(path, 'r')
  const members = readOuter(fd, archive.length).members.map(({ at, size }) => archive.subarray(at, at + size))
  closeSync(fd)
  const unpacked = (at: number): Buffer => zstdDecompressSync(members[at] ?? Buffer.alloc(0))
  return { archive, metadata: unpacked(1), image: unpacked(2) }
}

mkdirSync(join(folder, 'work'), { recursive: true })
if (what === 'files') for (const path of rest) await read(path, readFileSync(path))
if (what === 'mutations') {
  const [path = '', seed, count] = rest
  const whole = wholeOf(path)
  const random = randomOf(Number(seed))
  for (let at = 0; at < Number(count); at++) await read(`mutation ${at} of seed ${seed}`, mutated(whole, random))
}
// Not `resourceUsage().maxRSS`, which a process has from the one that started it.
const peak = Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
const reading: Reading = { codes, wrong, worstMs: Math.round(worstMs), megabytes: Math.round(peak / 1024) }
process.stdout.write(JSON.stringify(reading))
