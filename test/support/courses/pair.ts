/**
 * Two hosts of the same making: on one the hooks are on, a daemon runs and somebody offers copies; on the other nothing of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Started } from '../host/enter.ts'
import type { Host } from '../host/host.ts'
import { createNetwork, type Network } from '../host/network.ts'
import type { HostOptions } from '../host/options.ts'
import { startDaemon } from '../standin/daemon.ts'
import { installStandin } from '../standin/install.ts'
import { keyIdOf, policyNaming } from '../standin/ask.ts'
import { DISK, RAM } from './look.ts'

export interface Pair {
  readonly on: Host
  readonly off: Host
  readonly daemon: Started
  close(): Promise<void>
}

/** What setup waits for, so that a copy stands in before the package is built, however small that is. */
const WAIT = { install_wait: '60' }

const COMMON: Omit<HostOptions, 'name'> = { hostname: 'course.test', makeopts: '-j2' }

/** Copies of `cpvs` are offered, some of them made of `ebuilds` that only courses have. */
export async function createPair(name: string, cpvs: readonly string[], ebuilds: Readonly<Record<string, string>>): Promise<Pair> {
  const network = await createNetwork({ name })
  const disk = mkdtempSync(join(tmpdir(), 'standin-disk-'))
  const close = async (): Promise<void> => {
    await network.close()
    rmSync(disk, { recursive: true, force: true })
  }
  try {
    const policy = await publish(network, cpvs, ebuilds)
    const host = async (of: string): Promise<Host> => {
      const made = await network.createHost({ ...COMMON, name: of, binds: { [DISK]: mkdtempSync(join(disk, of)) } })
      await made.run(['sh', '-c', `mount -o remount,bind,rw ${DISK} && chmod 755 ${DISK} && mkdir ${RAM} && mount -t tmpfs tmpfs ${RAM}`])
      return made
    }
    const [on, off] = [await host('on'), await host('off')]
    await installStandin(on, { features: 'install publish', policy, settings: WAIT })
    await installStandin(off, { hook: false })
    return { on, off, daemon: await startDaemon(on), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Somebody emerges `cpvs` and gives them to all; gives back a policy that names this host. */
async function publish(network: Network, cpvs: readonly string[], ebuilds: Readonly<Record<string, string>>): Promise<string> {
  const host = await network.createHost({ name: 'publisher', makeConf: { FAILS_IN: 'none' } })
  for (const [path, text] of Object.entries(ebuilds)) host.write(path, text)
  await installStandin(host, { features: 'publish' })
  const daemon = await startDaemon(host)
  if (cpvs.length > 0) await host.emerge(cpvs.map((cpv) => `=${cpv}`))
  for (const cpv of cpvs) await daemon.waitFor(new RegExp(`^${cpv}: published`, 'm'))
  return policyNaming(keyIdOf(host))
}
