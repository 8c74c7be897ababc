/**
 * Counts what a run of test files tried, by the folder that the files lie in, and gathers what tests say that they tried.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { dirname, relative } from 'node:path'
import type { run } from 'node:test'
import { MARK, type Tried } from '../attack/support/bounds.ts'
import { tableOf } from './table.ts'

interface Count {
  readonly files: Set<string>
  tests: number
  failed: number
  skipped: number
  milliseconds: number
}

/** Not where only tests inside of it have failed, and not where nobody expects more yet. */
export function hasFailed({
  todo,
  details: { error },
}: {
  readonly todo?: string | boolean
  readonly details: { readonly error: Error }
}): boolean {
  return (todo === undefined || todo === false) && !('failureType' in error && error.failureType === 'subtestsFailed')
}

/** Follows `events` from now on; what is given back are the lines of two tables, once they are over. Names are shown from `top` on. */
export function tallyOf(events: ReturnType<typeof run>, top: string): () => string[] {
  const counts = new Map<string, Count>()
  const tried: Tried[] = []
  const countOf = (file: string): Count => {
    const folder = dirname(relative(top, file))
    const count = counts.get(folder) ?? { files: new Set(), tests: 0, failed: 0, skipped: 0, milliseconds: 0 }
    counts.set(folder, count)
    count.files.add(file)
    return count
  }
  const ended = (
    {
      file,
      nesting,
      skip,
      details,
    }: { file?: string; nesting: number; skip?: string | boolean; details: { type?: string; duration_ms: number } },
    failed: boolean,
  ): void => {
    if (file === undefined) return
    const count = countOf(file)
    if (nesting === 0) count.milliseconds += details.duration_ms
    if (details.type === 'suite') return
    count.tests += 1
    if (failed) count.failed += 1
    if (skip !== undefined && skip !== false) count.skipped += 1
  }
  events.on('test:pass', (event) => ended(event, false))
  events.on('test:fail', (event) => ended(event, hasFailed(event)))
  events.on('test:diagnostic', ({ message }) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `report`
    if (message.startsWith(MARK)) tried.push(JSON.parse(message.slice(MARK.length)) as Tried)
  })
  return () => {
    const folders = [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1))
    const rows = folders.map(([folder, { files, tests, failed, skipped, milliseconds }]) =>
      [folder, files.size, tests, failed, skipped, Math.round(milliseconds / 1000)],
    ) // prettier-ignore
    const said = tried.map(({ what, tried: times, found }) => [what, times, found])
    return [
      ...tableOf(['folder', 'files', 'tests', 'failed', 'skipped', 'seconds'], rows),
      ...(said.length === 0 ? [] : ['', ...tableOf(['what', 'tried', 'found'], said)]),
    ]
  }
}
