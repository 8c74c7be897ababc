/**
 * Prefetches which symbol versions the libraries of this host have, as far as the files of one archive ask for any.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type BigIntStats, closeSync, constants, fstatSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { systemCode } from '../base/errors.ts'
import type { FileFacts } from './elf.ts'
import { libraryPaths } from './loader-cache.ts'
import { factsOfFile } from './survey.ts'

export type Defines = (category: string, soname: string) => ReadonlySet<string> | undefined

/** Path of a library to what was read of it; made and kept by the caller, good for every plan. */
export type LibraryCache = Map<string, { readonly stamp: string; readonly facts: FileFacts }>

const MOST_KEPT = 5000

export function surveyLibraries(root: string, facts: ReadonlyMap<string, FileFacts>, cache: LibraryCache): Defines {
  const found = new Map<string, ReadonlySet<string> | undefined>()
  let paths: ReturnType<typeof libraryPaths> | undefined
  for (const fact of facts.values()) {
    if (fact.kind !== 'elf') continue
    for (const { library } of fact.wants) {
      const key = `${fact.category} ${library}`
      if (found.has(key)) continue
      paths ??= libraryPaths(root)
      // A soname with a slash is a path of its own to the loader; nobody here follows a stranger's path.
      found.set(key, library.includes('/') ? undefined : definedBy(root, paths(fact.category, library), fact.category, cache))
    }
  }
  return (category, soname) => found.get(`${category} ${soname}`)
}

function definedBy(root: string, paths: readonly string[], category: string, cache: LibraryCache): ReadonlySet<string> | undefined {
  for (const path of paths) {
    const facts = factsAt(join(root, path), cache)
    if (facts?.kind === 'elf' && facts.category === category) return new Set(facts.defines)
  }
  return undefined
}

function factsAt(path: string, cache: LibraryCache): FileFacts | undefined {
  const fd = open(path)
  if (fd === undefined) return undefined
  try {
    const stat = fstatSync(fd, { bigint: true })
    if (!stat.isFile()) return undefined
    const known = cache.get(path)
    if (known?.stamp === stampOf(stat)) return known.facts
    const facts = factsOfFile(fd, Number(stat.size))
    if (cache.size >= MOST_KEPT) cache.clear()
    cache.set(path, { stamp: stampOf(stat), facts })
    return facts
  } finally {
    closeSync(fd)
  }
}

function open(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    return undefined
  }
}

function stampOf(stat: BigIntStats): string {
  return `${stat.dev} ${stat.ino} ${stat.size} ${stat.mtimeNs}`
}
