/**
 * Names the program that packs documents and manual pages of a build, in words that are equal on every host that has the same one.
 *
 * `bzip2` and `gzip` are names that Gentoo lets several programs have (app-alternatives), and each packs the same bytes in a way of its own.
 * Sources: `ecompress`, `ecompress-file` and `___makeopts_jobs` of Portage 3.0.83; `--threads` in xz(1).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { HostError } from '../base/errors.ts'
import { type AnswerCache, knownAnswer, placesOnPath } from './answers.ts'
import type { Run } from './run.ts'

export interface PackerQuestion {
  /** PORTAGE_COMPRESS: a name or a path, never a command of several words. Empty: nothing is packed; undefined: it is Portage's own choice. */
  readonly program: string | undefined
  /** PORTAGE_COMPRESS_FLAGS. */
  readonly flags: string | undefined
  readonly makeopts: string
  /** The whole environment of what is started; PATH finds the program. */
  readonly env: Readonly<Record<string, string>>
  readonly run: Run
}

const LIMITS = { timeoutMs: 20_000, maxBytes: 64 * 1024 }

/**
 * The first line that it says of its version; undefined where nothing is packed. `now` in milliseconds, of any beginning.
 * Errors: HostError MISSING_PROGRAM, TIMED_OUT, PROGRAM_FAILED; UNSUPPORTED for one that does not say what it is.
 */
export async function packerOf(question: PackerQuestion, cache: AnswerCache<string>, now: () => number): Promise<string | undefined> {
  const { program = 'bzip2', flags, env } = question
  if (program === '') return undefined
  const files = (): string[] => placesOnPath([program], env['PATH'] ?? '')
  const asking = { key: JSON.stringify([program, env]), files, ask: () => versionOf(program, question) }
  const version = await knownAnswer(asking, cache, now)
  // Portage tells it how many jobs there are. For one it writes other blocks than for several, and the same for any number of those.
  return program === 'xz' && flags === undefined
    ? `${version}, ${(await jobsOf(question)) > 1 ? 'several threads' : 'one thread'}`
    : version
}

const JOBS = /^[^]*\s(?:-[A-Ia-iK-Zk-z]*j\s*|--jobs(?:=|\s+))(\d+)\s/

async function jobsOf({ makeopts, env, run }: PackerQuestion): Promise<number> {
  const told = JOBS.exec(` ${makeopts} `)?.[1]
  if (told !== undefined) return Number(told)
  const { stdout } = await run('getconf', ['_NPROCESSORS_ONLN'], { env, ...LIMITS })
  return Number.parseInt(stdout, 10)
}

async function versionOf(program: string, { env, run }: PackerQuestion): Promise<string> {
  const { exitCode, stdout, stderr } = await run(program, ['--version'], { env: { ...env, LC_ALL: 'C' }, ...LIMITS })
  // bzip2 says it on standard error, and may go on to pack what it reads, which is nothing.
  const line = [stdout, stderr].map((text) => (text.split('\n', 1)[0] ?? '').trim().replace(/\s+/g, ' ')).find(saysVersion)
  if (exitCode === 0 && line !== undefined) return line.slice(0, 300)
  throw new HostError('UNSUPPORTED', `${program}, which packs documents, does not say what it is`)
}

function saysVersion(line: string): boolean {
  return /^[ -~]+$/.test(line) && /\d\.\d/.test(line)
}
