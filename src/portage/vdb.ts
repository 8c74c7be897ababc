/**
 * What is installed, as Portage's own database below `/var/db/pkg` says; a second look costs no more than asking which folders changed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type BigIntStats, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { HostError, hostError, systemCode } from '../base/errors.ts'
import { readText } from './bounded.ts'
import { parseSonames, type Sonames } from './sonames.ts'
import { splitCpv } from './version.ts'

export interface InstalledPackage {
  readonly cpv: string
  readonly category: string
  readonly name: string
  /** With the revision where there is one. */
  readonly version: string
  readonly slot: string
  /** Equal to `slot` where the package has none of its own (PMS 7.2). */
  readonly subslot: string
  /** Empty for a package whose repository Portage did not write down. */
  readonly repository: string
  readonly provides: Sonames
  readonly requires: Sonames
  /** Its folder in the database. */
  readonly folder: string
}

/** Package folder to what was read there, and the folder's stamp then. Made and kept by the caller. */
export type InstalledCache = Map<string, { readonly stamp: string; readonly found: InstalledPackage }>

const DATABASE = 'var/db/pkg'
const MERGING = '-MERGING-'
const MOST_PACKAGES = 50_000
const MAX_FILE_BYTES = 4 * 1024 * 1024

/** Installed packages below `root`, by CPV. Portage replaces files by rename, so an unchanged folder time means unchanged files. */
export function readInstalled(root: string, cache: InstalledCache = new Map()): readonly InstalledPackage[] {
  const top = join(root, DATABASE)
  const folders = packagesIn(top)
  const seen = new Set(folders.map((folder) => join(top, folder)))
  for (const folder of cache.keys()) if (!seen.has(folder)) cache.delete(folder)
  return folders.flatMap((cpv) => readPackage(top, cpv, cache) ?? []).toSorted((a, b) => (a.cpv < b.cpv ? -1 : 1))
}

/**
 * Folders of all packages, or of those of one category, and nothing of them is read. One that is being merged right now is among them, by the name that it will have: part of what
 * it owns may be there already.
 */
export function installedFolders(root: string, category?: string): readonly Pick<InstalledPackage, 'cpv' | 'folder'>[] {
  const top = join(root, DATABASE)
  return packagesIn(top, category === undefined ? foldersIn(top) : [category]).map((name) => ({
    cpv: name.replace(`/${MERGING}`, '/'),
    folder: join(top, name),
  }))
}

function packagesIn(top: string, categories = foldersIn(top)): string[] {
  const folders = categories.flatMap((category) => foldersIn(join(top, category)).map((name) => `${category}/${name}`))
  if (folders.length > MOST_PACKAGES) throw new HostError('UNREADABLE', `${top} has more than ${MOST_PACKAGES} packages`)
  return folders
}

/** Names of folders, links to folders not among them. None where there is no such folder. */
function foldersIn(path: string): string[] {
  try {
    const found = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    return found.map(({ name }) => name).filter((name) => !name.startsWith('.'))
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return []
    throw hostError(`could not list ${path}`, error)
  }
}

// A package that is being merged or unmerged right now has a name that is no CPV (-MERGING-), or is gone when its turn comes.
function readPackage(top: string, cpv: string, cache: InstalledCache): InstalledPackage | undefined {
  const parts = splitCpv(cpv)
  const folder = join(top, cpv)
  const stat = parts === undefined ? undefined : statSync(folder, { bigint: true, throwIfNoEntry: false })
  if (parts === undefined || stat === undefined) return undefined
  const known = cache.get(folder)
  if (known?.stamp === stampOf(stat)) return known.found
  const text = (key: string): string => readText(join(folder, key), MAX_FILE_BYTES)?.trim() ?? ''
  const [slot = '', subslot = slot] = text('SLOT').split('/')
  const [provides, requires] = [parseSonames(text('PROVIDES')), parseSonames(text('REQUIRES'))]
  const found = { cpv, ...parts, slot, subslot, repository: text('repository'), provides, requires, folder }
  cache.set(folder, { stamp: stampOf(stat), found })
  return found
}

function stampOf(stat: BigIntStats): string {
  return `${stat.dev} ${stat.ino} ${stat.mtimeNs} ${stat.ctimeNs}`
}
