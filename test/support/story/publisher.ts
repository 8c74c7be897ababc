/**
 * The host that copies come from: it has emerged packages with `publish` on, and gives them to all who ask on its network.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Host } from '../host/host.ts'
import type { Started } from '../host/enter.ts'
import type { Network } from '../host/network.ts'
import type { HostOptions } from '../host/options.ts'
import { keyIdOf, policyNaming } from '../standin/ask.ts'
import { startDaemon } from '../standin/daemon.ts'
import { installStandin } from '../standin/install.ts'

export interface Publisher {
  readonly host: Host
  readonly daemon: Started
  readonly network: Network
  /** A policy for others that names this host. */
  readonly policy: string
}

/** Emerges `packages`, each of which must end with its archive given to others. */
export async function createPublisher(
  network: Network,
  packages: readonly string[],
  options: Partial<HostOptions> = {},
): Promise<Publisher> {
  const host = await network.createHost({ name: 'alpha', ...options })
  await installStandin(host, { features: 'publish' })
  const daemon = await startDaemon(host)
  await host.emerge(packages)
  for (const name of packages) await daemon.waitFor(new RegExp(`^${name}-\\S+: published`, 'm'))
  return { host, daemon, network, policy: policyNaming(keyIdOf(host)) }
}
