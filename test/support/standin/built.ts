/**
 * What a user has before `emerge app-portage/standin`: the tarball and the overlay; and what a first emerge of it did, for the hosts after.
 *
 * Each is made once for each state of the sources, however many processes ask; the second by a real emerge from source on a host of its own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import fg from 'fast-glob'
import { makeDist } from '../../../packaging/dist.ts'
import { withLock } from '../ground/lock.ts'
import { paths } from '../ground/paths.ts'
import type { Host } from '../host/host.ts'
import { createNetwork } from '../host/network.ts'
import { look, takeLayer } from './layer.ts'

export interface Built {
  readonly tarball: string
  readonly overlay: string
}

/** Everything that ends up in the tarball, or in how it is installed. */
const INPUTS = ['src/**', 'hooks/**', 'etc-portage/**', 'packaging/**', 'package*.json', 'LICENSE', 'test/support/{repo/eclass,standin}/*']
const KEPT = 4
const folder = join(paths.made, 'standin')

/** Builds it unless it is there. */
export function builtStandin(): Promise<Built> {
  return alone(async (made) => {
    if (!existsSync(made)) await build(made)
    const now = new Date()
    utimesSync(made, now, now)
    removeOld()
    return found(made)
  })
}

/** What an emerge of it changed on a host: see layer.ts. Emerges it unless that is there. */
export function emergedLayer(built: Built): Promise<string> {
  return alone(async () => {
    // Beside what was built, though somebody may have edited a source since.
    const layer = join(dirname(built.tarball), 'layer')
    if (!existsSync(layer)) await emergeOnce(built, layer)
    return layer
  })
}

async function alone<T>(work: (made: string) => Promise<T>): Promise<T> {
  mkdirSync(folder, { recursive: true })
  return withLock(
    `${folder}.lock`,
    () => undefined,
    () => work(join(folder, sourcesHash())),
  )
}

/** Puts on `host` what a user would: the tarball among the distfiles, the overlay, its line in repos.conf, and that ~amd64 is wanted. */
export function provideStandin(host: Host, { tarball, overlay }: Pick<Built, 'tarball' | 'overlay'>): void {
  host.write(`/var/cache/distfiles/${basename(tarball)}`, readFileSync(tarball))
  cpSync(overlay, host.path('/var/db/repos/standin'), { recursive: true })
  host.write('/etc/portage/repos.conf/standin.conf', '[standin]\nlocation = /var/db/repos/standin\nauto-sync = no\n')
  append(host, '/etc/portage/profile/package.provided', 'app-shells/bash-5.2\n') // what runs emerge there is the machine's own
  host.write('/etc/portage/package.accept_keywords/standin', 'app-portage/standin ~amd64\n')
}

export function append(host: Host, path: string, text: string): void {
  host.write(path, `${host.exists(path) ? host.read(path) : ''}${text}`)
}

function found(made: string): Built {
  const tarball = readdirSync(made).find((name) => name.endsWith('.tar.xz')) ?? ''
  return { tarball: join(made, tarball), overlay: join(made, 'overlay') }
}

/** The rename is the commit point. */
async function build(made: string): Promise<void> {
  const draft = `${made}.new`
  rmSync(draft, { recursive: true, force: true })
  await makeDist(draft)
  renameSync(draft, made)
}

/** The rename is the commit point. */
async function emergeOnce(built: Built, layer: string): Promise<void> {
  const draft = `${layer}.new`
  rmSync(draft, { recursive: true, force: true })
  const network = await createNetwork({ name: 'standin-build' })
  try {
    const host = await network.createHost({ name: 'builder' })
    provideStandin(host, built)
    const before = await look(host)
    await host.emerge(['app-portage/standin'])
    mkdirSync(draft)
    await takeLayer(host, before, draft)
  } finally {
    await network.close()
  }
  renameSync(draft, layer)
}

function sourcesHash(): string {
  const hash = createHash('sha256')
  for (const path of fg.globSync(INPUTS, { cwd: paths.top, stats: true }).toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    const file = join(paths.top, path.path)
    hash.update(`${path.path}\0${statSync(file).mode & 0o111}\0${statSync(file).size}\0`).update(readFileSync(file))
  }
  return hash.digest('hex').slice(0, 16)
}

/** Only one process holds the lock, and the copies that others made from an older one are on their hosts already. */
function removeOld(): void {
  const byAge = readdirSync(folder)
    .map((name) => ({ name, used: statSync(join(folder, name)).mtimeMs }))
    .toSorted((a, b) => b.used - a.used)
  for (const { name } of byAge.slice(KEPT)) rmSync(join(folder, name), { recursive: true })
}
