/**
 * What the tools of a build say of themselves, each asked where the build would find it, and kept for as long as it is the same.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { HostError } from '../base/errors.ts'
import { FLAG_VARIABLES, type RecipeInput } from '../package/recipe.ts'
import type { AnswerCache } from '../portage/answers.ts'
import { resolveMarch } from '../portage/march.ts'
import { packerOf } from '../portage/packer.ts'
import type { Run } from '../portage/run.ts'
import type { OptionsCache } from '../portage/targetoptions.ts'
import { commandWords } from '../portage/toolchain.ts'
import { knownToolchain, type ToolchainCache } from '../portage/toolchaincache.ts'
import type { MomentValues } from './moment.ts'

export interface BuildTools {
  /** Of what is started; PATH in it is the build's. */
  readonly env: Readonly<Record<string, string>>
  readonly run: Run
  readonly optionsCache: OptionsCache
  readonly toolchains: ToolchainCache
  readonly packers: AnswerCache<string>
}

const now = (): number => performance.now()

type Named = Omit<RecipeInput['toolchain'], 'others'>

/** Versions and defaults of all of them. Errors: as of `readToolchain` and `packerOf`. */
export async function toolchainFor(values: MomentValues, { env, run, toolchains, packers }: BuildTools): Promise<Named> {
  const { CC: cc, CXX: cxx, CHOST: chost, CFLAGS: cflags, CXXFLAGS: cxxflags, LDFLAGS: ldflags } = values
  const { PORTAGE_COMPRESS: program, PORTAGE_COMPRESS_FLAGS: flags, MAKEOPTS: makeopts } = values
  const [{ linker: ld, ...compilers }, packer] = await Promise.all([
    knownToolchain({ cc, cxx, chost, cflags, cxxflags, ldflags, env, run }, toolchains, now),
    packerOf({ program, flags, makeopts, env, run }, packers, now),
  ])
  return { ...compilers, ld, packer }
}

/** `-march=native` never leaves this host: each variable that says it is resolved by the compiler that it is for. */
export async function resolvedFlags(values: MomentValues, tools: BuildTools): Promise<RecipeInput['flags']> {
  const resolve = async (name: (typeof FLAG_VARIABLES)[number]): Promise<string> => {
    const [given, plain] = name === 'CXXFLAGS' ? [values.CXX, 'g++'] : [values.CC, 'gcc']
    return (await resolvedWith(tools, values, plain, given, commandWords(values[name]))).join(' ')
  }
  const [CFLAGS, CXXFLAGS, FFLAGS, FCFLAGS, LDFLAGS, CPPFLAGS] = await Promise.all([
    resolve('CFLAGS'),
    resolve('CXXFLAGS'),
    resolve('FFLAGS'),
    resolve('FCFLAGS'),
    resolve('LDFLAGS'),
    resolve('CPPFLAGS'),
  ])
  return { CFLAGS, CXXFLAGS, FFLAGS, FCFLAGS, LDFLAGS, CPPFLAGS }
}

/** The archive's metadata tells the flags of the build, and must not say "native" either. */
export async function nativeOf(values: MomentValues, tools: BuildTools): Promise<readonly string[] | undefined> {
  const native = /^-m(arch|tune|cpu)=native$/
  const said = ['CFLAGS', 'CXXFLAGS'] as const
  const flags = said.flatMap((name) => commandWords(values[name])).filter((flag) => native.test(flag))
  return flags.length === 0 ? undefined : await resolvedWith(tools, values, 'gcc', values.CC, ['-march=native'])
}

/** Asks the compiler that Portage would take: CC or CXX, else CHOST's own, else the plain one. */
async function resolvedWith(
  tools: BuildTools,
  values: MomentValues,
  plain: string,
  given: string,
  flags: readonly string[],
): Promise<readonly string[]> {
  const question = { flags, env: tools.env, run: tools.run, cache: tools.optionsCache }
  return await resolveMarch({ ...question, cc: given || `${values.CHOST}-${plain}` }).catch((error: unknown) => {
    if (given !== '' || !(error instanceof HostError) || error.code !== 'MISSING_PROGRAM') throw error
    return resolveMarch({ ...question, cc: plain })
  })
}
