/**
 * Says whether an emerge runs on this host beside a known one; in doubt it does.
 *
 * Sources: proc_pid_cmdline(5), proc_pid_stat(5). A script keeps its path in its command line, through python-exec too; its comm is python's on most hosts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { HostError } from '../base/errors.ts'
import { readText } from './bounded.ts'

// An interpreter, its options and the script come first; packages that somebody is merging may be called emerge too.
const SCRIPT_WORDS = 6
const MAX_BYTES = 4 * 1024 * 1024
const MOST_ANCESTORS = 64

/** Processes that a known emerge has forked carry its command line; they are not another one. Whoever calls emerge is none either. */
export function runsBeside(procRoot: string, pid: number): boolean {
  return readdirSync(procRoot).some(
    (name) => /^\d+$/.test(name) && Number(name) !== pid && isEmerge(procRoot, name) && !descends(procRoot, name, pid),
  )
}

function isEmerge(procRoot: string, pid: string): boolean {
  const words = (textOf(join(procRoot, pid, 'cmdline')) ?? '').split('\0', SCRIPT_WORDS)
  return words[0] !== undefined && /^(python|emerge|pypy)/.test(basename(words[0])) && words.some((word) => basename(word) === 'emerge')
}

function descends(procRoot: string, pid: string, from: number): boolean {
  let current = pid
  for (let at = 0; at < MOST_ANCESTORS; at += 1) {
    const stat = textOf(join(procRoot, current, 'stat')) ?? ''
    const parent = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? '0'
    if (parent === '0' || parent === '') return false
    if (Number(parent) === from) return true
    current = parent
  }
  return false
}

/** A process may end between two looks at it. */
function textOf(path: string): string | undefined {
  try {
    return readText(path, MAX_BYTES)
  } catch (error) {
    if (error instanceof HostError) return undefined
    throw error
  }
}
