/**
 * Says in words that mean the same everywhere what `-march=native`, `-mtune=native` and `-mcpu=native` are on this machine.
 *
 * The compiler is asked twice, `-Q --help=target --help=params`: with the flags as they are, and with the names that it gave for native. What still
 * differs (a virtual machine hides features that the processor of that name has; cache sizes) is added as flags of its own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { accessSync, constants, type BigIntStats, statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { HostError, systemCode } from '../base/errors.ts'
import type { Run } from './run.ts'
import { commandWords } from './toolchain.ts'

/** Answers of compilers by path, inode and change time; a compiler that was replaced is asked again. Made and kept by the caller. */
export type MarchCache = Map<string, readonly string[]>

export interface MarchQuestion {
  /** CC or CXX, as in the toolchain's question. */
  readonly cc: string
  /** CFLAGS or CXXFLAGS, word by word. */
  readonly flags: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly run: Run
  readonly cache: MarchCache
}

const NATIVE = /^-m(arch|tune|cpu)=native$/
const MOST_KEPT = 100
const LIMITS = { timeoutMs: 20_000, maxBytes: 4 * 1024 * 1024 }

/**
 * `flags` with every native word replaced in its place by what it stands for; flags without one come back as they are, and no compiler is asked.
 * Errors: HostError MISSING_PROGRAM, or UNSUPPORTED for a compiler that does not say (clang before it learns `-Q`): such a build has no recipe.
 */
export async function resolveMarch(question: MarchQuestion): Promise<readonly string[]> {
  if (!question.flags.some((flag) => NATIVE.test(flag))) return question.flags
  const compiler = commandWords(question.cc)
  const machine = question.flags.filter((flag) => /^-m[a-z0-9]/.test(flag))
  const key = JSON.stringify([compiler.slice(1), identityOf(compiler, question.env), machine, question.env])
  const resolved = question.cache.get(key) ?? (await askCompiler(question, compiler, machine))
  keep(question.cache, key, resolved)
  return withoutNative(question.flags, resolved)
}

/** Flags with each native word replaced: the names first, then what the names do not say, at the place of the last native word. */
function withoutNative(flags: readonly string[], resolved: readonly string[]): string[] {
  const last = flags.findLastIndex((flag) => NATIVE.test(flag))
  return flags.flatMap((flag, at) => (at === last ? resolved : NATIVE.test(flag) ? [] : [flag]))
}

async function askCompiler(question: MarchQuestion, compiler: readonly string[], machine: readonly string[]): Promise<readonly string[]> {
  const real = await targetOptions(question, [...compiler, ...machine])
  const names = machine.filter((flag) => NATIVE.test(flag)).map((flag) => named(flag, real, question.cc))
  const others = machine.filter((flag) => !NATIVE.test(flag))
  const byName = await targetOptions(question, [...compiler, ...names, ...others])
  const rest = [...real].filter(([option, value]) => byName.get(option) !== value).map(([option, value]) => asFlag(option, value))
  return [...new Set([...names, ...rest.filter((flag) => !names.includes(flag)).toSorted()])]
}

function named(flag: string, options: ReadonlyMap<string, string>, cc: string): string {
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

/** Option to value. Lines look like `  -mavx   [enabled]`, `  -march=   znver3`, `  --param=l1-cache-size=<..>   32`. */
async function targetOptions(question: MarchQuestion, words: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const [program = '', ...args] = words
  const env = { ...question.env, LC_ALL: 'C' }
  const { exitCode, stdout } = await question.run(program, [...args, '-Q', '--help=target', '--help=params'], { env, ...LIMITS })
  const lines = stdout.matchAll(/^ {2}(-m[A-Za-z0-9-]+=?|--param=[a-z0-9-]+=)(?:<[^>]*>)?[ \t]+(\S+)$/gm)
  const options = new Map([...lines].map(([, option = '', value = '']) => [option, value]))
  if (exitCode !== 0 || options.size === 0) throw new HostError('UNSUPPORTED', `${question.cc} does not say what its target options are`)
  return options
}

/** Path, device, inode, size and change time of each word of CC that is a program: a launcher may have been replaced, too. */
function identityOf(compiler: readonly string[], env: Readonly<Record<string, string>>): readonly string[] {
  const found = compiler.filter((word) => !word.startsWith('-')).map((word) => findProgram(word, env['PATH'] ?? ''))
  return found.map(({ path, stat }) => [path, stat.dev, stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join(' '))
}

function findProgram(name: string, path: string): { path: string; stat: BigIntStats } {
  const candidates = name.includes('/')
    ? [name].filter(isAbsolute)
    : path
        .split(':')
        .filter(isAbsolute)
        .map((folder) => join(folder, name))
  for (const candidate of candidates) {
    try {
      accessSync(candidate, constants.X_OK)
      const stat = statSync(candidate, { bigint: true })
      if (stat.isFile()) return { path: candidate, stat }
    } catch (error) {
      if (systemCode(error) === undefined) throw error
    }
  }
  throw new HostError('MISSING_PROGRAM', `${name} is not on PATH (${path})`)
}

function keep(cache: MarchCache, key: string, resolved: readonly string[]): void {
  cache.delete(key)
  cache.set(key, resolved)
  const oldest = cache.keys().next().value
  if (cache.size > MOST_KEPT && oldest !== undefined) cache.delete(oldest)
}
