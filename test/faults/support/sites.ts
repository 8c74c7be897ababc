/**
 * Finds in the sources every call that would be a point, so that a new one which no scenario reaches is told.
 *
 * Tokens are enough: names are imported from Node as they are, and every change of a database goes through `exec` or `run`.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { ASYNC, SYNC } from './tap-wraps.ts'

const TOP = join(import.meta.dirname, '../../..')

/** What placing, purging, capturing and publishing begin with, what follows builds and what hears of them; whatever these import is looked at too. */
export const ENTRIES = [
  'src/standin/place.ts',
  'src/standin/purge.ts',
  'src/standin/recover.ts',
  'src/standin/journal.ts',
  'src/standin/journal-kept.ts',
  'src/daemon/maker.ts',
  'src/daemon/warden.ts',
  'hooks/abandon.ts',
  'hooks/fetch.ts',
  'hooks/install.ts',
  'hooks/publish.ts',
  'hooks/purge.ts',
] as const

export interface Site {
  /** As the tap names it: `src/standin/place.ts:180 renameSync`. */
  readonly site: string
  readonly file: string
  readonly name: string
  /** The line itself, for whoever is to find it when numbers have moved. */
  readonly text: string
}

/** Every module that the entries are made of. */
export function modulesOf(entries: readonly string[] = ENTRIES): string[] {
  const known = new Set<string>()
  const visit = (file: string): void => {
    if (known.has(file)) return
    known.add(file)
    // A type is nothing at run time.
    for (const [, path = ''] of read(file).matchAll(/^import (?!type )[^'"]*? from '(\.[^']+)'/gms)) {
      const target = normalize(join(dirname(file), path))
      if (existsSync(join(TOP, target))) visit(target)
    }
  }
  for (const entry of entries) visit(entry)
  return [...known].toSorted()
}

export function sitesIn(files: readonly string[]): Site[] {
  return files.flatMap((file) => {
    const text = read(file)
    const lines = bare(text).split('\n')
    const source = text.split('\n')
    const names = [...SYNC, ...ASYNC, 'fsync'].filter((name) =>
      new RegExp(`^import [^;]*?\\b${name}\\b[^;]*? from 'node:fs`, 'ms').test(text),
    )
    const calls = names.map((name) => [name, new RegExp(`(?<![.\\w])${name}\\(`)] as const)
    const isDatabase = /from 'node:sqlite'/.test(text)
    const told = isDatabase ? (['exec', 'run'] as const).map((name) => [name, new RegExp(`\\.${name}\\(`)] as const) : []
    const said = [['write', MESSAGE] as const]
    return lines.flatMap((line, at) =>
      [...calls, ...told, ...said]
        .filter(([, call]) => call.test(line))
        .map(([name]) => ({ site: `${file}:${at + 1} ${name}`, file, name, text: (source[at] ?? '').trim() })),
    )
  })
}

/** Whatever goes through a channel, to a terminal of one's own too. */
const MESSAGE = /\b(channel|socket|stderr|stdout)\.write\(/

function read(file: string): string {
  return readFileSync(join(TOP, file), 'utf8')
}

/** Without comments; lines stay where they are. */
function bare(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' ')).replace(/(^|\s)\/\/[^\n]*/g, '$1')
}
