/**
 * Hashes what a compiler does unasked: USE flags of gcc, a `specs` file and the settings of clang change each build, and no version tells of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { basename } from 'node:path'
import { canonicalId, type Json } from '../base/canonical.ts'
import { HostError } from '../base/errors.ts'
import { readText } from './bounded.ts'
import type { Ran } from './run.ts'

export interface DefaultsQuestion {
  /** CC or CXX, word by word. */
  readonly words: readonly string[]
  readonly language: 'c' | 'c++'
  readonly start: (words: readonly string[]) => Promise<Ran>
}

const MAX_SPECS_BYTES = 1024 * 1024

/** With commas between them gcc takes what is in all of these classes, which is nothing. */
const OPTIONS = ['-Q', '--help=common', '--help=target', '--help=params', '--help=optimizers']

/** Where something lies says nothing of what is made; nor do folders of which clang names those that are there. */
const PLACE = /^(\/|-L|-internal-(externc-)?isystem$|-f(debug|coverage)-compilation-dir=)/
const FILE_TO_LINK = /^\/(?!tmp\/).*\.(o|a|so[.\d]*)$/

/** 64 hex digits, equal for compilers that do the same unasked. Errors: HostError UNSUPPORTED for one that does not say, and those of `start`. */
export async function defaultsOf(question: DefaultsQuestion): Promise<string> {
  const { words, language, start } = question
  // With -O2, for _FORTIFY_SOURCE; and of the compiler alone, not of the headers.
  const known = [...words, '-v', '-nostdinc', '-O2', '-dM', '-E', '-x', language, '/dev/null']
  const [specs, options, macros] = await Promise.all([start([...words, '-dumpspecs']), start([...words, ...OPTIONS]), start(known)])
  const isGcc = specs.exitCode === 0 && specs.stdout !== ''
  const said = isGcc ? gccDefaults(specs, options, macros) : await clangDefaults(question)
  if (said === undefined || macros.exitCode !== 0 || macros.stdout === '')
    throw new HostError('UNSUPPORTED', `${words.join(' ')} does not say what its defaults are`)
  return canonicalId({ macros: macros.stdout, ...said })
}

type Said = Readonly<Record<string, Json>> | undefined

/** How it speaks, and when it collects its garbage, which hangs on the memory of the host. */
const NO_DEFAULT = /^ {2}(-fdiagnostics-|--param=ggc-)/

function gccDefaults(specs: Ran, options: Ran, { stderr }: Ran): Said {
  // What it was called with stands between them: the name of a file that it has made up.
  const lines = options.stdout.split('\n').filter((line) => /^ {2}(-[fgmO]|--param=)/.test(line) && !NO_DEFAULT.test(line))
  if (options.exitCode !== 0 || lines.length === 0) return undefined
  return { specs: specs.stdout, options: lines, files: specsFiles(stderr).map((path) => readText(path, MAX_SPECS_BYTES) ?? '') }
}

/** -dumpspecs leaves out those that lie beside the compiler. */
export function specsFiles(verbose: string): string[] {
  return [...verbose.matchAll(/^Reading specs from (\/.*)$/gm)].map(([, path = '']) => path)
}

async function clangDefaults({ words, language, start }: DefaultsQuestion): Promise<Said> {
  const { exitCode, stderr } = await start([...words, '-v', '-###', '-O2', '-x', language, '/dev/null', '-o', '/dev/null'])
  const commands = [...stderr.matchAll(/^ ".*$/gm)].map(([line]) => plainCommand(line))
  if (exitCode !== 0 || commands.length === 0) return undefined
  // Whose headers and start files it takes.
  const gcc = /^Selected GCC installation: (.+)$/m.exec(stderr)?.[1]
  return { commands, gcc: basename(gcc ?? '') }
}

function plainCommand(line: string): string[] {
  const words = [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word = '']) => word)
  return words.flatMap((word) => (FILE_TO_LINK.test(word) ? basename(word) : PLACE.test(word) ? [] : word))
}
