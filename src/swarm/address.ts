/**
 * Only addresses that a peer can really have are ever connected to: a stranger's list never makes this host knock on its own services.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { BlockList, isIP } from 'node:net'

/** `host` without brackets, IPv4-mapped IPv6 written as IPv4. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** Never a peer: unspecified, multicast, broadcast. */
const nowhere = new BlockList()
nowhere.addSubnet('0.0.0.0', 8, 'ipv4')
nowhere.addSubnet('224.0.0.0', 3, 'ipv4')
nowhere.addAddress('::', 'ipv6')
nowhere.addSubnet('ff00::', 8, 'ipv6')

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Splits `1.2.3.4:5` or `[::1]:5`; undefined for anything else. */
export function parseAddress(text: string): Address | undefined {
  if (text.length > 64) return undefined
  const at = text.lastIndexOf(':')
  const port = Number(text.slice(at + 1))
  const written = text.slice(0, at)
  const host = plainHost(written.startsWith('[') && written.endsWith(']') ? written.slice(1, -1) : written)
  if (isIP(host) === 0 || !/^\d{1,5}$/.test(text.slice(at + 1))) return undefined
  return port > 0 && port < 65_535 ? { host, port } : undefined
}

export function formatAddress({ host, port }: Address): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`
}

/** A socket's remote address as it is written everywhere else: `::ffff:1.2.3.4` is `1.2.3.4`. */
export function plainHost(host: string): string {
  return host.startsWith('::ffff:') && isIP(host.slice(7)) === 4 ? host.slice(7) : host
}

/** What one stranger has at the least: an IPv4 address, or the first 64 bits of an IPv6 one (RFC 6177: nobody gets fewer). */
export function networkOf(host: string): string {
  if (isIP(host) !== 6) return host
  const [head = '', tail] = host.split('::')
  const [left, right] = [head, tail ?? ''].map((half) => half.split(':').filter((group) => group !== ''))
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - (left?.length ?? 0) - (right?.length ?? 0))
  const groups = [...(left ?? []), ...Array.from({ length: zeros }, () => '0'), ...(right ?? [])]
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}

export function isLoopback(host: string): boolean {
  const family = isIP(host)
  return family !== 0 && loopback.check(host, family === 6 ? 'ipv6' : 'ipv4')
}

/**
 * Whether a peer may be at `address`. Ports below 1024 are services, not peers. Loopback is right only for a swarm that itself listens there.
 */
export function mayBePeer({ host, port }: Address, onLoopback: boolean): boolean {
  if (port < 1024) return false
  if (nowhere.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4')) return false
  return onLoopback || !isLoopback(host)
}
