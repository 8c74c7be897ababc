/**
 * Runs `standin` as a process of its own, on a pipe or on a terminal of its own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const TOP = join(import.meta.dirname, '../../..')
export const PROGRAM: readonly string[] = [process.execPath, join(TOP, 'src/cli/standin.ts')]
export const EXECUTES: readonly string[] = [process.execPath, join(import.meta.dirname, 'executes.ts')]

export interface Running {
  readonly child: ChildProcessWithoutNullStreams
  stdout(): string
  /** Resolves once standard output holds `text`; rejects when the program ends before. */
  shows(text: string): Promise<void>
  /** Exit code and all that was written. */
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>
}

const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString('utf8')

export function start(argv: readonly string[], env: Readonly<Record<string, string>>): Running {
  const [program = '', ...args] = argv
  const child = spawn(program, args, { env: { PATH: process.env['PATH'] ?? '', TERM: 'xterm', ...env } })
  const [out, err]: [Buffer[], Buffer[]] = [[], []]
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  let over = false
  const ended = once(child, 'close').then(([code]) => {
    over = true
    return { code: typeof code === 'number' ? code : null, stdout: text(out), stderr: text(err) }
  })
  return {
    child,
    stdout: () => text(out),
    async shows(wanted) {
      while (!text(out).includes(wanted)) {
        if (over) throw new Error(`ended without ${JSON.stringify(wanted)}: ${JSON.stringify(text(out))} ${JSON.stringify(text(err))}`)
        await Promise.race([once(child.stdout, 'data'), ended])
      }
    },
    ended,
  }
}

/** The same on a terminal of its own (script of util-linux), which standard input is typed into. */
export function startOnTerminal(argv: readonly string[], env: Readonly<Record<string, string>>): Running {
  const quoted = argv.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
  return start(['script', '--quiet', '--return', '--flush', '--command', `exec ${quoted}`, '/dev/null'], env)
}
