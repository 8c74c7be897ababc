/**
 * Says in words that mean the same everywhere what `-march=native`, `-mtune=native` and `-mcpu=native` are on this machine.
 *
 * The compiler is asked twice what it makes of flags: of those that are there, and of the names that it gave for native. What still differs (a virtual
 * machine hides features that the processor of that name has; cache sizes) is added as flags of its own. clang tells all features of native, and none
 * of a name: its answer is longer than that of gcc, and says as much.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { HostError } from '../base/errors.ts'
import { type CompilerQuestion, type TargetOptions, targetOptions } from './targetoptions.ts'

const NATIVE = /^-m(arch|tune|cpu)=native$/

export interface MarchQuestion extends CompilerQuestion {
  /** CFLAGS, CXXFLAGS or the like, word by word. */
  readonly flags: readonly string[]
}

/**
 * `flags` with the last native word replaced in its place by what all of them stand for, and the others gone; flags without one come back as they
 * are, and no compiler is asked. Errors: as of `targetOptions`; a build whose flags cannot be resolved has no recipe.
 */
export async function resolveMarch(question: MarchQuestion): Promise<readonly string[]> {
  const { flags } = question
  if (!flags.some((flag) => NATIVE.test(flag))) return flags
  const resolved = await resolvedMachine(question)
  const last = flags.findLastIndex((flag) => NATIVE.test(flag))
  return flags.flatMap((flag, at) => (at === last ? resolved : NATIVE.test(flag) ? [] : [flag]))
}

/** Names for the native words, and what these names do not say, sorted. */
async function resolvedMachine(question: MarchQuestion): Promise<readonly string[]> {
  const machine = question.flags.filter((flag) => /^-m[a-z0-9]/.test(flag))
  const real = await targetOptions(question, machine)
  const names = machine.filter((flag) => NATIVE.test(flag)).map((flag) => named(flag, real, question.cc))
  const byName = await targetOptions(question, [...names, ...machine.filter((flag) => !NATIVE.test(flag))])
  const rest = [...real].filter(([option, value]) => byName.get(option) !== value).map(([option, value]) => asFlag(option, value))
  return [...new Set([...names, ...rest.toSorted()])]
}

function named(flag: string, options: TargetOptions, cc: string): string {
  const option = flag.slice(0, flag.indexOf('=') + 1)
  const value = options.get(option)
  if (value === undefined || value === 'native' || !/^[A-Za-z0-9][A-Za-z0-9.+_-]*$/.test(value))
    throw new HostError('UNSUPPORTED', `${cc} does not say what ${flag} is`)
  return `${option}${value}`
}

function asFlag(option: string, value: string): string {
  if (value === '[enabled]') return option
  if (value === '[disabled]') return option.replace(/^-m/, '-mno-')
  return `${option}${value}`
}
