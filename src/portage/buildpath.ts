/**
 * Says on which PATH the compilers of a build are asked what they are, so that whoever is asked is whoever builds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { basename, isAbsolute, normalize } from 'node:path'
import { commandWords } from './toolchain.ts'

export interface BuildPlace {
  /** Of the build, as Portage has put it together, with folders of its own. */
  readonly PATH: string
  readonly FEATURES: string
  readonly CC: string
  readonly CXX: string
}

/** Where only packages, and eselect for them, put programs; Wine's are in the last. */
const ROOMS = /^\/(usr|opt|bin|sbin|etc\/eselect)(\/|$)/

/** Portage's own programs, none of which is a compiler. */
const HELPERS = /\/portage\/(.*\/)?ebuild-helpers(\/|$)/

/** Links by the names of compilers: whoever is called by one calls the next of that name. */
const MASQUERADE = /^\/usr\/lib(32|64|x32|exec)?\/(ccache|distcc|icecc)(\/bin)?$/

const DISTRIBUTORS: ReadonlySet<string> = new Set(['distcc', 'distcc-pump', 'icecc', 'icecream', 'pump'])

/** `PATH` without those that only pass on, or one clause why nobody here can be asked. `prefix` is EPREFIX. */
export function buildPath(place: BuildPlace, prefix: string): { readonly path: string } | { readonly why: string } {
  const own = prefix.replace(/\/+$/, '')
  const folders = place.PATH.split(':').map((folder) => ({ folder, plain: plainFolder(folder, own) }))
  const named = [place.FEATURES, place.CC, place.CXX].flatMap(commandWords).map((word) => basename(word))
  const linked = folders.flatMap(({ plain }) => MASQUERADE.exec(plain)?.[2] ?? [])
  const distributor = [...named, ...linked].find((name) => DISTRIBUTORS.has(name))
  if (distributor !== undefined) return { why: `${distributor} lets the compilers of other machines build` }
  if (place.PATH === '') return { why: 'nobody has told where it looks for its programs (PATH)' }
  // A word that is empty is the folder in which the build is at work.
  if (folders.some(({ plain }) => !ROOMS.test(plain))) return { why: 'PATH leads to programs outside of /usr and /opt' }
  const asked = folders.filter(({ plain }) => !HELPERS.test(plain) && !MASQUERADE.test(plain))
  return { path: asked.map(({ folder }) => folder).join(':') }
}

/** Whether ccache stands before a compiler of the build, by the folder that Portage puts before all others of PATH, or by name. */
export function usesCcache(place: BuildPlace, prefix: string): boolean {
  const named = [place.FEATURES, place.CC, place.CXX].flatMap(commandWords).map((word) => basename(word))
  const linked = place.PATH.split(':').flatMap((folder) => MASQUERADE.exec(plainFolder(folder, prefix.replace(/\/+$/, '')))?.[2] ?? [])
  return [...named, ...linked].includes('ccache')
}

/** Without `prefix`, `..` and a slash at its end; empty for one that is not absolute. */
function plainFolder(folder: string, prefix: string): string {
  const plain = isAbsolute(folder) ? normalize(folder).replace(/\/+$/, '') : ''
  return plain.startsWith(`${prefix}/`) ? plain.slice(prefix.length) : plain
}
