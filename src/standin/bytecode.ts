/**
 * Finds what Python has compiled from sources of a stand-in and written beside them: it is of no use without them, and in the way of what is merged.
 *
 * Python writes where it may, as root anywhere, and anew where what is there was compiled from a source of another time: the files that stand in have
 * the time of their placing. Nobody else writes such a name: PEP 3147.
 *
 * Imports no package: the hook that purges without the warden carries this file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { JournalPath } from './journal.ts'
import { look } from './look.ts'

export interface Bytecode {
  /** Relative to the root, as are the sources. */
  readonly files: readonly string[]
  /** `__pycache__` folders that they lie in and that the stand-in has not made. */
  readonly folders: readonly string[]
}

/** `NAME.cpython-313.pyc`, `NAME.cpython-313.opt-1.pyc`. */
const COMPILED = /^(.+)\.[a-z]+-[0-9]+(\.opt-[0-9a-z]+)?\.pyc$/

/** `base`: the root with a slash. Errors: a system error. */
export function bytecodeOf(paths: readonly JournalPath[], base: string): Bytecode {
  const sources = new Set(paths.filter(({ kind, path }) => kind === 'file' && path.endsWith('.py')).map(({ path }) => path))
  const made = new Set(paths.filter(({ kind }) => kind === 'dir').map(({ path }) => path))
  const caches = [...new Set([...sources].map((path) => join(dirname(path), '__pycache__')))].filter(
    (cache) => look(base + cache)?.kind === 'dir',
  )
  const files = caches.flatMap((cache) =>
    readdirSync(base + cache).flatMap((name) => (sources.has(sourceOf(cache, name)) ? [join(cache, name)] : [])),
  )
  const folders = caches.filter((cache) => !made.has(cache) && files.some((path) => dirname(path) === cache))
  return { files: files.filter((path) => look(base + path)?.kind === 'file'), folders }
}

function sourceOf(cache: string, name: string): string {
  const [, stem = ''] = COMPILED.exec(basename(name)) ?? []
  return join(dirname(cache), `${stem}.py`)
}
