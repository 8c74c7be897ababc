/**
 * Folders of hosts whose process died without closing them are gone before new hosts are made; their namespaces died with it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { paths } from '../ground/paths.ts'

/** This process's own folder of hosts: named by pid and start time, which together no other process ever has. */
export function ownFolder(): string {
  removeLeftovers()
  const folder = join(paths.hosts, nameOf(process.pid))
  mkdirSync(folder, { recursive: true })
  return folder
}

/** Forgets `folder` once no network of this process has a host in it. */
export function removeIfEmpty(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length === 0) rmSync(folder, { recursive: true })
}

function removeLeftovers(): void {
  if (!existsSync(paths.hosts)) return
  for (const name of readdirSync(paths.hosts)) {
    const pid = Number.parseInt(name, 10)
    if (nameOf(pid) !== name) rmSync(join(paths.hosts, name), { recursive: true, force: true })
  }
}

/** `PID-STARTTIME`, or `gone`. Field 22 of /proc/PID/stat, counted from behind the program's name, which may hold anything. */
function nameOf(pid: number): string {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return `${pid}-${fields[19]}`
  } catch {
    return 'gone'
  }
}
