/**
 * The host that somebody types `emerge` on: it takes stand-ins from a publisher, and can be held at any phase.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Started } from '../host/enter.ts'
import type { Host } from '../host/host.ts'
import type { HostOptions } from '../host/options.ts'
import type { Snapshot } from '../host/snapshot.ts'
import { startDaemon } from '../standin/daemon.ts'
import { type InstallOptions, installStandin } from '../standin/install.ts'
import { addGate } from './gate.ts'
import type { Publisher } from './publisher.ts'

export interface Consumer {
  readonly host: Host
  daemon: Started
  /** What stand-ins may touch, and everything else that an emerge could before it merges. */
  tree(): Promise<Snapshot>
  /** Types `emerge` on a terminal of its own. */
  emerge(...args: readonly string[]): Promise<Started>
}

export type ConsumerOptions = Omit<HostOptions, 'name'> & {
  /** Default features `install`, unless the hook is off. */
  readonly standin?: InstallOptions
}

/** Settings of a host whose copy has to come before the merge, however loaded this machine is. */
export const PATIENT = { install_wait: '30' } as const

/** A line on the terminal, or of the daemon's log. */
export const USABLE: RegExp = /can be used now/
export const PURGED: RegExp = /stand-in purged/

export async function createConsumer(publisher: Publisher, name: string, options: ConsumerOptions = {}): Promise<Consumer> {
  const { standin, ...hostOptions } = options
  const host = await publisher.network.createHost({ ...hostOptions, name })
  const on = standin?.hook === false ? {} : { features: 'install' }
  await installStandin(host, { policy: publisher.policy, ...on, ...standin })
  addGate(host)
  const daemon = await startDaemon(host)
  return {
    host,
    daemon,
    tree: () => host.snapshot({ below: ['/bin', '/etc', '/lib', '/lib64', '/opt', '/sbin', '/usr'] }),
    emerge: (...args) => host.start(['emerge', '--color=n', ...args], { pty: true, env: { NO_COLOR: '1' } }),
  }
}
