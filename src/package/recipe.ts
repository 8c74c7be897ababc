/**
 * A recipe says what is to be built before it is built: builds with equal recipe ids are expected to give equal content.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import * as v from 'valibot'
import { canonicalId } from '../base/canonical.ts'
import { HostError } from '../base/errors.ts'
import { hex64 } from '../base/schema.ts'
import { family } from './family.ts'
import { normaliseFlags } from './flags.ts'

/** Flag variables of a build, in the order in which a recipe holds them. */
export const FLAG_VARIABLES = ['CFLAGS', 'CXXFLAGS', 'FFLAGS', 'FCFLAGS', 'LDFLAGS', 'CPPFLAGS'] as const

/**
 * Other variables of the build environment that reach the output: which ABIs are built, how documents are compressed, which locales
 * autotools install, in which one the build runs (`localeOf`), what is stripped, the flags of other languages, and other programs than the toolchain's own.
 */
export const RECIPE_VARIABLES = [
  'ABI',
  'ABI_X86',
  'AR',
  'AS',
  'ASFLAGS',
  'CARGO_BUILD_TARGET',
  'CBUILD',
  'CFLAGS_amd64',
  'CFLAGS_x32',
  'CFLAGS_x86',
  'CPP',
  'CTARGET',
  'CXXSTDLIB',
  'DEFAULT_ABI',
  'GOAMD64',
  'GOARM',
  'GOFLAGS',
  'LANGUAGE',
  'LC_COLLATE',
  'LC_CTYPE',
  'LC_MESSAGES',
  'LC_MONETARY',
  'LC_NUMERIC',
  'LC_TIME',
  'LD',
  'LDFLAGS_amd64',
  'LDFLAGS_x32',
  'LDFLAGS_x86',
  'LIBDIR_amd64',
  'LIBDIR_x32',
  'LIBDIR_x86',
  'LINGUAS',
  'LLVM_USE_LIBCXX',
  'MULTILIB_ABIS',
  'NM',
  'OBJCFLAGS',
  'OBJCOPY',
  'OBJCXXFLAGS',
  'OBJDUMP',
  'PKG_CONFIG',
  'PORTAGE_COMPRESS',
  'PORTAGE_COMPRESS_EXCLUDE_SUFFIXES',
  'PORTAGE_COMPRESS_FLAGS',
  'PORTAGE_STRIP_FLAGS',
  'RANLIB',
  'READELF',
  'RUSTFLAGS',
  'STRIP',
  'STRIP_MASK',
] as const

/** Of these an empty one is not one that is unset: no locale at all, nothing stripped, nothing compressed; unset means Portage's own choice. */
const EMPTY_COUNTS: ReadonlySet<string> = new Set([
  'LINGUAS',
  'PORTAGE_COMPRESS',
  'PORTAGE_COMPRESS_EXCLUDE_SUFFIXES',
  'PORTAGE_COMPRESS_FLAGS',
  'PORTAGE_STRIP_FLAGS',
])

/** FEATURES that change the image before it is captured (`phaseFeatures`), `-` before one that is on by default. `nodoc`, `noinfo` and `noman` are not among them: they act after preinst_mask. */
export const RECIPE_FEATURES = [
  '-fixlafiles',
  '-network-sandbox',
  '-sandbox',
  '-userpriv',
  'compressdebug',
  'dedupdebug',
  'installsources',
  'nostrip',
  'splitdebug',
  'strict-keepdir',
  'test',
] as const

const word = v.pipe(v.string(), v.maxLength(4096))
const words = v.pipe(v.array(word), v.maxLength(2000))
const flagShape = v.strictObject({ CFLAGS: words, CXXFLAGS: words, FFLAGS: words, FCFLAGS: words, LDFLAGS: words, CPPFLAGS: words })

export const recipeSchema = v.strictObject({
  standin: v.literal('recipe-1'),
  family,
  eapi: v.pipe(v.string(), v.maxLength(40)),
  ebuildSha256: hex64,
  eclasses: v.pipe(v.array(v.strictObject({ name: word, sha256: hex64 })), v.maxLength(500)),
  filesSha256: hex64,
  /** Absent where the repository has no Manifest: then nobody has said what the distfiles are. */
  distfiles: v.exactOptional(v.pipe(v.array(v.strictObject({ name: word, dist: hex64 })), v.maxLength(5000))),
  use: words,
  flags: flagShape,
  toolchain: v.strictObject({
    cc: word,
    cxx: v.exactOptional(word),
    ld: word,
    libc: word,
    defaults: hex64,
    others: v.exactOptional(v.array(word)),
    packer: v.exactOptional(word),
  }),
  features: v.pipe(v.array(v.picklist(RECIPE_FEATURES)), v.maxLength(RECIPE_FEATURES.length)),
  variables: v.record(v.picklist(RECIPE_VARIABLES), word),
  /** What a profile or the user answers configure instead of letting it ask (`gl_cv_type_time_t_bits_macro`, `enable_year2038`). */
  answers: v.pipe(v.array(word), v.maxLength(1000)),
})

export type Recipe = v.InferOutput<typeof recipeSchema>

export interface RecipeInput {
  readonly family: v.InferOutput<typeof family>
  readonly chost: string
  readonly eapi: string
  readonly ebuildSha256: string
  readonly eclasses: readonly { readonly name: string; readonly sha256: string }[]
  /** Over all files beside the ebuild: a changed patch is another build. */
  readonly filesSha256: string
  /** What the Manifest says of each distfile that the ebuild takes with these flags, hashed. */
  readonly distfiles?: readonly { readonly name: string; readonly dist: string }[] | undefined
  /**
   * Enabled flags that are in IUSE_EFFECTIVE, which is what Portage's own USE of a package holds. Others never reach the ebuild
   * (PMS 11.1.1), and a profile's global flags would give two hosts two ids for one build.
   */
  readonly use: readonly string[]
  readonly flags: Readonly<Record<(typeof FLAG_VARIABLES)[number], string>>
  /** What the compiler makes of `-march=native`; must be there when a flag variable says "native". */
  readonly resolvedMarch?: readonly string[] | undefined
  /** Versions as the tools say them, free of host names and dates. */
  readonly toolchain: {
    readonly cc: string
    readonly cxx?: string
    readonly ld: string
    readonly libc: string
    /** A hash of what the compilers do unasked, which no version tells. */
    readonly defaults: string
    /** Compilers of other languages that the build asks for. */
    readonly others?: readonly string[]
    /** The program that packs documents; absent where nothing is packed. */
    readonly packer?: string | undefined
  }
  /** FEATURES of the build; only RECIPE_FEATURES of them count. */
  readonly features?: readonly string[]
  /** Variables of the build; only RECIPE_VARIABLES of them count, and an empty one counts as unset but for EMPTY_COUNTS. */
  readonly variables?: Readonly<Record<string, string | undefined>>
  /** `NAME=value` each, in any order. */
  readonly answers?: readonly string[]
}

/** Errors: HostError BAD_STATE for an input that contradicts itself (two CHOSTs, "native" left unresolved). */
export function recipeOf(input: RecipeInput): Recipe {
  if (input.chost !== input.family.chost) throw new HostError('BAD_STATE', `CHOST ${input.chost} in a family of ${input.family.chost}`)
  return {
    standin: 'recipe-1',
    family: { ...input.family },
    eapi: input.eapi,
    ebuildSha256: input.ebuildSha256,
    eclasses: input.eclasses.map(({ name, sha256 }) => ({ name, sha256 })).toSorted(byName),
    filesSha256: input.filesSha256,
    ...(input.distfiles === undefined ? {} : { distfiles: input.distfiles.map(({ name, dist }) => ({ name, dist })).toSorted(byName) }),
    use: [...new Set(input.use)].toSorted(),
    flags: flagsOf(input),
    toolchain: toolchainOf(input.toolchain),
    features: RECIPE_FEATURES.filter((name) => input.features?.includes(name) === true),
    variables: variablesOf(input.variables ?? {}),
    answers: [...new Set(input.answers)].toSorted(),
  }
}

function toolchainOf({ others = [], packer, ...rest }: RecipeInput['toolchain']): Recipe['toolchain'] {
  return {
    ...rest,
    ...(others.length === 0 ? {} : { others: [...new Set(others)].toSorted() }),
    ...(packer === undefined ? {} : { packer }),
  }
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1
}

function flagsOf({ flags, resolvedMarch }: RecipeInput): Recipe['flags'] {
  const normal = (name: (typeof FLAG_VARIABLES)[number]): string[] => {
    const out = normaliseFlags(flags[name], resolvedMarch)
    if (out.some((flag) => /=native\b/.test(flag)))
      throw new HostError('BAD_STATE', `${name} says "native" and nothing says what that is here`)
    return out
  }
  return {
    CFLAGS: normal('CFLAGS'),
    CXXFLAGS: normal('CXXFLAGS'),
    FFLAGS: normal('FFLAGS'),
    FCFLAGS: normal('FCFLAGS'),
    LDFLAGS: normal('LDFLAGS'),
    CPPFLAGS: normal('CPPFLAGS'),
  }
}

function variablesOf(all: Readonly<Record<string, string | undefined>>): Recipe['variables'] {
  const found = RECIPE_VARIABLES.flatMap((name) => {
    const value = wordsOf(name, all[name])
    return value === undefined || (value === '' && !EMPTY_COUNTS.has(name)) ? [] : [[name, value] as const]
  })
  return Object.fromEntries(found)
}

/** LINGUAS is a set of languages. */
function wordsOf(name: string, value: string | undefined): string | undefined {
  const all = value?.split(/\s+/).filter((one) => one !== '')
  return (name === 'LINGUAS' && all !== undefined ? [...new Set(all)].toSorted() : all)?.join(' ')
}

/** SHA-256 over the canonical JSON of the recipe. */
export function recipeId(recipe: Recipe): string {
  return canonicalId(recipe)
}

/** Hash over CHOST, libc, toolchain and resolved flags: only builds of one class are compared, and auditors are drawn inside it. */
export function environmentClass(recipe: Recipe): string {
  return canonicalId({ standin: 'environment-1', chost: recipe.family.chost, toolchain: recipe.toolchain, flags: recipe.flags })
}
