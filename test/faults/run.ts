/**
 * Cuts place, purge, capture and publish at every point and ends with a table of what was tried and what was found.
 *
 *     node test/faults/run.ts [--seed N] [--points N|all] [--only SCENARIO/POINT:WAY]
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { parseArgs } from 'node:util'
import { campaign, type Row } from './support/campaign.ts'

const say = (line: string): void => void process.stderr.write(`${line}\n`)
const values = asked()
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : wholeNumber(values.seed, '--seed')
const points = values.points === undefined || values.points === 'all' ? undefined : wholeNumber(values.points, '--points')
if (process.getuid?.() !== 0) {
  say('placing gives files to root, so the faults of it need root')
  process.exit(1)
}
say(`seed ${seed}`)
const { rows, found, uncovered } = await campaign({ seed, points, only: values.only, lanes: 2, say })
const tried = rows.reduce((sum, row) => sum + row.tried, 0)
process.stdout.write(`\n${table(rows)}\n`)
for (const line of uncovered) process.stdout.write(`nobody covers ${line}\n`)
process.stdout.write(`\n${tried} points tried, seed ${seed}; ${found.length} wrong, ${uncovered.length} calls uncovered\n`)
process.exitCode = found.length > 0 || uncovered.length > 0 || tried === 0 ? 1 : 0

function asked(): { seed?: string; points?: string; only?: string } {
  try {
    return parseArgs({ options: { seed: { type: 'string' }, points: { type: 'string' }, only: { type: 'string' } } }).values
  } catch (error) {
    return misused(error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error))
  }
}

function wholeNumber(text: string, name: string): number {
  return /^\d{1,10}$/.test(text) ? Number(text) : misused(`${name} wants a whole number`)
}

function misused(why: string): never {
  say(`${why}; usage: npm run test:faults -- [--seed N] [--points N|all] [--only SCENARIO/POINT:WAY]`)
  process.exit(2)
}

function table(all: readonly Row[]): string {
  const cells = [['scenario', 'points', 'tried', 'runs', 'wrong'], ...all.map((row) => Object.values(row).map(String))]
  const width = (at: number): number => Math.max(...cells.map((row) => row[at]?.length ?? 0))
  return cells.map((row) => row.map((cell, at) => (at === 0 ? cell.padEnd(width(at)) : cell.padStart(width(at)))).join('  ')).join('\n')
}
