/**
 * The ebuild repositories of this host as Portage takes them: repos.conf, `profiles/repo_name`, `metadata/layout.conf`, masters in order.
 *
 * Sources: portage(5), Portage's `repository/config.py`.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { realpathSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse } from 'ini'
import { readText } from './bounded.ts'
import { configFiles } from './conffiles.ts'

export interface Repository {
  readonly name: string
  /** As Portage says it: absolute, links resolved, without the root that it was looked up below. */
  readonly location: string
  /** Where to open it from here: below the root. */
  readonly folder: string
  readonly masters: readonly string[]
  /** Folders to look for eclasses in; one that comes later wins. */
  readonly eclassFolders: readonly string[]
}

type Options = Readonly<Record<string, string>>

interface Draft {
  readonly name: string
  readonly location: string
  readonly folder: string
  readonly options: Options
  readonly layout: Options
}

const MAX_CONF_BYTES = 1024 * 1024
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_-]*$/

/** Repositories below `root`, by name. One that Portage itself would leave out (no location, no such folder, another name) is not there. */
export function readRepos(root: string): ReadonlyMap<string, Repository> {
  const sections = readSections(root)
  const standard = sections.get('DEFAULT') ?? {}
  const drafts = new Map<string, Draft>()
  for (const [section, own] of sections) {
    if (section === 'DEFAULT') continue
    const draft = draftOf(root, section, { ...standard, ...own })
    if (draft !== undefined) drafts.set(draft.name, draft)
  }
  return new Map([...drafts.values()].map((draft) => [draft.name, finished(draft, drafts, standard['main-repo'])]))
}

/** Sections of all files, a later file's options over an earlier one's. */
function readSections(root: string): Map<string, Options> {
  const files = [join(root, 'usr/share/portage/config/repos.conf'), join(root, 'etc/portage/repos.conf')].flatMap(configFiles)
  const sections = new Map<string, Options>()
  for (const file of files) {
    const parsed: Record<string, unknown> = parse(readText(file, MAX_CONF_BYTES) ?? '')
    for (const [section, options] of Object.entries(parsed)) {
      if (typeof options === 'object' && options !== null) sections.set(section, { ...sections.get(section), ...texts(options) })
    }
  }
  return sections
}

function texts(options: object): Options {
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [key.toLowerCase(), String(value).trim()]))
}

function draftOf(root: string, section: string, options: Options): Draft | undefined {
  const said = withoutVariables(options['location'] ?? '')
  if (said === '' || !statSync(join(root, said), { throwIfNoEntry: false })?.isDirectory()) return undefined
  const folder = realpathSync(join(root, said))
  const layout = keyValues(readText(join(folder, 'metadata/layout.conf'), MAX_CONF_BYTES) ?? '')
  const own = readText(join(folder, 'profiles/repo_name'), MAX_CONF_BYTES)?.split('\n', 1)[0]?.trim()
  const name = layout['repo-name'] ?? (own === undefined || own === '' ? section : own)
  const aliases = [...listOf(layout['aliases']), ...listOf(options['aliases'])]
  if (!NAME.test(name) || (name !== section && !aliases.includes(section))) return undefined
  return { name, folder, location: below(root, folder), options, layout }
}

// configparser puts these in; on a system whose Portage is not in a prefix each is empty or `/`.
function withoutVariables(location: string): string {
  return location.replace(/%\((EPREFIX|EROOT|ROOT|PORTAGE_CONFIGROOT)\)s/gi, '')
}

/** `key = value` lines of layout.conf, whose values may hold what an ini file takes for a comment. */
function keyValues(text: string): Options {
  const lines = text.split('\n').map((line) => line.trim())
  const pairs = lines.filter((line) => !line.startsWith('#')).map((line) => /^([^=]*[^=\s])\s*=\s*(.*)$/.exec(line))
  return Object.fromEntries(pairs.flatMap((pair) => (pair === null ? [] : [[pair[1], pair[2]]])))
}

function finished(draft: Draft, drafts: ReadonlyMap<string, Draft>, main: string | undefined): Repository {
  const implied = main === undefined || main === draft.name ? '' : main
  const wanted = listOf(draft.options['masters'] ?? draft.layout['masters'] ?? implied)
  const masters = wanted.filter((name) => drafts.has(name))
  const order = masters.includes(draft.name) ? masters : [...masters, draft.name]
  const last = listOf(draft.options['eclass-overrides'])
  const eclassFolders = [...order, ...last].flatMap((name) => drafts.get(name) ?? []).map((one) => join(one.folder, 'eclass'))
  return { name: draft.name, location: draft.location, folder: draft.folder, masters, eclassFolders }
}

function listOf(text: string | undefined): string[] {
  return (text ?? '').split(/\s+/).filter((word) => word !== '')
}

function below(root: string, folder: string): string {
  const real = realpathSync(root)
  return real === '/' || !folder.startsWith(`${real}/`) ? folder : folder.slice(real.length)
}

/** Folder of the ebuilds of CATEGORY/NAME in `of`. */
export function packageFolder(of: Repository, category: string, name: string): string {
  return join(of.folder, basename(category), basename(name))
}
