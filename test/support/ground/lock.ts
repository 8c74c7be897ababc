/**
 * Of all processes of this machine one at a time holds a lock file, and it is free again once its holder is dead, however it died.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { HostError } from '../../../src/base/errors.ts'

/** Runs `task` while holding `path`; says so when it has to wait for another process. */
export async function withLock<T>(path: string, say: (line: string) => void, task: () => Promise<T>): Promise<T> {
  const release = await takeLock(path, say)
  try {
    return await task()
  } finally {
    await release()
  }
}

/** Takes `path`; the function that is returned lets go. Errors: HostError MISSING_PROGRAM without util-linux. */
export async function takeLock(path: string, say: (line: string) => void): Promise<() => Promise<void>> {
  // The descriptor is flock's own, and its shell ends with our end of its input; where it waits for another run, with us.
  const script = 'flock --nonblock 9 || { echo waiting; setpriv --pdeathsig KILL flock 9; }; echo locked; read -r _'
  const shell = ['bash', '-c', `exec 9>>"$1"; ${script}`, 'lock', path]
  const holder = spawn('setpriv', ['--pdeathsig', 'KILL', ...shell], { stdio: ['pipe', 'pipe', 'inherit'], detached: true })
  const ended = once(holder, 'exit')
  for await (const chunk of holder.stdout) {
    const text = String(chunk)
    if (text.includes('waiting')) say(`waiting for another run (${path})`)
    if (text.includes('locked')) break
  }
  if (holder.exitCode !== null) throw new HostError('MISSING_PROGRAM', `could not lock ${path}: are flock and setpriv of util-linux there?`)
  return async () => {
    holder.stdin.end()
    await ended
  }
}
