/**
 * A toolchain is asked what it is once, and again when any file that its answer came from is another one, or when the answer is a minute old.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readdirSync, realpathSync, statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { HostError, systemCode } from '../base/errors.ts'
import { specsFiles } from './defaults.ts'
import type { Ran } from './run.ts'
import { commandWords, linkerFlags, readToolchain, type Toolchain, type ToolchainQuestion } from './toolchain.ts'

/** Made and kept by the caller. */
export type ToolchainCache = Map<string, Promise<Answer>>

interface Answer {
  readonly toolchain: Toolchain
  readonly files: readonly string[]
  /** Of the files before they were asked, so that one that is replaced meanwhile shows. */
  readonly identity: string
  readonly at: number
}

/** For what no list of files can tell: a wrapper that looks somewhere else now. */
const KEEP_MS = 60_000
const MOST_KEPT = 20

/** Most headers that stand behind features.h. */
const MOST_HEADERS = 100

/** Most places of a specs file, or files of settings, of one compiler. */
const MOST_SETTINGS = 100

const LINKERS = ['ld', 'ld.bfd', 'ld.gold', 'ld.lld', 'ld.mold', 'ld64.lld', 'mold', 'lld', 'wild']

/** As `readToolchain`, and with its errors. `now` in milliseconds, of any beginning. */
export async function knownToolchain(question: ToolchainQuestion, cache: ToolchainCache, now: () => number): Promise<Toolchain> {
  const { cc, cxx, chost, env } = question
  const key = JSON.stringify([cc, cxx, chost, linkerFlags(question), env])
  const known = cache.get(key)
  const before = await known?.catch(() => undefined)
  if (before !== undefined && now() - before.at < KEEP_MS && identityOf(before.files) === before.identity) return before.toolchain
  // Whoever was as late as this one has asked anew by now.
  const asked = cache.get(key)
  if (asked !== undefined && asked !== known) return (await asked).toolchain
  const asking = ask(question, now())
  cache.delete(key)
  cache.set(key, asking)
  const oldest = cache.keys().next().value
  if (cache.size > MOST_KEPT && oldest !== undefined) cache.delete(oldest)
  return (await asking).toolchain
}

async function ask(question: ToolchainQuestion, at: number): Promise<Answer> {
  const files = [...programsOf(question), ...(await namedFiles(question))]
  const identity = identityOf(files)
  return { toolchain: await readToolchain(question), files, identity, at }
}

/** Each place on PATH of each program that may be asked, be there one or not: a launcher looks for the next of its name, and a new one may come before. */
function programsOf({ cc, cxx, chost, env }: ToolchainQuestion): string[] {
  const given = commandWords(`${cc} ${cxx}`).filter((word) => !word.startsWith('-'))
  // clang takes settings that lie beside it.
  const beside = given.map((name) => `${name}.cfg`)
  const names = [...given, ...beside, ...['gcc', 'g++', ...LINKERS].flatMap((name) => [name, `${chost}-${name}`]), 'ldd']
  const folders = (env['PATH'] ?? '').split(':').filter(isAbsolute)
  const found = names.flatMap((name) => (name.includes('/') ? [name] : folders.map((folder) => join(folder, name))))
  // What gcc-config's wrapper reads.
  return [...found, '/etc/env.d/gcc/.NATIVE', `/etc/env.d/gcc/config-${chost}`]
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

/** Resolved path, device, inode, size and change times of those that are there. */
function identityOf(files: readonly string[]): string {
  return JSON.stringify(files.map(identityOfFile))
}

function identityOfFile(path: string): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true })
    return [realpathSync(path), dev, ino, size, mtimeNs, ctimeNs].join(' ')
  } catch (error) {
    const code = systemCode(error)
    if (code === undefined) throw error
    return code
  }
}
