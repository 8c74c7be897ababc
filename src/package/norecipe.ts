/**
 * Says why a build has no recipe: what changes its output cannot be named in advance, so it is never published and never compared.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { whyOfThisHost } from './flagpaths.ts'
import { FLAG_VARIABLES, RECIPE_VARIABLES, type RecipeInput } from './recipe.ts'

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
  /** What lies below /etc/portage for this very package and reaches into its build: patches, or a file that its phases source. */
  readonly userFile: string | undefined
  readonly flags: RecipeInput['flags']
  readonly variables: Readonly<Record<string, string | undefined>>
  /** CC, CXX: programs with the flags that they are called with. */
  readonly compilers?: Readonly<Record<string, string>>
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

function whyPatched({ userFile }: BuildCircumstances): string | undefined {
  return userFile === undefined ? undefined : `${userFile} changes what is built`
}

function whyPrivate({ variables }: BuildCircumstances): string | undefined {
  const set = PRIVATE_VARIABLES.find((name) => (variables[name] ?? '').trim() !== '')
  return set === undefined ? undefined : `${set} is set`
}

/** Of RECIPE_VARIABLES those that go to a C compiler or its linker. */
const FLAGS_OF_C = /^((C|LD)FLAGS_\w+|OBJC(XX)?FLAGS|ASFLAGS)$/

/** Whatever is known to this host alone is an input that nobody else has, and the text would be published with it. */
function whyFlags({ flags, variables, compilers }: BuildCircumstances): string | undefined {
  const said = [
    ...FLAG_VARIABLES.map((name) => [name, whyOfThisHost(flags[name])]),
    ...RECIPE_VARIABLES.map((name) => [name, whyOfThisHost(variables[name] ?? '', FLAGS_OF_C.test(name) ? 'unasked' : 'other')]),
    ...Object.entries(compilers ?? {}).map(([name, command]) => [name, whyWithFlags(command)]),
  ]
  const found = said.find(([, why]) => why !== undefined)
  return found === undefined ? undefined : found.join(' ')
}

/** A recipe holds the version that a compiler says and not how it is called. */
function whyWithFlags(command: string): string | undefined {
  const flag = words(command).find((word) => word.startsWith('-') || word.startsWith('@'))
  return flag === undefined ? undefined : `has ${flag}, which no recipe holds: flags belong into CFLAGS and the like`
}
