/**
 * Namespaces live exactly as long as their holder, and a holder exactly as long as the process that started it wants, or lives.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { HostError } from '../../../src/base/errors.ts'

export interface Holder {
  /** Process in the namespaces, as the machine counts. */
  readonly pid: number
  /** Ends every process in them; they are gone when this returns. */
  end(): Promise<void>
}

const ENVIRONMENT = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' }

/** Unshares `kinds` (options of unshare) and runs `argv` there, which says `ready` and ends with its input. Errors: HostError PROGRAM_FAILED. */
export async function startHolder(kinds: readonly string[], argv: readonly string[]): Promise<Holder> {
  // A session of its own: Ctrl-C in a terminal ends the tests, which close their hosts, and not the hosts under them.
  const child = spawn('unshare', [...kinds, ...argv], { stdio: ['pipe', 'pipe', 'pipe'], env: ENVIRONMENT, detached: true })
  const exited = once(child, 'exit')
  await untilReady(child, argv)
  // A forgotten host must not keep the tests from ending: it ends with them.
  child.unref()
  for (const stream of [child.stdin, child.stdout, child.stderr]) if (stream instanceof Socket) stream.unref()
  const pid = kinds.includes('--fork') ? onlyChild(child.pid ?? 0) : (child.pid ?? 0)
  return {
    pid,
    async end() {
      child.ref()
      child.stdin?.end()
      await exited
    },
  }
}

async function untilReady(child: ChildProcess, argv: readonly string[]): Promise<void> {
  let said = ''
  let complaint = ''
  child.stderr?.on('data', (chunk) => (complaint = `${complaint}${chunk}`.slice(-2000)))
  child.once('error', (error) => (complaint = error.message))
  for await (const chunk of child.stdout ?? []) {
    said += String(chunk)
    if (said.includes('ready\n')) return
  }
  throw new HostError('PROGRAM_FAILED', `${argv.join(' ')} did not get ready: ${complaint.trim()}`)
}

function onlyChild(pid: number): number {
  return Number.parseInt(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'), 10)
}
