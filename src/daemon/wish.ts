/**
 * Turns the first line that a hook wrote about a build into what is to be built: its family, and its recipe or the reason why it has none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { HostError, StandinError, StrangerError } from '../base/errors.ts'
import { check } from '../base/schema.ts'
import { type Family, family } from '../package/family.ts'
import { withoutTmpdir } from '../package/flagpaths.ts'
import { askedLocales, localeOf } from '../package/locale.ts'
import { whyNoRecipe } from '../package/norecipe.ts'
import { environmentClass, FLAG_VARIABLES, RECIPE_VARIABLES, type Recipe, recipeId, recipeOf } from '../package/recipe.ts'
import type { AnswerCache } from '../portage/answers.ts'
import { whyOfBashrc } from '../portage/bashrc.ts'
import { buildPath, usesCcache } from '../portage/buildpath.ts'
import { keepsDebug, whyOfCcache } from '../portage/ccache.ts'
import { compilersOf } from '../portage/compilers.ts'
import { digestEbuild, type EbuildDigests, ebuildTexts } from '../portage/ebuild.ts'
import { type Language, languagesNotIn } from '../portage/languages.ts'
import { whyOfLocalFiles } from '../portage/localfiles.ts'
import { localesThere } from '../portage/locales.ts'
import { MODULE_LANGUAGES, whyOfLocalModules } from '../portage/localmodules.ts'
import { whyOfMakeConf, whyOfPackageEnv } from '../portage/packagevariables.ts'
import { phaseFeatures } from '../portage/phasefeatures.ts'
import { readRepos } from '../portage/repos.ts'
import { commandWords } from '../portage/toolchain.ts'
import { userFilesOf } from '../portage/userfiles.ts'
import { type InstalledCache, readInstalled } from '../portage/vdb.ts'
import { splitCpv } from '../portage/version.ts'
import { type BuildTools, nativeOf, resolvedFlags, toolchainFor } from './buildTools.ts'
import { cpvOfMoment, type MomentValues } from './moment.ts'

export interface Wish {
  readonly cpv: string
  readonly family: Family
  /** SLOT with its sub-slot. */
  readonly slot: string
  readonly metadata: Readonly<Record<string, string>>
  /** Worked out while offers already come in. */
  readonly recipe: Promise<WishedRecipe>
}

export type WishedRecipe =
  | {
      readonly known: true
      readonly recipe: Recipe
      readonly id: string
      readonly environment: string
      /** What `-march=native` is here, where this build says it. */
      readonly native: readonly string[] | undefined
    }
  /** `changed`: the user changes this build, so nobody else's copy is what is being built. */
  | { readonly known: false; readonly why: string; readonly changed: boolean }

/** The environment is that of whatever is asked, but for PATH, which is the build's. */
export interface WishTools extends BuildTools {
  readonly root: string
  /** `publish_repos`. */
  readonly publicRepos: readonly string[]
  readonly locales: AnswerCache<boolean>
  readonly installed: InstalledCache
}

const BASHRC_VARIABLES: ReadonlySet<string> = new Set(['CC', 'CXX', 'LANG', 'LC_ALL', ...FLAG_VARIABLES, ...RECIPE_VARIABLES])

/** Errors: StrangerError SCHEMA for names that PMS does not allow; HostError UNREADABLE where Portage has written down no fresh metadata. */
export function wishOf(values: MomentValues, tools: WishTools): Wish {
  const { CATEGORY: category, PN: name, PVR: version, PORTAGE_REPO_NAME: repository, CHOST: chost } = values
  const of = check(family, { repository, category, name, version, chost }, `the family of ${cpvOfMoment(values)}`)
  const digests = digestsOf(values, tools)
  return {
    cpv: cpvOfMoment(values),
    family: of,
    slot: digests.metadata['SLOT'] ?? '0',
    metadata: digests.metadata,
    recipe: recipe(values, of, digests, tools),
  }
}

function digestsOf(values: MomentValues, tools: WishTools): EbuildDigests {
  const cpv = splitCpv(cpvOfMoment(values))
  const repository = readRepos(tools.root).get(values.PORTAGE_REPO_NAME)
  if (cpv === undefined) throw new StrangerError('SCHEMA', `${cpvOfMoment(values)} is no package as PMS has it`)
  if (repository === undefined) throw new HostError('UNREADABLE', `repository ${values.PORTAGE_REPO_NAME} is not in repos.conf`)
  return digestEbuild({ root: tools.root, repository, cpv, use: new Set(commandWords(values.USE)) })
}

/** Errors: only what nobody has foreseen. */
async function recipe(given: MomentValues, of: Family, digests: EbuildDigests, tools: WishTools): Promise<WishedRecipe> {
  try {
    return await readRecipe(given, of, digests, tools)
  } catch (error) {
    if (error instanceof StandinError) return { known: false, why: error.message, changed: false }
    throw error
  }
}

async function readRecipe(given: MomentValues, of: Family, digests: EbuildDigests, tools: WishTools): Promise<WishedRecipe> {
  const there = await localesThere(askedLocales(given), tools, tools.locales, () => performance.now())
  const missing = languagesOutside(of, digests)
  const values = { ...withoutPlace(given), ...localeOf(given, there), ...unread(missing, given) }
  const slot = digests.metadata['SLOT'] ?? '0'
  const { category, version } = of
  const uses = new Set(commandWords(values.USE))
  const hosts = [values.CTARGET ?? '', values.CHOST]
  const files = userFilesOf({
    root: tools.root,
    category,
    name: of.name,
    version,
    slot,
    savedConfigOf: uses.has('savedconfig') ? hosts : undefined,
  })
  const why = whyNoRecipe({
    version: values.PVR,
    properties: values.PORTAGE_PROPERTIES,
    inherited: Object.keys(digests.eclasses).join(' '),
    userFile: files.patches ?? files.environment ?? files.savedConfig,
    flags: values,
    variables: values,
    compilers: { CC: values.CC, CXX: values.CXX },
  })
  if (why !== undefined) return { known: false, why, changed: true }
  const unknown =
    whyUnknown(values, missing, tools) ?? whyOfVariables({ ...of, slot }, values, digests, tools.root) ?? whyOfCache(values, tools.root)
  if (unknown !== undefined) return { known: false, why: unknown, changed: false }
  const place = buildPath(values, tools.root)
  if ('why' in place) return { known: false, why: place.why, changed: false }
  const asked = { ...tools, env: { ...tools.env, PATH: place.path } }
  const [toolchain, flags] = await Promise.all([toolchainFor(values, asked), resolvedFlags(values, asked)])
  const made = recipeOf({
    family: of,
    chost: values.CHOST,
    eapi: digests.metadata['EAPI'] ?? '0',
    ebuildSha256: digests.ebuild,
    eclasses: Object.entries(digests.eclasses).map(([name, sha256]) => ({ name, sha256 })),
    filesSha256: digests.files,
    distfiles: digests.distfiles && Object.entries(digests.distfiles).map(([name, dist]) => ({ name, dist })),
    use: commandWords(values.USE),
    flags,
    toolchain: { ...toolchain, others: otherCompilers(digests, tools) },
    features: phaseFeatures(values),
    variables: values,
    answers: commandWords(values.ANSWERS),
  })
  return { known: true, recipe: made, id: recipeId(made), environment: environmentClass(made), native: await nativeOf(values, asked) }
}

/** What may make this build another than its recipe says, and need not. */
function whyUnknown(
  { KEPT: kept, UNNAMED: unnamed, PHASE_HOOKS: hooks }: MomentValues,
  missing: readonly Language[],
  { root, publicRepos }: WishTools,
): string | undefined {
  if (kept !== '') return `the work folder of an earlier build was used again (${kept} was there)`
  if (unnamed !== '') return whyOfVariable(firstOf(unnamed))
  if (hooks !== '') return whyOfHooks(hooks)
  const run = MODULE_LANGUAGES.filter((language) => !missing.some(({ name }) => name === language))
  return whyOfBashrcs(root, publicRepos) ?? whyOfLocalFiles(root) ?? whyOfLocalModules(root, run)
}

/** What no build of this host has a recipe for. Errors: as `whyOfBashrc`. */
export function whyOfBashrcs(root: string, publicRepos: readonly string[]): string | undefined {
  return whyOfBashrc({ root, repos: readRepos(root), publicRepos, recipeVariables: BASHRC_VARIABLES })
}

function whyOfVariables(
  of: Family & { readonly slot: string },
  values: MomentValues,
  { eclasses }: EbuildDigests,
  root: string,
): string | undefined {
  const repos = readRepos(root)
  const question = { root, repos, package: of, known: BASHRC_VARIABLES }
  const texts = (): string[] => {
    const [repository, cpv] = [repos.get(of.repository), splitCpv(cpvOfMoment(values))]
    return repository === undefined || cpv === undefined ? [] : ebuildTexts({ repository, cpv }, Object.keys(eclasses))
  }
  return whyOfPackageEnv(question) ?? whyOfMakeConf(question, texts)
}

function whyOfCache(values: MomentValues, root: string): string | undefined {
  if (!usesCcache(values, root)) return undefined
  const flags = FLAG_VARIABLES.flatMap((name) => commandWords(values[name]))
  const words = commandWords(`${values.FEATURES} ${values.PORTAGE_RESTRICT}`)
  return whyOfCcache({ root, tmpdir: values.PORTAGE_TMPDIR, told: values, keepsDebug: keepsDebug(flags, words) })
}

/** Said of functions of phases that the user's bashrc defines. */
export function whyOfHooks(hooks: string): string {
  return `${firstOf(hooks)} in your bashrc may change what is built`
}

function whyOfVariable(name: string): string {
  if (/^(MAKEOPTS|NINJAOPTS|\w*MAKEFLAGS|MFLAGS)$/.test(name)) return `${name} says more than how many jobs are to run`
  return name === 'PATH' ? 'PATH leads to programs outside of /usr and /opt' : `${name} is set`
}

function firstOf(words: string): string {
  return words.trim().split(' ')[0] ?? ''
}

/** Who builds a language runs it. */
function languagesOutside({ category, name }: Family, { metadata, eclasses }: EbuildDigests): Language[] {
  return languagesNotIn([`${category}/${name}`, metadata['BDEPEND'] ?? '', metadata['DEPEND'] ?? ''], Object.keys(eclasses))
}

/** A user's flags for Rust, or options for Java, are no part of a build that has none. */
function unread(missing: readonly Language[], { UNNAMED: unnamed }: MomentValues): Readonly<Record<string, string>> {
  const rest = commandWords(unnamed).filter((name) => !missing.some(({ others }) => others.test(name)))
  return { ...Object.fromEntries(missing.flatMap(({ recipe: names = [] }) => names.map((name) => [name, '']))), UNNAMED: rest.join(' ') }
}

function otherCompilers({ metadata }: EbuildDigests, { root, installed }: WishTools): string[] {
  return compilersOf([metadata['BDEPEND'] ?? '', metadata['DEPEND'] ?? ''], readInstalled(root, installed))
}

/** Flags that map the place of builds away say the same on every host. */
function withoutPlace(values: MomentValues): MomentValues {
  const flags = [...FLAG_VARIABLES, ...RECIPE_VARIABLES].flatMap((name) => {
    const value = values[name]
    return value === undefined ? [] : [[name, withoutTmpdir(value, values.PORTAGE_TMPDIR)] as const]
  })
  return { ...values, ...Object.fromEntries(flags) }
}
