/**
 * No test file holds a whole run: one that takes longer than any may is killed with all that it has started, and its name is said.
 *
 * The `timeout` of Node's runner is each test's own, in the file's process: it ends no file that blocks, or that waits for what it has started.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readdirSync, readFileSync } from 'node:fs'
import { systemCode } from '../../src/base/errors.ts'

const LOOK_MS = 1000

/** Watches what this process starts from now on; call what is given back when the run is over. */
export function endOverdue(longestMs: number, say: (line: string) => void): () => void {
  const seen = new Map<number, number>()
  // Whoever holds the run's lock is to stay as long as the run.
  const before = new Set(childrenOf(process.pid))
  const watch = setInterval(() => {
    for (const pid of childrenOf(process.pid).filter((child) => !before.has(child))) {
      const since = seen.get(pid) ?? performance.now()
      seen.set(pid, since)
      if (performance.now() - since < longestMs) continue
      seen.delete(pid)
      say(`${fileOf(pid)}: ended, for it took longer than ${longestMs / 1000} s`)
      killTree(pid)
    }
  }, LOOK_MS)
  watch.unref()
  return () => clearInterval(watch)
}

/** What it has started goes first: whatever holds its output would keep the runner waiting, and be nobody's child afterwards. */
function killTree(pid: number): void {
  const children = childrenOf(pid)
  for (const child of children) killTree(child)
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (systemCode(error) !== 'ESRCH') throw error
  }
}

function childrenOf(pid: number): number[] {
  const tasks = orNothing(() => readdirSync(`/proc/${pid}/task`)) ?? []
  const lists = tasks.map((task) => orNothing(() => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8')) ?? '')
  return lists.join(' ').split(' ').filter(Boolean).map(Number)
}

function fileOf(pid: number): string {
  const words = (orNothing(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ?? '').split('\0')
  return words.findLast((word) => word !== '') ?? String(pid)
}

function orNothing<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ESRCH') return undefined
    throw error
  }
}
