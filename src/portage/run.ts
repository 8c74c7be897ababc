/**
 * Runs a program of this host with the environment it is given and no other, and bounds its time and its output.
 *
 * By Node's own means: execa holds 15 MB for as long as the daemon runs, a quarter of what the warden may have.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { execFile, type ExecFileException } from 'node:child_process'
import { HostError } from '../base/errors.ts'

export interface RunOptions {
  /** The whole environment; PATH in it finds the program. */
  readonly env: Readonly<Record<string, string>>
  readonly timeoutMs: number
  /** Most bytes of each of stdout and stderr. */
  readonly maxBytes: number
  /** Ends the program. */
  readonly signal?: AbortSignal
  /** Its standard input is open as long as this process lives, and then at its end. Default: it is so at once. */
  readonly leash?: boolean
}

export interface Ran {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * How everything here starts a program, so that a test may say what a program answers.
 * Resolves for any exit code; rejects with HostError MISSING_PROGRAM, TIMED_OUT (the signal's too), or PROGRAM_FAILED (killed, or too much output).
 */
export type Run = (program: string, args: readonly string[], options: RunOptions) => Promise<Ran>

export const runProgram: Run = (program, args, options) => {
  const { promise, resolve, reject } = Promise.withResolvers<Ran>()
  const { env, timeoutMs: timeout, maxBytes: maxBuffer, signal } = options
  const how = { env: { ...env }, timeout, maxBuffer, signal, cwd: '/', killSignal: 'SIGKILL' } as const
  const child = execFile(program, [...args], how, (error, stdout, stderr) => {
    const exitCode = error === null ? 0 : error.code
    if (typeof exitCode === 'number') resolve({ exitCode, stdout: withoutNewline(stdout), stderr: withoutNewline(stderr) })
    else reject(failure(program, options, error))
  })
  if (options.leash !== true) child.stdin?.end()
  return promise
}

function failure(program: string, options: RunOptions, error: ExecFileException | null): HostError {
  const cause = { cause: error }
  const path = options.env['PATH'] ?? 'unset'
  if (error?.code === 'ENOENT') return new HostError('MISSING_PROGRAM', `${program} is not on PATH (${path})`, cause)
  // What floods is killed too.
  if (error?.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return new HostError('PROGRAM_FAILED', `${program}: too much output`, cause)
  if (error?.code === 'ABORT_ERR') return new HostError('TIMED_OUT', `${program} was called off`, cause)
  if (error?.killed === true) return new HostError('TIMED_OUT', `${program} took longer than ${options.timeoutMs} ms`, cause)
  return new HostError('PROGRAM_FAILED', `${program}: ${error?.signal ?? error?.code ?? 'failed'}`, cause)
}

function withoutNewline(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text
}
