/**
 * Names the compiler, linker and C library that a build uses, in words that are equal on every host that has the same ones.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { canonicalId } from '../base/canonical.ts'
import { HostError } from '../base/errors.ts'
import { defaultsOf } from './defaults.ts'
import type { Ran, Run } from './run.ts'

export interface ToolchainQuestion {
  /** CC and CXX as Portage would export them; empty for the default, CHOST-gcc and CHOST-g++, or without CHOST where that is missing. */
  readonly cc: string
  readonly cxx: string
  readonly chost: string
  /** Of which `-fuse-ld=` chooses the linker. */
  readonly cflags?: string
  readonly cxxflags?: string
  readonly ldflags?: string
  /** The whole environment of what is started; PATH finds the tools. */
  readonly env: Readonly<Record<string, string>>
  readonly run: Run
}

/** First lines of what each tool says of itself, without paths and without CHOST before the name. */
export interface Toolchain {
  readonly cc: string
  /** Absent on a host without a C++ compiler. */
  readonly cxx?: string
  /** Two where programs of C++ are linked by another one. */
  readonly linker: string
  readonly libc: string
  /** A hash of what the compilers do unasked. */
  readonly defaults: string
}

const LIMITS = { timeoutMs: 20_000, maxBytes: 4 * 1024 * 1024 }

/** Errors: HostError MISSING_PROGRAM without a C compiler, UNSUPPORTED for a tool or C library that does not say what it is, TIMED_OUT. */
export async function readToolchain(question: ToolchainQuestion): Promise<Toolchain> {
  const [cc, cxx] = await Promise.all([
    compilerOf(question, question.cc, 'gcc'),
    compilerOf(question, question.cxx, 'g++').catch(unlessMissing),
  ])
  const [linker, libc, defaults] = await Promise.all([
    linkersOf(question, cc, cxx),
    libcOf(question, cc.words),
    bothDefaults(question, cc, cxx),
  ])
  return { cc: cc.line, ...(cxx === undefined ? {} : { cxx: cxx.line }), linker, libc, defaults }
}

async function bothDefaults(question: ToolchainQuestion, cc: Compiler, cxx: Compiler | undefined): Promise<string> {
  const asking = { start: (words: readonly string[]): Promise<Ran> => start(question, words) }
  const [c, cpp] = await Promise.all([
    defaultsOf({ ...asking, words: cc.words, language: 'c' }),
    cxx && defaultsOf({ ...asking, words: cxx.words, language: 'c++' }),
  ])
  return canonicalId({ cc: c, ...(cpp === undefined ? {} : { cxx: cpp }) })
}

/** Words of CC: a launcher (ccache, distcc) and flags (`-m32`) may be among them. */
export function commandWords(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '')
}

interface Compiler {
  readonly words: readonly string[]
  readonly line: string
}

async function compilerOf(question: ToolchainQuestion, given: string, plain: string): Promise<Compiler> {
  const words = commandWords(given)
  if (words.length > 0) return { words, line: await versionLine(question, words) }
  const full = [`${question.chost}-${plain}`]
  const line = await versionLine(question, full).catch(unlessMissing)
  return line === undefined ? { words: [plain], line: await versionLine(question, [plain]) } : { words: full, line }
}

function unlessMissing(error: unknown): undefined {
  if (error instanceof HostError && error.code === 'MISSING_PROGRAM') return undefined
  throw error
}

async function versionLine(question: ToolchainQuestion, words: readonly string[]): Promise<string> {
  const { exitCode, stdout } = await start(question, [...words, '--version'])
  const line = plainVersion(firstLine(stdout), question.chost)
  if (exitCode !== 0 || line === '') throw new HostError('UNSUPPORTED', `${words.join(' ')} --version does not say what it is`)
  return line
}

/** `/usr/bin/x86_64-pc-linux-gnu-gcc-14 (Gentoo 14.2.1) 14.2.1` as `gcc (Gentoo 14.2.1) 14.2.1`: gcc prints the name it was started by. */
export function plainVersion(line: string, chost: string): string {
  const [name = '', ...rest] = line.trim().split(' ')
  const tool = name.slice(name.lastIndexOf('/') + 1)
  const bare = chost !== '' && tool.startsWith(`${chost}-`) ? tool.slice(chost.length + 1) : tool
  return [bare.replace(/-\d[\d.]*$/, ''), ...rest].join(' ').slice(0, 300)
}

/** The last `-fuse-ld=` of a command that links: the flags of a language come before LDFLAGS. */
export function linkerFlags({ cflags = '', cxxflags = '', ldflags = '' }: ToolchainQuestion): { c: string[]; cxx: string[] } {
  const last = (first: string): string[] =>
    commandWords(`${first} ${ldflags}`)
      .filter((flag) => flag.startsWith('-fuse-ld='))
      .slice(-1)
  return { c: last(cflags), cxx: last(cxxflags) }
}

async function linkersOf(question: ToolchainQuestion, cc: Compiler, cxx: Compiler | undefined): Promise<string> {
  const flags = linkerFlags(question)
  const asked = [linkerOf(question, [...cc.words, ...flags.c]), ...(cxx ? [linkerOf(question, [...cxx.words, ...flags.cxx])] : [])]
  return [...new Set(await Promise.all(asked))].join(', ')
}

// Asked through the compiler, because that is who picks it; ld, lld, gold and mold all answer on standard output.
async function linkerOf(question: ToolchainQuestion, words: readonly string[]): Promise<string> {
  const { stdout } = await start(question, [...words, '-Wl,--version', '-o', '/dev/null'])
  const line = firstLine(stdout)
  if (!/^(GNU (ld|gold)|(\S+ )?LLD|mold|wild)\b/i.test(line))
    throw new HostError('UNSUPPORTED', `the linker of ${words.join(' ')} does not say what it is`)
  return line.slice(0, 300)
}

// glibc says its version in features.h, so this is what programs are built against, also when CC builds for another root.
// musl has no such macro on purpose; there its loader says it, through ldd, and exits with 1.
async function libcOf(question: ToolchainQuestion, cc: readonly string[]): Promise<string> {
  const macros = await start(question, [...cc, '-include', 'features.h', '-dM', '-E', '-x', 'c', '/dev/null'])
  const glibc = /^#define __GLIBC__ (\d+)$/m.exec(macros.stdout)?.[1]
  const minor = /^#define __GLIBC_MINOR__ (\d+)$/m.exec(macros.stdout)?.[1]
  if (glibc !== undefined && minor !== undefined) return `glibc ${glibc}.${minor}`
  const musl = /^musl libc.*\nVersion (\S{1,40})$/m.exec((await start(question, ['ldd', '--version'])).stderr)?.[1]
  if (musl === undefined) throw new HostError('UNSUPPORTED', 'the C library is neither glibc nor musl')
  return `musl ${musl}`
}

async function start(question: ToolchainQuestion, words: readonly string[]): Promise<Ran> {
  const [program = '', ...args] = words
  return await question.run(program, args, { env: { ...question.env, LC_ALL: 'C' }, ...LIMITS })
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.trim() ?? ''
}
