/**
 * Says whether code that somebody else built with given machine flags can run on this processor, as far as the compiler here can tell.
 *
 * The compiler is asked which instruction sets those flags allow, and which `-march=native` allows; the first must lie within the second.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { HostError } from '../base/errors.ts'
import { type CompilerQuestion, type TargetOptions, targetOptions } from './targetoptions.ts'

export interface IsaQuestion extends CompilerQuestion {
  /** CFLAGS, CXXFLAGS or the like of the offer, word by word, with no native among them. */
  readonly flags: readonly string[]
}

// The flags come from a stranger: only machine flags reach the compiler, and only such as can name no file.
const MACHINE_WORD = /^-m[a-z0-9][a-z0-9.-]{0,40}(=[a-z0-9][a-z0-9.,+_-]{0,60})?$/
const MOST_WORDS = 200
// The same tuning on both sides, so that options which follow from it do not look like instruction sets.
const TUNING = '-mtune=generic'

/** False also where it cannot be told: a name that this compiler does not know, a flag that is no plain one. Errors: HostError MISSING_PROGRAM, TIMED_OUT. */
export async function canRun(question: IsaQuestion): Promise<boolean> {
  const machine = question.flags.filter((flag) => flag.startsWith('-m') && !flag.startsWith('-mtune='))
  const plain = machine.every((flag) => MACHINE_WORD.test(flag) && !flag.endsWith('=native'))
  if (!plain || machine.length > MOST_WORDS) return false
  const [asked, here] = [await allowed(question, [...machine, TUNING]), await allowed(question, ['-march=native', TUNING])]
  return asked !== undefined && here !== undefined && asked.every((option) => here.includes(option))
}

// Not instruction sets: calling conventions, sizes and switches whose default follows from the name of the processor.
const NO_ISA = /^-m(no-|16$|32$|64$|accumulate-outgoing-args$|avx256-split-|red-zone$|stackrealign$)/

async function allowed(question: IsaQuestion, flags: readonly string[]): Promise<readonly string[] | undefined> {
  try {
    return enabled(await targetOptions(question, flags))
  } catch (error) {
    if (error instanceof HostError && error.code === 'UNSUPPORTED') return undefined
    throw error
  }
}

function enabled(options: TargetOptions): readonly string[] {
  return [...options].filter(([option, value]) => value === '[enabled]' && !NO_ISA.test(option)).map(([option]) => option)
}
