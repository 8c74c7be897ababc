/**
 * Names what the files of package.env set for one package beyond what Portage itself and recipes know: a package may read any variable, and nobody else sets it.
 *
 * Sources: portage(5), package.env; PMS 8, 5.2.4 (USE_EXPAND); make.conf(5) for what is Portage's own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { join } from 'node:path'
import { UserError } from '../base/errors.ts'
import { type Candidate, matches, parseAtom } from './atom.ts'
import { readText } from './bounded.ts'
import { configFiles } from './conffiles.ts'
import { profileFolders } from './profile.ts'
import type { Repository } from './repos.ts'

export interface PackageVariablesQuestion {
  readonly root: string
  readonly repos: ReadonlyMap<string, Repository>
  readonly package: Candidate
  /** What a recipe says the value of. */
  readonly known: ReadonlySet<string>
}

const MAX_BYTES = 1024 * 1024
const ASSIGNMENT = /^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)=/gm
const EXPANDED = /^[ \t]*USE_EXPAND(?:_UNPREFIXED)?="([^"]*)"/gm

/** Of Portage, of eclasses for the time of the build, and of what prints. USE, FEATURES and flags are looked at by what they say. */
const NOT_OF_THE_BUILD = new RegExp(
  '^(' +
    [
      'USE|FEATURES|STANDIN_FEATURES|COMMON_FLAGS|CHOST|MAKEOPTS|NINJAOPTS|MAKEFLAGS|GNUMAKEFLAGS|MFLAGS|LANG|LC_ALL|PATH|LD_PRELOAD',
      'ACCEPT_\\w+|BINPKG_\\w+|CCACHE_\\w+|DISTCC_\\w+|EMERGE_\\w+|PORTAGE_\\w+|QA_\\w+|CARGO_(NET|TERM)_\\w+|EGIT_\\w+|EVCS_\\w+',
      'CONFIG_PROTECT(_MASK)?|COLLISION_IGNORE|UNINSTALL_IGNORE|(PKG_)?INSTALL_MASK|(DIST|PKG|LOG|RPM|PORT_LOG)DIR|CLEAN_DELAY|AUTOCLEAN|ENV_UNSET',
      '(FETCH|RESUME)COMMAND(_\\w+)?|GENTOO_MIRRORS|NO_?COLOR|COLOR|COLUMNS|TERM|(http|https|ftp|no|all|HTTP|HTTPS|FTP|NO|ALL|RSYNC)_(proxy|PROXY)',
    ].join('|') +
    ')$',
)

/** The first, with the file as the person knows it. Errors: HostError UNREADABLE, as `profileFolders`. */
export function unknownPackageVariable(question: PackageVariablesQuestion): { readonly name: string; readonly path: string } | undefined {
  const paths = filesFor(question)
  if (paths.length === 0) return undefined
  const expanded = expandedNames(question)
  for (const path of paths) {
    const text = readText(join(question.root, path), MAX_BYTES) ?? ''
    const names = [...text.matchAll(ASSIGNMENT)].map(([, name = '']) => name)
    const name = names.find((one) => !question.known.has(one) && !NOT_OF_THE_BUILD.test(one) && !expanded.has(one) && !isHelper(one, text))
    if (name !== undefined) return { name, path }
  }
  return undefined
}

/** Those that package.env names for this package, in its order. */
function filesFor({ root, package: candidate }: PackageVariablesQuestion): string[] {
  const lines = configFiles(join(root, 'etc/portage/package.env')).flatMap((path) => (readText(path, MAX_BYTES) ?? '').split('\n'))
  const named = lines.flatMap((line) => {
    const [atom = '', ...names] = (line.split('#')[0] ?? '').trim().split(/\s+/)
    return atom !== '' && isMeant(atom, candidate) ? names : []
  })
  return [...new Set(named)].map((name) => join('/etc/portage/env', name))
}

/** Portage takes wildcards here too (portage(5), "Extended Atoms"). One that it can't read counts for nobody. */
function isMeant(text: string, candidate: Candidate): boolean {
  const wild = /^([^/:*]*\*?[^/:*]*)\/([^/:*]*\*?[^/:*]*)(?::.*)?$/.exec(text)
  if (wild !== null && text.includes('*') && !/^[<>=~]/.test(text))
    return isLike(wild[1] ?? '', candidate.category) && isLike(wild[2] ?? '', candidate.name)
  try {
    return matches(parseAtom(text), candidate)
  } catch (error) {
    if (error instanceof UserError) return false
    throw error
  }
}

function isLike(pattern: string, name: string): boolean {
  const [before = '', after] = pattern.split('*')
  if (after === undefined) return pattern === name
  return name.length >= before.length + after.length && name.startsWith(before) && name.endsWith(after)
}

/** `FAST="-O3"`, for `CFLAGS="${FAST}"` below it. */
function isHelper(name: string, text: string): boolean {
  return new RegExp(`\\$(\\{${name}\\b|${name}\\b)`).test(text)
}

/** Portage makes USE flags of these. */
function expandedNames(question: PackageVariablesQuestion): ReadonlySet<string> {
  const texts = profileFolders(question).map((folder) => readText(join(folder, 'make.defaults'), MAX_BYTES) ?? '')
  return new Set(texts.flatMap((text) => [...text.matchAll(EXPANDED)].flatMap(([, words = '']) => words.split(/\s+/))))
}
