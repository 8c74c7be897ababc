/**
 * Runs test files, and ends its report with a table of what was tried and with each test that failed and what it said: nobody has to look for them above.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { relative } from 'node:path'
import { run } from 'node:test'
import { spec, tap } from 'node:test/reporters'
import { stripVTControlCharacters } from 'node:util'
import { endOverdue } from './overdue.ts'
import { hasFailed, tallyOf } from './tally.ts'

export interface RunInput {
  /** Absolute. */
  readonly files: readonly string[]
  /** Names are shown from here on. */
  readonly top: string
  readonly atOnce: number
  /** A file that takes longer is killed with all that it has started. */
  readonly longestFileMs: number
  /** Said again at the end: what was not run, and why. */
  readonly leftOut?: string | undefined
}

/** Whether something failed; no file at all has failed too, but where all were left out. The report goes to standard output. */
export async function runFiles({ files, top, atOnce, longestFileMs, leftOut }: RunInput): Promise<boolean> {
  const events = run({ files: [...files], concurrency: atOnce, timeout: longestFileMs })
  const failures = failuresOf(events, top)
  const tally = tallyOf(events, top)
  const overdue: string[] = []
  const stopWatch = endOverdue(longestFileMs, (line) => overdue.push(relative(top, line)))
  const report = process.stdout.isTTY ? events.compose(spec) : events.compose(tap)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  report.on('error', reject).on('end', resolve).pipe(process.stdout, { end: false })
  await promise
  stopWatch()
  process.stdout.write(
    [
      ...tally(),
      '',
      ...(files.length === 0 && leftOut !== undefined ? ['nothing was run'] : summary(failures, files.length)),
      ...overdue,
      ...(leftOut === undefined ? [] : [leftOut]),
    ]
      .map((line) => `# ${line}`.trimEnd() + '\n')
      .join(''),
  ) // a comment in TAP
  return failures.length > 0 || (files.length === 0 && leftOut === undefined)
}

type Events = ReturnType<typeof run>

interface Failure {
  /** `file: suite > test` */
  readonly name: string
  /** A few lines, each of them short. */
  readonly said: readonly string[]
}

/** Enough for the message, the first differences, and the end of what a program wrote. */
const SAID = { first: 8, last: 12, length: 200 }

/** Grows while the tests run: one for each test that itself failed. */
function failuresOf(events: Events, top: string): readonly Failure[] {
  const failures: Failure[] = []
  // Within a file tests are told in order, each between the start and the end of the one that it belongs to.
  const open = new Map<string, string[]>()
  events.on('test:start', ({ file = '', name, nesting }) => void open.set(file, [...(open.get(file) ?? []).slice(0, nesting), name]))
  events.on('test:fail', (event) => {
    const { file = '', name, nesting, details } = event
    if (!hasFailed(event)) return
    const names = [...(open.get(file) ?? []).slice(0, nesting), name === file ? '(the file itself)' : name]
    failures.push({ name: `${relative(top, file)}: ${names.join(' > ')}`.replaceAll(/\s+/g, ' '), said: saidBy(details.error) })
  })
  return failures
}

function saidBy(error: Error): string[] {
  const { message } = error.cause instanceof Error ? error.cause : error
  const lines = stripVTControlCharacters(message)
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== '')
    .map((line) => line.slice(0, SAID.length))
  return lines.length <= SAID.first + SAID.last ? lines : [...lines.slice(0, SAID.first), '...', ...lines.slice(-SAID.last)]
}

function summary(failures: readonly Failure[], files: number): string[] {
  if (files === 0) return ['no test file has such a path']
  if (failures.length === 0) return ['nothing failed']
  return [...failures.flatMap(({ name, said }) => [`FAILED ${name}`, ...said.map((line) => `  ${line}`)]), `${failures.length} failed`]
}
