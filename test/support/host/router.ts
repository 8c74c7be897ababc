/**
 * A router passes packets between two networks, but no multicast, as between two homes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { HostError } from '../../../src/base/errors.ts'
import { startHolder } from './holder.ts'
import type { Network } from './network.ts'

export interface Router {
  close(): Promise<void>
}

/** Joins `a` and `b`, with the hosts that they have and will have. A network has one router at most. */
export async function createRouter(a: Network, b: Network): Promise<Router> {
  if (a.subnet === b.subnet) throw new HostError('UNSUPPORTED', `${a.name} and ${b.name} are both ${a.subnet}: give one another name`)
  const holder = await startHolder(['--net'], ['bash', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward; echo ready; read -r _ || :'])
  await a.attachRouter(holder.pid, 'eth0')
  await b.attachRouter(holder.pid, 'eth1')
  return { close: () => holder.end() }
}
