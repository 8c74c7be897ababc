/**
 * Says why a build has no recipe: what changes its output cannot be named in advance, so it is never published and never compared.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { FLAG_VARIABLES, type RecipeInput } from './recipe.ts'

/** Variables through which a user reaches into a build beyond what a recipe names. */
export const PRIVATE_VARIABLES = [
  'EXTRA_ECONF',
  'EXTRA_EMAKE',
  'EXTRA_EINSTALL',
  'MYCMAKEARGS',
  'MYMESONARGS',
  'MYQMAKEARGS',
  'MYPERLARGS',
] as const

export interface BuildCircumstances {
  readonly version: string
  /** PROPERTIES and INHERITED of the ebuild, as Portage has them. */
  readonly properties?: string
  readonly inherited?: string
  /** Whether anything below /etc/portage/patches is for this package, or the ebuild's own eapply_user found something. */
  readonly userPatches: boolean
  readonly flags: RecipeInput['flags']
  readonly variables: Readonly<Record<string, string | undefined>>
}

const LIVE_ECLASSES = new Set(['bzr', 'cvs', 'darcs', 'git-r3', 'golang-vcs', 'mercurial', 'subversion', 'tla'])

/** One clause for the user, or undefined where there is a recipe. */
export function whyNoRecipe(build: BuildCircumstances): string | undefined {
  return whyLive(build) ?? whyPatched(build) ?? whyPrivate(build) ?? whyFlags(build)
}

function words(text: string | undefined): string[] {
  return (text ?? '').split(/\s+/)
}

function whyLive({ version, properties, inherited }: BuildCircumstances): string | undefined {
  // A live eclass may be inherited by a release too, where the ebuild branches on its version; PROPERTIES=live is what it sets when it is used.
  if (words(properties).includes('live')) return 'live ebuild (PROPERTIES=live)'
  if (!/(^|\.)9999+/.test(version)) return undefined
  const eclass = words(inherited).find((name) => LIVE_ECLASSES.has(name))
  return eclass === undefined ? `live ebuild (version ${version})` : `live ebuild (version ${version}, ${eclass}.eclass)`
}

function whyPatched({ userPatches }: BuildCircumstances): string | undefined {
  return userPatches ? 'user patches below /etc/portage/patches' : undefined
}

function whyPrivate({ variables }: BuildCircumstances): string | undefined {
  const set = PRIVATE_VARIABLES.find((name) => (variables[name] ?? '').trim() !== '')
  return set === undefined ? undefined : `${set} is set`
}

/** A profile read by the compiler, or a path of this host, is an input that nobody else has; the path would also be published. */
function whyFlags({ flags }: BuildCircumstances): string | undefined {
  for (const name of FLAG_VARIABLES) {
    const given = words(flags[name])
    const profile = given.find((word) => /^-f(auto-profile|profile-(generate|use|arcs|dir|instr))/.test(word))
    if (profile !== undefined) return `${name} has ${profile}`
    const path = given.find((word) => /(^|[=,ILB])\/(?!usr\/|lib|opt\/)/.test(word))
    if (path !== undefined) return `${name} names a path of this host (${path})`
  }
  return undefined
}
