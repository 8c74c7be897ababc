/**
 * Plants, on a host, one secret of each kind that must not leave it, and says what to look for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { createPrivateKey } from 'node:crypto'
import type { Family } from '../../../src/package/family.ts'
import { rendezvousTorrent } from '../../../src/swarm/rendezvous.ts'
import type { Host } from '../host/host.ts'
import type { HostOptions } from '../host/options.ts'
import { append } from '../standin/built.ts'
import { type Needle, needlesOf } from './needles.ts'

export interface Planted {
  /** How the host is made. */
  readonly options: HostOptions
  /** Environment of whoever types emerge. */
  readonly env: Readonly<Record<string, string>>
  /** CATEGORY/PN of the private overlay. */
  readonly privatePackage: string
  readonly rendezvous: Family
  /** Adds the overlay, and where DNS would be asked. */
  plant(host: Host, resolver: string): void
  /** What is looked for in all that TCP and UDP carry. Once the daemon has a key. */
  needles(host: Host): Promise<Needle[]>
}

/** `word` is part of every secret, and of no file of anybody else. */
export function plantedAs(name: string, word: string): Planted {
  const hostname = `${word}tower.${word}domain.example`
  const [repository, category, pn] = [`${word}-overlay`, `${word}-cat`, `${word}pkg`]
  const env = { PLANTED_TOKEN: `${word}-token-8f14e45f`, LC_TIME: 'br_FR.UTF-8', TZ: 'Pacific/Chatham' }
  return {
    options: {
      name,
      hostname,
      user: `${word}user`,
      timezone: 'Pacific/Chatham',
      tmpdir: { kind: 'disk', path: `/srv/${word}build` },
      makeConf: { PLANTED_SETTING: `${word}-setting-c9f0f895` },
      packageUse: { 'test-misc/flags': 'beta' },
    },
    env,
    privatePackage: `${category}/${pn}`,
    rendezvous: { repository, category, name: pn, version: '1', chost: 'x86_64-pc-linux-gnu' },
    plant(host, resolver) {
      const top = `/var/db/repos/${repository}`
      host.write(`${top}/metadata/layout.conf`, 'masters = gentoo\nthin-manifests = true\nuse-manifests = false\n')
      host.write(`${top}/profiles/repo_name`, `${repository}\n`)
      host.write(`${top}/profiles/categories`, `${category}\n`)
      const text = host.read('/var/db/repos/gentoo/test-misc/flags/flags-1.ebuild').replaceAll('flags', pn)
      host.write(`${top}/${category}/${pn}/${pn}-1.ebuild`, text)
      append(host, '/etc/portage/repos.conf/private.conf', `[${repository}]\nlocation = ${top}\nauto-sync = no\n`)
      host.write('/etc/resolv.conf', `nameserver ${resolver}\noptions timeout:1 attempts:1\n`)
    },
    async needles(host) {
      const said = async (...argv: string[]): Promise<string> => (await host.run(argv)).stdout.trim()
      const machineId = host.read('/etc/machine-id').trim()
      const mac = await said('cat', '/sys/class/net/eth0/address')
      const bare = mac.replaceAll(':', '')
      const { d: key = '' } = createPrivateKey(host.read('/var/lib/standin/key.pem')).export({ format: 'jwk' })
      const meeting = rendezvousTorrent(this.rendezvous).infohash
      return [
        ...needlesOf('planted word', word),
        ...needlesOf('planted Word', word.toUpperCase()),
        ...needlesOf('variable of the environment', 'PLANTED_'),
        ...needlesOf('time zone', 'Chatham'),
        ...needlesOf('offset of the time zone', '+1245'),
        ...needlesOf('offset of the time zone in summer', '+1345'),
        ...needlesOf('locale', 'br_FR'),
        ...needlesOf('machine id', machineId),
        ...needlesOf('bytes of the machine id', Buffer.from(machineId, 'hex')),
        ...needlesOf('boot id', host.read('/proc/sys/kernel/random/boot_id').trim()),
        ...needlesOf('MAC address', mac),
        ...needlesOf('MAC address with dashes', mac.replaceAll(':', '-')),
        ...needlesOf('MAC address without colons', bare),
        ...needlesOf('bytes of the MAC address', Buffer.from(bare, 'hex')),
        ...needlesOf('IPv6 made of the MAC address', Buffer.from(eui64(bare), 'hex')),
        ...needlesOf('private key', Buffer.from(key, 'base64url')),
        ...needlesOf('meeting place of the private package', Buffer.from(meeting, 'hex')),
      ]
    },
  }
}

/** The lower half of an address that a host gives itself (RFC 4291, appendix A). */
function eui64(mac: string): string {
  const first = (parseInt(mac.slice(0, 2), 16) ^ 2).toString(16).padStart(2, '0')
  return `${first}${mac.slice(2, 6)}fffe${mac.slice(6)}`
}
