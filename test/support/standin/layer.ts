/**
 * Carries over what one real emerge changed on a host to other hosts, so that not each of them has to wait for Portage to do the same again.
 *
 * Nothing is known here of the package: files are those that differ between before and after. Caches and logs of Portage stay behind.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { program } from '../ground/program.ts'
import type { Host } from '../host/host.ts'
import type { Snapshot } from '../host/snapshot.ts'

/** Files that hosts differ in: of these the lines that the emerge added are carried over. */
const BY_LINE = ['/etc/passwd', '/etc/group', '/etc/shadow', '/etc/gshadow', '/var/lib/portage/world']
const LEFT = [
  /^\/etc\/((passwd|group|shadow|gshadow)-|\.pwd\.lock)$/, // what useradd keeps of the above
  /^\/etc\/(ld\.so\.cache|profile\.env|csh\.env|environment\.d(\/.*)?)$/, // each merge makes them anew from all that is installed
  /^\/var(?!\/db\/pkg\/)/, // all but the database of what is installed
]

export interface Moment {
  readonly snapshot: Snapshot
  readonly lines: ReadonlyMap<string, readonly string[]>
}

const isLeft = (path: string): boolean => LEFT.some((pattern) => pattern.test(path))

export async function look(host: Host): Promise<Moment> {
  const snapshot = await host.snapshot({ below: ['/etc', '/opt', '/usr', '/var'] })
  return { snapshot, lines: new Map(BY_LINE.map((path) => [path, host.read(path).split('\n')])) }
}

/** Writes what changed on `host` since `before` into `folder`. Throws when something was removed: that is more than a layer can say. */
export async function takeLayer(host: Host, before: Moment, folder: string): Promise<void> {
  const after = await look(host)
  const gone = [...before.snapshot.entries.keys()].filter((path) => !after.snapshot.entries.has(path) && !isLeft(path))
  if (gone.length > 0) throw new Error(`the emerge removed ${gone.join(' ')}`)
  const changed = [...after.snapshot.entries]
    .filter(([path, is]) => before.snapshot.entries.get(path) !== is && !isLeft(path) && !BY_LINE.includes(path))
    .map(([path]) => `.${path}\0`)
  const tar = ['tar', '-cf', join(folder, 'files.tar'), '-C', host.root, '--numeric-owner', '--no-recursion', '--null', '-T', '-'] as const
  await program('packing what was emerged', tar, { input: changed.join('') })
  const lines = [...after.lines].map(([path, now]) => [path, now.filter((line) => before.lines.get(path)?.includes(line) !== true)])
  writeFileSync(join(folder, 'lines.json'), JSON.stringify(lines))
}

export async function applyLayer(host: Host, folder: string): Promise<void> {
  const files = join(folder, 'files.tar')
  await program('unpacking what was emerged', ['tar', '-xpf', files, '-C', host.root, '--numeric-owner', '--no-overwrite-dir'])
  const table: [string, string[]][] = JSON.parse(readFileSync(join(folder, 'lines.json'), 'utf8'))
  for (const [path, lines] of table) {
    const before = host.read(path)
    const missing = lines.filter((line) => !before.split('\n').includes(line))
    host.write(path, `${before}${missing.map((line) => `${line}\n`).join('')}`)
  }
}
