/**
 * Runs a program of this machine and gives its output, or a HostError that names what was being done and the last line of complaint.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { execa } from 'execa'
import { HostError } from '../../../src/base/errors.ts'

export interface ProgramOptions {
  readonly cwd?: string
  readonly env?: Record<string, string>
  readonly input?: string
  readonly timeoutSeconds?: number
}

/** Standard output of `argv`, without its last newline. Errors: HostError MISSING_PROGRAM, TIMED_OUT or PROGRAM_FAILED. */
export async function program(doing: string, argv: readonly [string, ...string[]], options: ProgramOptions = {}): Promise<string> {
  const [file, ...args] = argv
  const result = await execa(file, args, {
    reject: false,
    input: options.input ?? '',
    timeout: (options.timeoutSeconds ?? 600) * 1000,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env }),
  })
  if (!result.failed) return result.stdout
  if (result.code === 'ENOENT')
    throw new HostError('MISSING_PROGRAM', `${doing}: ${file} is not on PATH: install it, or add its folder to PATH`)
  if (result.timedOut) throw new HostError('TIMED_OUT', `${doing}: ${file} took more than ${options.timeoutSeconds ?? 600} s`)
  const complaint = `${result.stdout}\n${result.stderr}`.trimEnd().split('\n').at(-1)?.trim() ?? ''
  throw new HostError('PROGRAM_FAILED', `${doing}: ${file} ended with ${result.exitCode ?? result.signal}: ${complaint}`, { cause: result })
}
