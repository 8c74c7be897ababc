/**
 * What a run left that was killed is gone before new hosts are made: its processes, and the folders of its hosts.
 *
 * Namespaces and mounts need no cleaning: they end with the process that made them (holder.ts).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemCode } from '../../../src/base/errors.ts'
import { paths } from '../ground/paths.ts'

/** Variable by which a run of all tests tells the processes of its test files who they belong to. */
export const RUN_VARIABLE = 'STANDIN_TEST_RUN'

/** Lies in a process's folder of hosts and names the run that it belongs to. */
const RUN_FILE = 'run'

/** This process's own folder of hosts. Leftovers of others go first. */
export function ownFolder(): string {
  removeLeftovers()
  const own = processName(process.pid)
  const folder = join(paths.hosts, own)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, RUN_FILE), process.env[RUN_VARIABLE] ?? own)
  return folder
}

/** Forgets `folder` once no network of this process has a host in it. */
export function removeIfEmpty(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).every((name) => name === RUN_FILE)) rmSync(folder, { recursive: true })
}

/** `PID-STARTTIME`, which no two processes ever share, or `gone`. */
export function processName(pid: number): string {
  const stat = textOr(`/proc/${pid}/stat`)
  // Field 22, counted from behind the program's name, which may hold anything.
  return stat === '' ? 'gone' : `${pid}-${stat.replace(/^.*\) /s, '').split(' ')[19]}`
}

function removeLeftovers(): void {
  for (const name of readdirSync(paths.hosts)) {
    const folder = join(paths.hosts, name)
    const run = textOr(join(folder, RUN_FILE))
    if (isAlive(name) && (run === '' || isAlive(run))) continue
    // A test file's process outlives a run that is killed: nobody else would ever end it.
    if (isAlive(name)) process.kill(Number.parseInt(name, 10), 'SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Whether `name` is that of a process that runs. */
export function isAlive(name: string): boolean {
  return processName(Number.parseInt(name, 10)) === name
}

function textOr(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ESRCH') return ''
    throw error
  }
}
