/**
 * A network is a bridge in a namespace of its own: hosts on it reach each other, by multicast too, and nothing else.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { createHash } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { program } from '../ground/program.ts'
import { startHolder } from './holder.ts'
import { createHost, type Host } from './host.ts'
import { ownFolder, removeIfEmpty } from './leftovers.ts'
import type { HostOptions } from './options.ts'

export interface Network {
  readonly name: string
  /** Such as `10.77.1.0/24`, made from the name, so that a failing test shows the same addresses again. */
  readonly subnet: string
  createHost(options: HostOptions): Promise<Host>
  /** Joins the namespace of process `pid` as a router does: its interface `device` there has the address that all hosts send to. */
  attachRouter(pid: number, device: string): Promise<void>
  /** Closes its hosts, then itself. */
  close(): Promise<void>
}

const BRIDGE = [
  'link set lo up',
  // With snooping and nobody who asks for memberships, multicast would be dropped after a while.
  'link add bridge type bridge forward_delay 0 mcast_snooping 0',
  'link set bridge up',
]

export async function createNetwork({ name = 'lan' }: { readonly name?: string } = {}): Promise<Network> {
  const folder = ownFolder()
  const prefix = `10.77.${1 + ((createHash('sha256').update(name).digest()[0] ?? 0) % 254)}`
  const router = `${prefix}.254`
  const holder = await startHolder(['--net'], ['bash', '-c', 'echo ready; read -r _ || :'])
  await ip(holder.pid, BRIDGE)
  const hosts = new Set<Host>()
  let ports = 0
  let addresses = 0
  let routed = false

  const plug = async (pid: number, device: string, address: string): Promise<void> => {
    const port = `port${(ports += 1)}`
    await ip(holder.pid, [`link add ${port} type veth peer name ${device} netns ${pid}`, `link set ${port} master bridge up`])
    await ip(pid, [
      `link set ${device} address ${hardwareAddress(address)}`,
      `addr add ${address}/24 broadcast + dev ${device}`,
      `link set ${device} up`,
    ])
  }
  const route = (pid: number): Promise<void> => ip(pid, [`route add default via ${router}`])

  return {
    name,
    subnet: `${prefix}.0/24`,
    async createHost(options) {
      const address = `${prefix}.${(addresses += 1)}`
      const connect = async (pid: number): Promise<void> => {
        await plug(pid, 'eth0', address)
        await ip(pid, ['route add 224.0.0.0/4 dev eth0'])
        if (routed) await route(pid)
      }
      const host = await createHost(mkdtempSync(join(folder, `${name}-${options.name}-`)), address, options, connect)
      hosts.add(host)
      return host
    },
    async attachRouter(pid, device) {
      await plug(pid, device, router)
      routed = true
      for (const host of hosts) if (host.pid > 0) await route(host.pid)
    },
    async close() {
      for (const host of hosts) await host.close()
      await holder.end()
      removeIfEmpty(folder)
    },
  }
}

/** Made from the address, since a machine keeps it over a reboot: its neighbours remember it for half a minute. */
function hardwareAddress(address: string): string {
  const bytes = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'))
  return ['02', '00', ...bytes].join(':')
}

/** Runs lines of `ip -batch` in the network namespace of process `pid`. */
async function ip(pid: number, lines: readonly string[]): Promise<void> {
  const argv = ['nsenter', '--target', String(pid), '--net', 'ip', '-batch', '-'] as const
  await program('setting up a network', argv, { input: `${lines.join('\n')}\n` })
}
