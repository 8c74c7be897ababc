/**
 * A row of the journal is checked when it is read: purging runs as root and believes nothing that could not have been written by it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { HostError } from '../base/errors.ts'
import type { Temporary } from './home.ts'
import type { Entry, JournalPath, KeptFile, State } from './journal.ts'

const ANY = /^[^\0]*$/

type Row = Readonly<Record<string, unknown>>

/** Base name of every temporary folder, so that nothing else can be removed as one. */
export const TEMPORARY_NAME: RegExp = /^\.standin-[0-9a-f]{16}$/

const STATES: readonly State[] = ['planned', 'placing', 'placed', 'purging', 'purged']
const KINDS: readonly JournalPath['kind'][] = ['dir', 'file', 'link']

function damaged(name: string): HostError {
  return new HostError('BAD_STATE', `the journal holds a wrong ${name}; stop the daemon, move the journal aside and start it again`)
}

function text(row: Row, name: string, shape: RegExp = ANY): string {
  const value = row[name]
  if (typeof value !== 'string' || !shape.test(value)) throw damaged(name)
  return value
}

function whole(row: Row, name: string): number {
  const value = row[name]
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw damaged(name)
  return value
}

function oneOf<T extends string>(row: Row, name: string, values: readonly T[]): T {
  const found = values.find((value) => value === row[name])
  if (found === undefined) throw damaged(name)
  return found
}

const optional = (row: Row, name: string): number | undefined => (row[name] === null ? undefined : whole(row, name))

const HASH = /^[0-9a-f]{64}$/
const HASH_OR_NONE = /^(?:[0-9a-f]{64})?$/
const DECIMAL = /^-?\d{1,20}$/
const DECIMAL_OR_NONE = /^(?:-?\d{1,20})?$/
/** Relative, without NUL, empty name, `.` or `..`. One expression, as a purge reads tens of thousands of paths. */
const PLAIN_PATH = /^(?!.*\0)(?!\.{0,2}(?:\/|$))(?!.*\/\.{0,2}(?:\/|$))/s

export function entryOf(row: Row): Entry {
  return {
    id: whole(row, 'id'),
    eroot: text(row, 'eroot'),
    cpv: text(row, 'cpv'),
    builddir: text(row, 'builddir', /^\//),
    ownerPid: whole(row, 'ownerPid'),
    ownerStart: text(row, 'ownerStart'),
    lockPath: text(row, 'lockPath'),
    archive: text(row, 'archive', HASH),
    content: text(row, 'content', HASH),
    recipe: text(row, 'recipe', HASH),
    level: whole(row, 'level'),
    at: whole(row, 'at'),
    boot: text(row, 'boot'),
    state: oneOf(row, 'state', STATES),
    placedAt: optional(row, 'placedAt'),
    settledAt: optional(row, 'settledAt'),
  }
}

/** `row`: kind, path, sha256, size, mode, inode, dev, mtimeNs, ctimeNs, birthNs, hadCache, target. */
export function pathOf(row: unknown): JournalPath {
  if (!Array.isArray(row)) throw damaged('row')
  const [kind, path, sha256, size, mode, inode, dev, mtimeNs, ctimeNs, birthNs, hadCache, target] = row.map((value: unknown) => value)
  return {
    kind: oneOf({ kind }, 'kind', KINDS),
    path: text({ path }, 'path', PLAIN_PATH),
    sha256: text({ sha256 }, 'sha256', HASH_OR_NONE),
    size: whole({ size }, 'size'),
    mode: whole({ mode }, 'mode'),
    inode: text({ inode }, 'inode', DECIMAL),
    dev: text({ dev }, 'dev', DECIMAL),
    mtimeNs: text({ mtimeNs }, 'mtimeNs', DECIMAL),
    ctimeNs: text({ ctimeNs }, 'ctimeNs', DECIMAL_OR_NONE),
    birthNs: text({ birthNs }, 'birthNs', DECIMAL_OR_NONE),
    hadCache: whole({ hadCache }, 'hadCache') !== 0,
    target: text({ target }, 'target'),
  }
}

export function temporaryOf(row: Row): Temporary {
  return {
    path: temporaryPath(row),
    dev: text(row, 'dev', DECIMAL_OR_NONE),
    isMount: whole(row, 'isMount') === 1,
    inode: text(row, 'inode', DECIMAL_OR_NONE),
    birthNs: text(row, 'birthNs', DECIMAL_OR_NONE),
  }
}

export function temporaryPath(row: Row): string {
  const path = text(row, 'path', /^\//)
  if (!TEMPORARY_NAME.test(path.slice(path.lastIndexOf('/') + 1))) throw damaged('temporary folder')
  return path
}

export function keptOf(row: Row): KeptFile {
  return {
    entry: whole(row, 'entry'),
    cpv: text(row, 'cpv'),
    path: text(row, 'path'),
    keptAs: text(row, 'keptAs', /^\//),
    why: text(row, 'why'),
    at: whole(row, 'at'),
  }
}
