/**
 * After `prepareGround` everything is there that a test host is made of, and a second call takes what the first one made.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { copyFileSync, existsSync, mkdirSync, renameSync, statSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { HostError, UserError } from '../../../src/base/errors.ts'
import { markAbsent } from './absent.ts'
import { installDebianPackages } from './debian.ts'
import { withLock } from './lock.ts'
import { unpackOpenrc } from './openrc.ts'
import { paths } from './paths.ts'
import { installPortage } from './portage.ts'
import { program } from './program.ts'
import { fetchSources, type Versions } from './sources.ts'
import { recordProvided } from './vdb.ts'

export interface Ground {
  /** The ignored folder that everything lies in. */
  readonly folder: string
  /** Versions of the upstream programs that can be emerged, by name. */
  readonly versions: Versions
}

/** Sets the machine up. `say` gets one line before each step that takes time. Errors: UserError NOT_ROOT; HostError that names the remedy. */
export async function prepareGround(say: (line: string) => void): Promise<Ground> {
  if (process.getuid?.() !== 0) throw new UserError('NOT_ROOT', 'test hosts need root: namespaces and mounts are made')
  refusePath(paths.top)
  mkdirSync(paths.hosts, { recursive: true })
  return withLock(join(paths.made, 'prepare.lock'), say, async () => {
    refuseOverlay()
    await installDebianPackages(say)
    await installPortage(say)
    const versions = await fetchSources(say)
    await unpackOpenrc(say)
    await recordProvided(say)
    await markAbsent()
    await compileClock()
    copyNode()
    return { folder: paths.made, versions }
  })
}

/** meson writes paths into quotes of its own. Errors: HostError UNSUPPORTED. */
export function refusePath(checkout: string): void {
  if (!checkout.includes("'")) return
  throw new HostError('UNSUPPORTED', `${checkout}: there is an apostrophe in this path, which meson can't take: move the checkout`)
}

/** A container's own root cannot hold the upper folders of hosts. */
function refuseOverlay(): void {
  const OVERLAY = 0x794c7630
  if (statfsSync(paths.made).type !== OVERLAY) return
  throw new HostError(
    'UNSUPPORTED',
    `${paths.made} lies on an overlay: mount a folder of another filesystem there (a tmpfs of 4 GB will do)`,
  )
}

async function compileClock(): Promise<void> {
  const source = join(paths.top, 'test/support/host/clock.c')
  if (existsSync(paths.clock) && statSync(paths.clock).mtimeMs > statSync(source).mtimeMs) return
  await program('compiling the clock', ['gcc', '-O2', '-Wall', '-Werror', '-shared', '-fPIC', '-o', `${paths.clock}.new`, source])
  renameSync(`${paths.clock}.new`, paths.clock)
}

/** Hosts hard-link this copy, so that none of them can touch the one in node_modules. */
function copyNode(): void {
  if (existsSync(paths.node)) return
  copyFileSync(join(paths.top, 'node_modules/node/bin/node'), `${paths.node}.new`)
  renameSync(`${paths.node}.new`, paths.node)
}
