/**
 * Runs a program in the place of this one: same terminal, same environment, each signal passed on, its exit code given back.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { HostError } from '../base/errors.ts'

const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const

/** Errors: HostError MISSING_PROGRAM. A program that a signal ended gives 128 and its number, as in a shell. */
export async function execute(program: string, args: readonly string[]): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  // Heard before the program starts: a signal that came in between would end this process and leave the program behind.
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal)
  for (const signal of PASSED_ON) process.on(signal, pass)
  const child = spawn(program, args, { stdio: 'inherit' })
  child.on('error', (error) => reject(new HostError('MISSING_PROGRAM', `could not start ${program}: ${error.message}`, { cause: error })))
  child.on('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
  return promise.finally(() => {
    for (const signal of PASSED_ON) process.off(signal, pass)
  })
}
