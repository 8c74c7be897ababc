/**
 * Says which installed package owns a path, by the CONTENTS that Portage wrote when it merged the package.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { lstatSync, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { systemCode } from '../base/errors.ts'
import { readText } from './bounded.ts'
import type { InstalledPackage } from './vdb.ts'

const MAX_CONTENTS_BYTES = 256 * 1024 * 1024

/** Of a path: PATH_MAX of Linux. */
const MOST_CHARACTERS = 4096

/** Whose CONTENTS, and the folder that holds it. */
export type Contents = Pick<InstalledPackage, 'cpv' | 'folder'>

export interface OwnershipQuestion {
  readonly root: string
  readonly installed: readonly Contents[]
  /** Absolute paths, as the running system sees them: without `root`. */
  readonly paths: readonly string[]
}

/**
 * Path to the CPVs that own it; a path that nobody owns is not there. Folders have owners too.
 * `/bin/x` and `/usr/bin/x` are one path where `/bin` is a link, as on a merged /usr. Between two packages the event loop gets its turn.
 */
export async function contentsOwners(question: OwnershipQuestion): Promise<ReadonlyMap<string, readonly string[]>> {
  const search = searchOf(question)
  for (const one of question.installed) {
    search.look(one)
    await nextTurn()
  }
  return search.owners
}

/** The same at once, for where nothing else may happen meanwhile: a merge waits. */
export function contentsOwnersNow(question: OwnershipQuestion): ReadonlyMap<string, readonly string[]> {
  const search = searchOf(question)
  for (const one of question.installed) search.look(one)
  return search.owners
}

function searchOf({ root, paths }: OwnershipQuestion): { look(one: Contents): void; readonly owners: Map<string, readonly string[]> } {
  const real = realFolders(root)
  const wanted = Map.groupBy(paths, (path) => basename(path))
  const owners = new Map<string, readonly string[]>()
  return {
    owners,
    look({ folder, cpv }) {
      for (const path of entriesNamed(wanted, readText(join(folder, 'CONTENTS'), MAX_CONTENTS_BYTES) ?? '')) {
        const same = wanted.get(basename(path))?.filter((one) => real(one) === real(path)) ?? []
        for (const one of same) owners.set(one, [...new Set([...(owners.get(one) ?? []), cpv])])
      }
    },
  }
}

/** Paths of the entries whose last name is wanted; the others, nearly all, are not looked at any further. */
function* entriesNamed(wanted: ReadonlyMap<string, unknown>, contents: string): Generator<string> {
  for (let at = 0; at < contents.length;) {
    const end = contents.indexOf('\n', at) < 0 ? contents.length : contents.indexOf('\n', at)
    const path = pathOf(contents.slice(at, end))
    if (path !== undefined && wanted.has(path.slice(path.lastIndexOf('/') + 1))) yield path
    at = end + 1
  }
}

/** `obj PATH MD5 MTIME`, `sym PATH -> TARGET MTIME`, `dir PATH`, `dev PATH`, `fif PATH`; a path may hold blanks. */
function pathOf(line: string): string | undefined {
  const kind = line.slice(0, 4)
  if (kind === 'dir ' || kind === 'dev ' || kind === 'fif ') return line.slice(4)
  if (kind === 'sym ') return line.includes(' -> ') ? line.slice(4, line.indexOf(' -> ')) : undefined
  if (kind !== 'obj ') return undefined
  const beforeTime = line.lastIndexOf(' ')
  const beforeSum = line.lastIndexOf(' ', beforeTime - 1)
  return beforeSum > 3 ? line.slice(4, beforeSum) : undefined
}

/**
 * A path with the links in its folder resolved below `root`; its own last name is left alone, for it may be the link that is owned. Each folder is looked
 * at once, and from the one above it: a name like `__pycache__` is owned in ten thousands of them.
 */
function realFolders(root: string): (path: string) => string {
  const top = realOr(root).replace(/\/$/, '')
  const known = new Map([
    ['/', top],
    ['.', top],
  ])
  const realOf = (folder: string): string => {
    const found = known.get(folder)
    if (found !== undefined) return found
    if (folder.length > MOST_CHARACTERS) return join(root, folder)
    const path = `${realOf(dirname(folder))}/${basename(folder)}`
    const real = isLink(path) ? realOr(path) : path
    known.set(folder, real)
    return real
  }
  return (path) => `${realOf(dirname(path))}/${basename(path)}`
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    return false
  }
}

function realOr(path: string): string {
  try {
    return realpathSync(path)
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    return path
  }
}

async function nextTurn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}
