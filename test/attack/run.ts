/**
 * Makes every attack in its full size and ends with a table of what was tried and what was found.
 *
 *     node test/attack/run.ts [--seed N] [--short] [part of a path]...
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { join } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { parseArgs } from 'node:util'
import fg from 'fast-glob'
import { StandinError } from '../../src/base/errors.ts'
import { paths } from '../support/ground/paths.ts'
import { takeGround } from '../support/ground/ready.ts'
import { processName, RUN_VARIABLE } from '../support/host/leftovers.ts'
import { endOverdue } from '../support/overdue.ts'
import { tableOf } from '../support/table.ts'
import { environmentFor, MARK, type Tried } from './support/bounds.ts'

const LONGEST_FILE_MS = 20 * 60 * 1000

const say = (line: string): void => void process.stderr.write(`${line}\n`)
const { values, positionals } = asked()
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed)
if (!Number.isSafeInteger(seed)) misused('--seed wants a whole number')
Object.assign(process.env, environmentFor({ seed, whole: values.short !== true }), { [RUN_VARIABLE]: processName(process.pid) })
say(`seed ${seed}`)

const release = await ground()
const wanted = (path: string): boolean => positionals.length === 0 || positionals.some((part) => path.includes(part))
const files = fg.globSync(release === undefined ? 'test/attack/*.test.ts' : 'test/attack/**/*.test.ts', { cwd: paths.top }).filter(wanted)
const { rows, failed } = await runAll(files.toSorted().map((path) => join(paths.top, path)))
await release?.()
process.stdout.write(
  `\n${tableOf(
    ['what', 'tried', 'found'],
    rows.map(({ what, tried, found }) => [what, tried, found]),
  ).join('\n')}\n\nseed ${seed}; ${failed} failed\n`,
)
// Without hosts half of the promise is not shown.
process.exitCode = failed > 0 || files.length === 0 || release === undefined ? 1 : 0

function asked(): { values: { seed?: string; short?: boolean }; positionals: string[] } {
  try {
    return parseArgs({ options: { seed: { type: 'string' }, short: { type: 'boolean' } }, allowPositionals: true })
  } catch (error) {
    return misused(error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error))
  }
}

function misused(why: string): never {
  say(`${why}; usage: npm run test:attack -- [--seed N] [--short] [part of a path]...`)
  process.exit(2)
}

/** Hosts need root and a laid ground; the attacks on them are left out, and said to be, where they cannot be had. */
async function ground(): Promise<(() => Promise<void>) | undefined> {
  try {
    return (await takeGround(say)).release
  } catch (error) {
    if (!(error instanceof StandinError)) throw error
    say(`attacks on real hosts are left out: ${error.message}`)
    return undefined
  }
}

/** One file after the other: memory and times are measured. */
function runAll(wantedFiles: readonly string[]): Promise<{ rows: Tried[]; failed: number }> {
  const reported: Tried[] = []
  let wrong = 0
  const events = run({ files: [...wantedFiles], concurrency: 1, timeout: LONGEST_FILE_MS })
  events.on('test:fail', () => wrong++)
  events.on('test:diagnostic', ({ message }) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `report`
    if (message.startsWith(MARK)) reported.push(JSON.parse(message.slice(MARK.length)) as Tried)
  })
  const stopWatch = endOverdue(LONGEST_FILE_MS, say)
  const told = events.compose(spec)
  return new Promise((resolve, reject) => {
    told.on('error', reject).on('end', () => {
      stopWatch()
      resolve({ rows: reported, failed: wrong })
    })
    told.pipe(process.stdout, { end: false })
  })
}
