/**
 * A toolchain is asked what it is again once any file that its answer came from is another one: here is which files these are.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readdirSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { HostError, systemCode } from '../base/errors.ts'
import { type AnswerCache, knownAnswer, placesOnPath } from './answers.ts'
import { specsFiles } from './defaults.ts'
import type { Ran } from './run.ts'
import { commandWords, linkerFlags, readToolchain, type Toolchain, type ToolchainQuestion } from './toolchain.ts'

export type ToolchainCache = AnswerCache<Toolchain>

/** Most headers that stand behind features.h. */
const MOST_HEADERS = 100

/** Most places of a specs file, or files of settings, of one compiler. */
const MOST_SETTINGS = 100

const LINKERS = ['ld', 'ld.bfd', 'ld.gold', 'ld.lld', 'ld.mold', 'ld64.lld', 'mold', 'lld', 'wild']

/** As `readToolchain`, and with its errors. `now` in milliseconds, of any beginning. */
export async function knownToolchain(question: ToolchainQuestion, cache: ToolchainCache, now: () => number): Promise<Toolchain> {
  const { cc, cxx, chost, env } = question
  const key = JSON.stringify([cc, cxx, chost, linkerFlags(question), env])
  const files = async (): Promise<string[]> => [...programsOf(question), ...(await namedFiles(question))]
  return await knownAnswer({ key, files, ask: () => readToolchain(question) }, cache, now)
}

/** Each place on PATH of each program that may be asked, be there one or not: a launcher looks for the next of its name, and a new one may come before. */
function programsOf({ cc, cxx, chost, env }: ToolchainQuestion): string[] {
  const given = commandWords(`${cc} ${cxx}`).filter((word) => !word.startsWith('-'))
  // clang takes settings that lie beside it.
  const beside = given.map((name) => `${name}.cfg`)
  const names = [...given, ...beside, ...['gcc', 'g++', ...LINKERS].flatMap((name) => [name, `${chost}-${name}`]), 'ldd']
  // What gcc-config's wrapper reads.
  return [...placesOnPath(names, env['PATH'] ?? ''), '/etc/env.d/gcc/.NATIVE', `/etc/env.d/gcc/config-${chost}`]
}

/** What only the compiler knows: its own inner part, its linker, the headers that name the C library, and where its defaults may be changed. */
async function namedFiles(question: ToolchainQuestion): Promise<string[]> {
  const { c, cxx } = linkerFlags(question)
  const linkers = [...c, ...cxx].map((flag) => `ld.${flag.slice('-fuse-ld='.length)}`)
  const names = [...new Set(['cc1', 'ld', ...linkers])]
  const both = [
    [question.cc, 'gcc'],
    [question.cxx, 'g++'],
  ] as const
  const [headers, ...answers] = await Promise.all([
    say(question, ...both[0], ['-include', 'features.h', '-M', '-E', '-x', 'c', '/dev/null']).then(({ stdout }) => pathsIn(stdout)),
    ...names.map(async (name) => pathsIn((await say(question, ...both[0], [`-print-prog-name=${name}`])).stdout).slice(0, 1)),
    ...both.map(async ([given, plain]) => placesOf(await say(question, given, plain, ['-v', '-print-search-dirs']))),
  ])
  return [...new Set([...headers.slice(0, MOST_HEADERS), ...answers.flat()])]
}

function pathsIn(text: string): string[] {
  return text.split(/[\s\\]+/).filter(isAbsolute)
}

/** A specs file may lie wherever gcc looks for libraries; of what clang reads one file may name others beside it. */
function placesOf({ stdout, stderr }: Ran): string[] {
  const libraries = /^libraries: =(.*)$/m.exec(stdout)?.[1] ?? ''
  const specs = libraries.split(':', MOST_SETTINGS).flatMap((folder) => (isAbsolute(folder) ? join(folder, 'specs') : []))
  const folders = stderr.matchAll(/^(?:System|User) configuration file directory: (\/.*)$/gm)
  const settings = [...folders].flatMap(([, folder = '']) => [folder, ...namesIn(folder).map((name) => join(folder, name))])
  return [...specs, ...[...specsFiles(stderr), ...settings].slice(0, MOST_SETTINGS)]
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted()
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    return []
  }
}

const SILENCE: Ran = { exitCode: 1, stdout: '', stderr: '' }

/** What the compiler says, if anything: `readToolchain` is who complains. */
async function say(question: ToolchainQuestion, command: string, plain: string, args: readonly string[]): Promise<Ran> {
  const given = commandWords(command)
  for (const [program = '', ...words] of given.length > 0 ? [given] : [[`${question.chost}-${plain}`], [plain]]) {
    try {
      const how = { env: { ...question.env, LC_ALL: 'C' }, timeoutMs: 20_000, maxBytes: 1024 * 1024 }
      return await question.run(program, [...words, ...args], how)
    } catch (error) {
      if (!(error instanceof HostError)) throw error
    }
  }
  return SILENCE
}
