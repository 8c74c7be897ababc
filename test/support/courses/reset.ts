/**
 * Gives a host back as it was before a course, so that the next one may come: what was merged is unmerged, by Portage.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { rmSync } from 'node:fs'
import type { Host } from '../host/host.ts'
import type { Course } from './course.ts'
import { DISK, RAM } from './look.ts'

/** In the environment of an emerge that is none of the course's. */
export const standinOff: Readonly<Record<string, string>> = { STANDIN_FEATURES: '', INSTALL_MASK: '' }

export interface Base {
  readonly installed: ReadonlySet<string>
  /** What was in the files that a course writes; undefined where there was none. */
  readonly files: ReadonlyMap<string, string | undefined>
}

const BASHRC = '/etc/portage/bashrc'

const LEFTOVERS = [
  '/mnt/root',
  '/var/cache/binpkgs',
  '/var/cache/edb/mtimedb',
  '/var/db/pkg/*/-MERGING-*',
  '/var/log/emerge*.log',
  '/var/log/portage/elog/*',
  "'/var/tmp/with blank'",
  '/var/tmp/portage/[a-z]*',
  `${RAM}/portage`,
  `${DISK}/portage`,
]

export async function baseOf(host: Host, { files = {} }: Course): Promise<Base> {
  const texts = [BASHRC, ...Object.keys(files)].map((path) => [path, host.exists(path) ? host.read(path) : undefined] as const)
  return { installed: new Set(await installedOn(host)), files: new Map(texts) }
}

export function writeFiles(host: Host, { files = {} }: Course): void {
  for (const [path, text] of Object.entries(files)) host.write(path, text)
}

export async function reset(host: Host, base: Base): Promise<void> {
  for (const [path, text] of base.files) {
    if (text === undefined) rmSync(host.path(path), { force: true })
    else host.write(path, text)
  }
  await host.run(['sh', '-c', `rm -rf ${LEFTOVERS.join(' ')}`])
  const merged = (await installedOn(host)).filter((cpv) => !base.installed.has(cpv))
  if (merged.length === 0) return
  await host.emerge(['--unmerge', '--quiet', ...merged.map((cpv) => `=${cpv}`)], { env: { ...standinOff, CLEAN_DELAY: '0' } })
}

async function installedOn(host: Host): Promise<string[]> {
  const { stdout } = await host.run(['sh', '-c', 'cd /var/db/pkg && ls -d */[a-z]*'])
  return stdout.split('\n').filter(Boolean)
}
