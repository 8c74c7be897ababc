/**
 * Lists the files of a Portage configuration name that may be one file or a folder of them, in the order Portage reads them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readdirSync, statSync, type Stats } from 'node:fs'
import { basename, join } from 'node:path'
import { HostError, systemCode } from '../base/errors.ts'

const VERSION_CONTROL = new Set(['CVS', 'RCS', 'SCCS', '.bzr', '.git', '.hg', '.svn'])
const MOST_FILES = 10_000
const DEEPEST = 32

/** Regular files at or below `path`, names sorted by bytes, folders in place; hidden names and names ending in `~` are passed over. None when missing. */
export function configFiles(path: string): string[] {
  const files: string[] = []
  walk(path, files, 0)
  return files
}

function walk(path: string, files: string[], depth: number): void {
  const stat = statOrNothing(path)
  if (stat === undefined || !isWanted(basename(path))) return
  if (files.length >= MOST_FILES || depth > DEEPEST) throw new HostError('UNREADABLE', `${path}: too many files or folders of settings`)
  if (stat.isFile()) files.push(path)
  else if (stat.isDirectory()) for (const name of sortedNames(path)) walk(join(path, name), files, depth + 1)
}

function isWanted(name: string): boolean {
  return !name.startsWith('.') && !name.endsWith('~') && !VERSION_CONTROL.has(name)
}

function sortedNames(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  } catch (error) {
    throw new HostError('UNREADABLE', `could not read ${folder}: ${systemCode(error) ?? String(error)}`, { cause: error })
  }
}

function statOrNothing(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false })
}
