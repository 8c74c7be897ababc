/**
 * Says what package.env sets for one package, or make.conf for one that reads it, beyond what Portage itself and recipes know: nobody else may set it.
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
import { type ConfFile, confFiles } from './confvariables.ts'
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
const EXPANDED = /^[ \t]*USE_EXPAND(?:_UNPREFIXED)?="([^"]*)"/gm

/** Of Portage, of eclasses for the time of the build, and of what prints. USE, FEATURES and flags are looked at by what they say. */
const NOT_OF_THE_BUILD = new RegExp(
  '^(' +
    [
      'USE|FEATURES|STANDIN_FEATURES|COMMON_FLAGS|CHOST|MAKEOPTS|NINJAOPTS|MAKEFLAGS|GNUMAKEFLAGS|MFLAGS|LANG|LC_ALL|PATH|LD_PRELOAD|ALLOW_TEST|EBUILD_FORCE_TEST|CMAKE_VERBOSE',
      'ACCEPT_\\w+|BINPKG_\\w+|CCACHE_\\w+|DISTCC_\\w+|EMERGE_\\w+|PORTAGE_\\w+|QA_\\w+|CARGO_(NET|TERM)_\\w+|EGIT_\\w+|EVCS_\\w+',
      'CONFIG_PROTECT(_MASK)?|COLLISION_IGNORE|UNINSTALL_IGNORE|(PKG_)?INSTALL_MASK|(DIST|PKG|LOG|RPM|PORT|PORT_LOG)DIR|PORTDIR_OVERLAY|SYNC|CLEAN_DELAY|AUTOCLEAN|ENV_UNSET',
      '(FETCH|RESUME)COMMAND(_\\w+)?|GENTOO_MIRRORS|NO_?COLOR|COLOR|COLUMNS|TERM|(http|https|ftp|no|all|HTTP|HTTPS|FTP|NO|ALL|RSYNC)_(proxy|PROXY)',
    ].join('|') +
    ')$',
)

/** One clause that names the first, or undefined. Errors: HostError UNREADABLE, as `profileFolders`. */
export function whyOfPackageEnv(question: PackageVariablesQuestion): string | undefined {
  for (const path of filesFor(question)) {
    const files = confFiles(question.root, path)
    const lost = files.find(({ unfollowed }) => unfollowed !== undefined)
    if (lost !== undefined) return `${lost.path} sources ${lost.unfollowed}, which only Portage can find`
    const [found] = unknownIn(files, question)
    if (found !== undefined) return `${found.path} sets ${found.name}, which no recipe names`
  }
  return undefined
}

/**
 * The same of make.conf, for names that one of `texts` (the ebuild and its eclasses, read only where it is asked for) has: what make.conf sets is there
 * for all packages, and hardly any reads it. Errors: as above.
 */
export function whyOfMakeConf(question: PackageVariablesQuestion, texts: () => readonly string[]): string | undefined {
  const places = ['/etc/make.conf', '/etc/portage/make.conf', '/etc/portage/profile/make.defaults']
  const unknown = unknownIn(
    places.flatMap((path) => confFiles(question.root, path)),
    question,
  )
  if (unknown.length === 0) return undefined
  const words = new Set(texts().flatMap((text) => text.match(/[A-Za-z_]\w*/g) ?? []))
  const found = unknown.find(({ name }) => words.has(name))
  return found && `${found.path} sets ${found.name}, which this package names and no recipe does`
}

function unknownIn(files: readonly ConfFile[], question: PackageVariablesQuestion): { name: string; path: string }[] {
  const all = files.map(({ text }) => text).join('\n')
  const unknown = files.flatMap(({ path, names }) =>
    names
      .filter((name) => !question.known.has(name) && !NOT_OF_THE_BUILD.test(name) && !isHelper(name, all))
      .map((name) => ({ name, path })),
  )
  if (unknown.length === 0) return []
  const expanded = expandedNames(question)
  return unknown.filter(({ name }) => !expanded.has(name))
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
  const wild = /^([^/:]+)\/([^/:]+)(?::.*)?$/.exec(text)
  if (wild !== null && text.includes('*') && !/^[<>=~]/.test(text))
    return isLike(wild[1] ?? '', candidate.category) && isLike(wild[2] ?? '', candidate.name)
  try {
    return matches(parseAtom(text), candidate)
  } catch (error) {
    // `=*/*-9999` is one of its kinds that are not read here.
    if (error instanceof UserError) return text.includes('*')
    throw error
  }
}

function isLike(pattern: string, name: string): boolean {
  return new RegExp(`^${pattern.replaceAll(/[^\w*]/g, String.raw`\$&`).replaceAll(/\*+/g, '.*')}$`).test(name)
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
