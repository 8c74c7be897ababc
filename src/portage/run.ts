/**
 * Runs a program of this host with the environment it is given and no other, and bounds its time and its output.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { execa } from 'execa'
import { HostError } from '../base/errors.ts'

export interface RunOptions {
  /** The whole environment; PATH in it finds the program. */
  readonly env: Readonly<Record<string, string>>
  readonly timeoutMs: number
  /** Most bytes of each of stdout and stderr. */
  readonly maxBytes: number
}

export interface Ran {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * How everything here starts a program, so that a test may say what a program answers.
 * Resolves for any exit code; rejects with HostError MISSING_PROGRAM, TIMED_OUT, or PROGRAM_FAILED (killed, or too much output).
 */
export type Run = (program: string, args: readonly string[], options: RunOptions) => Promise<Ran>

export const runProgram: Run = async (program, args, options) => {
  const result = await execa(program, args, {
    env: options.env,
    extendEnv: false,
    timeout: options.timeoutMs,
    maxBuffer: options.maxBytes,
    forceKillAfterDelay: 1000,
    stdin: 'ignore',
    cwd: '/',
    reject: false,
  })
  if (result.exitCode !== undefined && !result.timedOut && !result.isMaxBuffer)
    return { exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr }
  if (result.code === 'ENOENT') throw new HostError('MISSING_PROGRAM', `${program} is not on PATH (${options.env['PATH'] ?? 'unset'})`)
  if (result.timedOut) throw new HostError('TIMED_OUT', `${program} took longer than ${options.timeoutMs} ms`)
  throw new HostError('PROGRAM_FAILED', `${program}: ${result.isMaxBuffer ? 'too much output' : (result.shortMessage ?? 'failed')}`, {
    cause: result.cause,
  })
}
