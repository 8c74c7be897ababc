/**
 * Finds what Python has surely compiled from sources of a stand-in and written beside them: it is of no use without them, and in the way of what is merged.
 *
 * Python writes where it may, as root anywhere, and anew where what is there was compiled from a source of another time. So such a file says itself what
 * it is of (PEP 552): its header holds the mtime and the size of its source, and the files that stand in have the time of their placing. What says
 * anything else, or is older than the source in a folder that was there before, may be somebody's own: it stays. A source that is a link has the mtime and
 * the size of the file that it leads to, as Python reads it so, and its bytecode lies beside the link. Nothing else is followed.
 *
 * Imports no package: the hook that purges without the warden carries this file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { systemCode } from '../base/errors.ts'
import type { JournalPath } from './journal.ts'
import type { Found } from './judge.ts'
import type { Lead } from './leads.ts'
import { foundOf, look } from './look.ts'

/** A `__pycache__` beside sources. */
export interface Cache {
  /** Relative to the root, as are the sources. */
  readonly folder: string
  readonly sources: readonly JournalPath[]
  /** Whether it came after the sources. */
  readonly isNew: boolean
}

/** Where a source leads: a file to itself. */
export type Follow = (source: JournalPath) => Lead | undefined

export interface Compiled {
  readonly path: string
  readonly source: JournalPath
}

/** A link of an earlier standin says not where it leads. */
export const isSource: (placed: JournalPath) => boolean = ({ kind, path, target }) =>
  path.endsWith('.py') && (kind === 'file' || (kind === 'link' && target !== ''))
const cacheOf = (path: string): string => join(dirname(path), '__pycache__')

/** Notes, right before the sources can be seen, beside which of them a `__pycache__` lies already. `base`: the root with a slash. */
export function withCaches(paths: readonly JournalPath[], base: string): JournalPath[] {
  const known = new Map<string, boolean>()
  return paths.map((placed) => {
    if (!isSource(placed)) return placed
    const cache = cacheOf(placed.path)
    const hadCache = known.get(cache) ?? look(base + cache) !== undefined
    known.set(cache, hadCache)
    return { ...placed, hadCache }
  })
}

/** Those that may be there. */
export function cachesOf(sources: readonly JournalPath[]): Cache[] {
  return [...Map.groupBy(sources, ({ path }) => cacheOf(path))].map(([folder, beside]) => ({
    folder,
    sources: beside,
    isNew: beside.every(({ hadCache }) => !hadCache),
  }))
}

/** Undefined where the folder is not there, or only by a link. Errors: a system error. */
export function compiledIn({ folder, sources, isNew }: Cache, base: string, lead: Follow): Compiled[] | undefined {
  if (look(base + folder)?.kind !== 'dir' || realpathSync(base + folder) !== join(realpathSync(base), folder)) return undefined
  const byName = new Map(sources.map((source) => [basename(source.path), source]))
  return readdirSync(base + folder).flatMap((name) => {
    const source = byName.get(`${COMPILED.exec(name)?.[1] ?? ''}.py`)
    const path = join(folder, name)
    return source !== undefined && isOf(source, lead, base + path, isNew) ? [{ path, source }] : []
  })
}

/** PEP 3147: `NAME.cpython-313.pyc`, `NAME.cpython-313.opt-1.pyc`, `NAME.pypy310.pyc`. */
const COMPILED = /^(.+?)\.(?!opt-)[a-z][a-z0-9_-]*[0-9][a-z0-9_-]*(?:\.opt-[0-9a-zA-Z]+)?\.pyc$/

function isOf(source: JournalPath, lead: Follow, path: string, isNew: boolean): boolean {
  const header = headerOf(path)
  if (header === undefined) return false
  const { found, bytes } = header
  const born = [found.birthNs, found.mtimeNs, found.ctimeNs].filter((time) => time !== '0')
  if (!isNew && born.some((time) => BigInt(time) < BigInt(source.mtimeNs))) return false
  return lead(source)?.states.some((state) => bytes.equals(headerFor(state))) ?? false
}

const HEADER_BYTES = 12

/** What follows the magic number: no flag, which says that mtime and size tell the source. */
function headerFor({ mtimeNs, size }: Pick<Found, 'mtimeNs' | 'size'>): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt32LE(Number(BigInt.asUintN(32, BigInt(mtimeNs) / 1_000_000_000n)), 4)
  header.writeUInt32LE(Number(BigInt.asUintN(32, BigInt(size))), 8)
  return header
}

function headerOf(path: string): { readonly found: Found; readonly bytes: Buffer } | undefined {
  if (look(path)?.kind !== 'file') return undefined
  const file = open(path)
  if (file === undefined) return undefined
  try {
    const bytes = Buffer.alloc(HEADER_BYTES)
    const length = readSync(file, bytes, 0, HEADER_BYTES, 4)
    const found = foundOf(fstatSync(file, { bigint: true }))
    return found.kind === 'file' && length === HEADER_BYTES ? { found, bytes } : undefined
  } finally {
    closeSync(file)
  }
}

/** Somebody may take it away, or put something else there, between two looks. */
function open(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENXIO'].includes(systemCode(error) ?? '')) return undefined
    throw error
  }
}
