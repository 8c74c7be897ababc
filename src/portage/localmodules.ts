/**
 * Finds modules of languages below /usr/local that an interpreter of the host takes before, or beside, those of packages.
 *
 * Sources: the ebuild of dev-lang/perl (SITE_BASE), luaconf.h of LuaJIT, gentoo-defaults of dev-ruby/rubygems. Python, and Lua itself, look for nothing there on Gentoo.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type Dirent, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { hostError, systemCode } from '../base/errors.ts'

/** Perl is run by nearly every build, for automake, pod2man or help2man; the others by builds that name them. */
export const MODULE_LANGUAGES = ['Perl', 'Lua', 'Ruby'] as const
export type ModuleLanguage = (typeof MODULE_LANGUAGES)[number]

const LOCAL = '/usr/local'
const LIBRARIES = ['lib', 'lib32', 'lib64'].map((name) => `${LOCAL}/${name}`)

/** At any depth below these. */
const FOLDERS: Readonly<Record<ModuleLanguage, (root: string) => string[]>> = {
  // Debian's has the others.
  Perl: (root) => [
    ...LIBRARIES.map((folder) => `${folder}/perl5`),
    `${LOCAL}/share/perl`,
    `${LOCAL}/lib/site_perl`,
    ...entriesIn(join(root, LOCAL, 'lib')).map(({ name }) => `${LOCAL}/lib/${name}/perl`),
  ],
  Lua: () => [`${LOCAL}/share/lua/5.1`, ...LIBRARIES.map((folder) => `${folder}/lua/5.1`)],
  Ruby: () => LIBRARIES.map((folder) => `${folder}/ruby`),
}
const MODULE: Readonly<Record<ModuleLanguage, RegExp>> = { Perl: /\.p[lm]$/, Lua: /\.(lua|so)$/, Ruby: /\.(rb|so)$/ }

const MOST_ENTRIES = 5000

/** One clause for the user, or undefined where no build that runs these languages would take any. Errors: HostError IO. */
export function whyOfLocalModules(root: string, languages: readonly ModuleLanguage[]): string | undefined {
  for (const language of languages)
    for (const folder of FOLDERS[language](root)) {
      const found = firstBelow(root, folder, MODULE[language])
      if (found !== undefined) return `${found} may change what is built with ${language}`
    }
  return undefined
}

/** Links are not followed, and count. Of a tree that is too large to look through its folder does. */
function firstBelow(root: string, folder: string, wanted: RegExp): string | undefined {
  let left = MOST_ENTRIES
  const inFolder = (path: string): string | undefined => {
    for (const entry of entriesIn(join(root, path))) {
      left -= 1
      if (left < 0) return folder
      const below = `${path}/${entry.name}`
      if (entry.isSymbolicLink() || (!entry.isDirectory() && wanted.test(entry.name))) return below
      const found = entry.isDirectory() ? inFolder(below) : undefined
      if (found !== undefined) return found
    }
    return undefined
  }
  return inFolder(folder)
}

function entriesIn(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return []
    throw hostError(`could not list ${folder}`, error)
  }
}
