/**
 * Wardens of one host, one after another, each a process of its own; the first may be watched, and cut.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { compiled } from './folders.ts'
import type { Fault } from './tap.ts'

const FOLDER = join(import.meta.dirname, '..')
const LONGEST_MS = 20_000

export interface Warden {
  /** Settles with the signal or the exit code. */
  readonly ended: Promise<string>
  isRunning(): boolean
  /** Whether it has said so, by now or within that time, in the line with this number or a later one; false once it has ended. */
  said(what: RegExp, seconds: number, from?: number): Promise<boolean>
  lines(): readonly string[]
  /** As a service manager ends it. */
  stop(): Promise<void>
}

/** Settles once it is ready, or has ended. */
export async function startWarden(top: string, watched?: { readonly fault: Fault | undefined; readonly log: string }): Promise<Warden> {
  const env = { PATH: process.env['PATH'], ...compiled(), ...(watched !== undefined && { STANDIN_FAULT: JSON.stringify(watched) }) }
  const child = spawn(process.execPath, ['--import', join(FOLDER, 'tap.ts'), join(FOLDER, 'warden.ts'), top], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const lines: string[] = []
  let heard = Promise.withResolvers<void>()
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line)
    heard.resolve()
    heard = Promise.withResolvers()
  })
  const ended = once(child, 'close').then(([code, signal]) => {
    heard.resolve()
    return String(signal ?? code)
  })
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null
  const said = async (what: RegExp, seconds: number, from = 0): Promise<boolean> => {
    const isSaid = (): boolean => lines.slice(from).some((line) => what.test(line))
    const limit = new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000).unref())
    const until = performance.now() + seconds * 1000
    while (!isSaid() && isRunning() && performance.now() < until) await Promise.race([heard.promise, limit])
    return isSaid()
  }
  await said(/ is ready$/, LONGEST_MS / 1000)
  return {
    ended,
    isRunning,
    said,
    lines: () => lines,
    async stop() {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS)
      const how = await ended
      clearTimeout(late)
      if (how === 'SIGKILL' && performance.now() > LONGEST_MS) lines.push('ended: it hung')
    },
  }
}
