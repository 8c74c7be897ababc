/**
 * What a compiler makes of machine flags: every target option and parameter with its value, asked once for each compiler and each set of flags.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { accessSync, type BigIntStats, constants, statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { HostError, systemCode } from '../base/errors.ts'
import type { Ran, Run } from './run.ts'
import { commandWords } from './toolchain.ts'

/** Option (`-mavx`, `-march=`, `--param=l1-cache-size=`) to value (`[enabled]`, `[disabled]`, a word). */
export type TargetOptions = ReadonlyMap<string, string>

/** Answers by path, inode and change time of the compiler; one that was replaced is asked again. Made and kept by the caller. */
export type OptionsCache = Map<string, TargetOptions>

export interface CompilerQuestion {
  /** CC or CXX; a launcher and flags may be among its words. */
  readonly cc: string
  /** The whole environment of the compiler; PATH in it finds it. */
  readonly env: Readonly<Record<string, string>>
  readonly run: Run
  readonly cache: OptionsCache
}

const MOST_KEPT = 200
const LIMITS = { timeoutMs: 20_000, maxBytes: 4 * 1024 * 1024 }

/** Errors: HostError MISSING_PROGRAM; UNSUPPORTED for a compiler that does not say, or does not know a flag; TIMED_OUT. */
export async function targetOptions(question: CompilerQuestion, flags: readonly string[]): Promise<TargetOptions> {
  const [program = '', ...args] = [...commandWords(question.cc), ...flags]
  const key = JSON.stringify([identityOf(question), args, question.env])
  const known = question.cache.get(key)
  if (known !== undefined) return known
  const ask = (words: readonly string[]): Promise<Ran> =>
    question.run(program, [...args, ...words], { env: { ...question.env, LC_ALL: 'C' }, ...LIMITS })
  const options = (await ofGcc(ask)) ?? (await ofClang(ask))
  if (options === undefined)
    throw new HostError('UNSUPPORTED', `${question.cc} says neither as gcc nor as clang does what it makes of ${flags.join(' ')}`)
  keep(question.cache, key, options)
  return options
}

type Ask = (words: readonly string[]) => Promise<Ran>

async function ofGcc(ask: Ask): Promise<TargetOptions | undefined> {
  const { exitCode, stdout } = await ask(['-Q', '--help=target', '--help=params'])
  const options = parseOptions(stdout)
  return exitCode === 0 && options.size > 0 ? options : undefined
}

/** Each CPU of 64 bits has them, and no option names them. */
const ALWAYS: ReadonlySet<string> = new Set(['64bit', 'cmov', 'cx8'])

/** What it would call itself with: `"-cc1" ... "-target-cpu" "znver3" "-target-feature" "+avx" ...`; of a feature that is said twice the last counts. */
async function ofClang(ask: Ask): Promise<TargetOptions | undefined> {
  const { exitCode, stderr } = await ask(['-###', '-x', 'c', '-c', '/dev/null', '-o', '/dev/null'])
  const command = stderr.split('\n').find((line) => /^ ".*" "-cc1" /.test(line)) ?? ''
  const said = [...command.matchAll(/"-(target-cpu|tune-cpu|target-feature)" "([+-]?)([A-Za-z0-9._-]+)"/g)]
  const options = said.flatMap(([, kind, sign, name = '']): [string, string][] => {
    if (kind === 'target-cpu') return ['-march=', '-mcpu='].map((option) => [option, name])
    if (kind === 'tune-cpu') return [['-mtune=', name]]
    return ALWAYS.has(name) ? [] : [[`-m${name}`, sign === '+' ? '[enabled]' : '[disabled]']]
  })
  return exitCode === 0 && options.length > 0 ? new Map(options) : undefined
}

/** Lines look like `  -mavx   [enabled]`, `  -march=   znver3`, `  --param=l1-cache-size=<0,65536>   32`. */
function parseOptions(text: string): TargetOptions {
  const lines = text.matchAll(/^ {2}(-m[A-Za-z0-9.-]+=?|--param=[a-z0-9-]+=)(?:<[^>]*>)?[ \t]+(\S+)$/gm)
  return new Map([...lines].map(([, option = '', value = '']) => [option, value]))
}

/** Path, device, inode, size and change times of each word of CC that is a program: a launcher may have been replaced, too. */
function identityOf({ cc, env }: CompilerQuestion): readonly string[] {
  const programs = commandWords(cc).filter((word) => !word.startsWith('-'))
  const found = programs.map((word) => findProgram(word, env['PATH'] ?? ''))
  return found.map(({ path, stat }) => [path, stat.dev, stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join(' '))
}

function findProgram(name: string, path: string): { path: string; stat: BigIntStats } {
  const folders = path.split(':').filter(isAbsolute)
  const candidates = name.includes('/') ? [name].filter(isAbsolute) : folders.map((folder) => join(folder, name))
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

function keep(cache: OptionsCache, key: string, options: TargetOptions): void {
  cache.set(key, options)
  const oldest = cache.keys().next().value
  if (cache.size > MOST_KEPT && oldest !== undefined) cache.delete(oldest)
}
