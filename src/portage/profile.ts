/**
 * The packages of @system: what the profiles that make.profile leads to name with `*` in their `packages`, and the user's own profile after them.
 *
 * Sources: PMS 8, 5.2.1 (parents, with `repo:path` as Portage takes it) and 5.2.6; Portage's `LocationsManager`, `PackagesSystemSet` and `stack_lists`.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { realpathSync, statSync } from 'node:fs'
import { join, normalize } from 'node:path'
import { HostError, StandinError } from '../base/errors.ts'
import { readText } from './bounded.ts'
import { configFiles } from './conffiles.ts'
import { packagesIn } from './depend.ts'
import type { Repository } from './repos.ts'

const MAX_FILE_BYTES = 1024 * 1024

// Gentoo's own profiles have some 30 nodes, 8 deep; one that is reached by two ways counts twice, as in Portage.
const MOST_NODES = 1000
const DEEPEST = 50

export interface ProfileQuestion {
  readonly root: string
  readonly repos: ReadonlyMap<string, Repository>
}

/**
 * `category/name` of each; none where no profile is chosen.
 * Errors: HostError UNREADABLE for a parent that is not there, or a profile that is its own ancestor.
 */
export function systemPackages(question: ProfileQuestion): ReadonlySet<string> {
  const lines = new Set<string>()
  for (const folder of [...profileFolders(question), join(question.root, 'etc/portage/profile')]) {
    for (const line of linesOf(join(folder, 'packages'))) stack(lines, line)
  }
  return new Set([...lines].flatMap((line) => (line.startsWith('*') ? [...namedBy(line.slice(1))] : [])))
}

/** CPVs of package.provided: the user answers for them. Errors: as systemPackages. */
export function providedPackages(question: ProfileQuestion): readonly string[] {
  const lines = new Set<string>()
  for (const folder of [...profileFolders(question), join(question.root, 'etc/portage/profile')]) {
    for (const line of configFiles(join(folder, 'package.provided')).flatMap(linesOf)) stack(lines, line)
  }
  return [...lines]
}

/** Folders of the chosen profile, ancestors first. */
export function profileFolders(question: ProfileQuestion): readonly string[] {
  const places = ['etc/portage/make.profile', 'etc/make.profile'].map((place) => join(question.root, place))
  const chosen = places.find((place) => isFolder(place))
  const folders: string[] = []
  if (chosen !== undefined) visit(realpathSync(chosen), question, folders, 0)
  return folders
}

function visit(folder: string, question: ProfileQuestion, folders: string[], depth: number): void {
  if (depth > DEEPEST || folders.length > MOST_NODES)
    throw new HostError('UNREADABLE', `${folder}: profiles without end: look into their parent files`)
  for (const parent of linesOf(join(folder, 'parent'))) visit(parentFolder(parent, folder, question), question, folders, depth + 1)
  folders.push(folder)
}

function parentFolder(parent: string, folder: string, { root, repos }: ProfileQuestion): string {
  const colon = parent.startsWith('/') ? -1 : parent.indexOf(':')
  const repository = colon < 0 ? undefined : colon === 0 ? repositoryOf(folder, repos) : repos.get(parent.slice(0, colon))
  const path =
    colon >= 0
      ? repository && join(repository.folder, 'profiles', parent.slice(colon + 1))
      : parent.startsWith('/')
        ? join(root, parent)
        : normalize(join(folder, parent))
  if (path === undefined || !isFolder(path))
    throw new HostError('UNREADABLE', `profile ${folder} has a parent that is not there: ${parent.slice(0, 200)}`)
  return realpathSync(path)
}

/** The repository that `folder` lies in; of one in another the inner. */
function repositoryOf(folder: string, repos: ReadonlyMap<string, Repository>): Repository | undefined {
  const around = [...repos.values()].filter((one) => folder.startsWith(`${one.folder}/`))
  return around.toSorted((a, b) => b.folder.length - a.folder.length)[0]
}

/** `-*` takes all away, `-LINE` that very line. */
function stack(lines: Set<string>, line: string): void {
  if (line === '-*') lines.clear()
  else if (line.startsWith('-')) lines.delete(line.slice(1))
  else lines.add(line)
}

/** Portage passes over a line that is no atom, with a warning of its own. */
function namedBy(text: string): ReadonlySet<string> {
  try {
    return /[\s!]/.test(text) ? new Set() : packagesIn(text, 'any')
  } catch (error) {
    if (error instanceof StandinError) return new Set()
    throw error
  }
}

/** Words of each line up to a comment, with one blank between them; no empty ones. */
function linesOf(path: string): string[] {
  const lines = (readText(path, MAX_FILE_BYTES) ?? '').split('\n').map((line) => {
    const words = line.split(/\s+/).filter((word) => word !== '')
    const comment = words.findIndex((word) => word.startsWith('#'))
    return (comment < 0 ? words : words.slice(0, comment)).join(' ')
  })
  return lines.filter((line) => line !== '')
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
