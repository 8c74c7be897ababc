/**
 * Where hosts to cut on lie: in memory, where flushing costs nothing, or where it matters on a disk, which gives the numbers of inodes again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { accessSync, constants, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Course } from './scenario.ts'

const MEMORY = '/dev/shm'
const RUN = 'STANDIN_FAULTS_RUN'

/** To be called once by whoever starts workers; gives what removes all that they leave. */
export function takeFolders(): () => void {
  const name = `standin-faults-${process.pid}`
  process.env[RUN] = name
  for (const base of [inMemory(), tmpdir()]) removeDead(base)
  const folders = [inMemory(), tmpdir()].map((base) => join(base, name))
  for (const folder of folders) mkdirSync(folder, { recursive: true, mode: 0o700 })
  // Each of thousands of processes would compile the same modules.
  process.env['NODE_COMPILE_CACHE'] = join(inMemory(), name, 'compiled')
  return () => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  }
}

/** What a run that was killed has left. */
function removeDead(base: string): void {
  for (const name of readdirSync(base)) {
    const pid = /^standin-faults-(\d+)$/.exec(name)?.[1]
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(join(base, name), { recursive: true, force: true })
  }
}

export function folderFor(course: Course): string {
  return join(course === 'merged' ? tmpdir() : inMemory(), process.env[RUN] ?? '')
}

/** The other of both; on a machine that has but one filesystem that one. */
export function otherFilesystem(top: string): string {
  const isInMemory = statSync(top).dev === statSync(inMemory()).dev
  return join(isInMemory ? tmpdir() : inMemory(), process.env[RUN] ?? '')
}

/** For processes that get an environment of their own. */
export function compiled(): Record<string, string> {
  const folder = process.env['NODE_COMPILE_CACHE']
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: folder }
}

function inMemory(): string {
  try {
    accessSync(MEMORY, constants.W_OK)
    return MEMORY
  } catch {
    return tmpdir()
  }
}
