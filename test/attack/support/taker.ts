/**
 * A real peer process with the kernel's limits on it, on loopback, as the warden starts it, and the warden's own search in this process.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { peerClient, type PeerClient } from '../../../src/daemon/peerClient.ts'
import { limited } from '../../../src/daemon/peerLimits.ts'
import { keepPeer } from '../../../src/daemon/peerProcess.ts'
import type { PeerSettings } from '../../../src/daemon/peerWire.ts'
import { opener } from '../../../src/daemon/opener.ts'
import { seek, type Sought } from '../../../src/daemon/seek.ts'
import { weigh } from '../../../src/daemon/weigh.ts'
import type { Family } from '../../../src/package/family.ts'
import { parsePolicy } from '../../../src/trust/policy.ts'
import { id, keyNamed } from '../../daemon/support/offers.ts'
import { temporary } from '../../package/image.ts'
import { atEnd } from '../../support/atEnd.ts'

const PROGRAM = join(import.meta.dirname, '../../../src/cli/peer.ts')

export interface Taker {
  readonly client: PeerClient
  readonly port: number
  readonly pid: () => number
  readonly log: readonly string[]
  /** Most memory that the peer process had at any time, in MB. */
  readonly megabytes: () => number
}

export async function startTaker(t: TestContext, settings: Partial<PeerSettings> = {}): Promise<Taker> {
  const log: string[] = []
  const listening = Promise.withResolvers<number>()
  const [program, ...limits] = limited(readFileSync('/proc/self/limits', 'utf8'))
  const client = peerClient((message) => running.send(message))
  const running = keepPeer({
    argv: [program, ...limits, process.execPath, PROGRAM],
    env: { PATH: process.env['PATH'] ?? '' },
    heard(message) {
      if (message.t === 'listening') listening.resolve(message.port)
      client.heard(message)
    },
    started: (send) => send({ t: 'settings', settings: { ...SETTINGS, cacheFolder: join(temporary(t), 'cache'), ...settings } }),
    ended: () => client.ended(),
    log: (line) => log.push(line),
  })
  atEnd(t, () => running.close())
  const pid = (): number => running.pid ?? 0
  return { client, port: await listening.promise, pid, log, megabytes: () => peakOf(pid()) }
}

const SETTINGS: Omit<PeerSettings, 'cacheFolder'> = {
  listen: '127.0.0.1',
  port: 0,
  localDiscovery: false,
  dht: false,
  trackers: [],
  webSeeds: [],
  uploadBytesPerSecond: 1e9,
  downloadBytesPerSecond: 1e9,
  connections: 60,
  roomBytes: 1e9,
  passOn: [],
  held: [],
  maxPackageBytes: 2 ** 29,
}

export function peakOf(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}

/** Names `anna`, whom honest peers have as their builder; everybody else is a stranger. */
const POLICY = parsePolicy(`[${keyNamed('anna').keyid}]\nname = anna\nbuilder = yes\n`)

export interface Looked {
  readonly sought: Sought
  readonly seconds: number
  /** One for each copy that was in vain. */
  readonly failures: readonly string[]
}

const counts = (keyid: string): boolean => POLICY.keys.has(keyid)

/** The warden's search, with its times, for a copy that anna has confirmed. */
export async function look(taker: Taker, family: Family): Promise<Looked> {
  const failures: string[] = []
  const began = performance.now()
  const signatures = opener({ counts })
  const sought = await seek({
    family,
    peer: taker.client,
    wants: Promise.resolve({
      slot: '0',
      recipe: id('recipe'),
      environment: id('environment'),
      leastLevel: 3,
      maxBytes: 2 ** 29,
      provides: undefined,
    }),
    weigh: (offer) => weigh(offer, POLICY, () => false, signatures.opened),
    screen: signatures.screen,
    counts,
    take: () => Promise.resolve(undefined),
    signal: AbortSignal.timeout(60_000),
    findSeconds: 30,
    betterSeconds: 0.3,
    othersSeconds: 2,
    unheard: () => undefined,
    hearSeconds: 3,
    getSeconds: 50,
    log: (line) => failures.push(line),
  })
  return { sought, seconds: (performance.now() - began) / 1000, failures }
}
