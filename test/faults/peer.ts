/**
 * A peer that has one copy and no network: it says what a real one says, and keeps what is staged as a real one does.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { FromPeer, ToPeer } from '../../src/daemon/peerWire.ts'
import type { Offer } from '../../src/swarm/wire.ts'
import type { Fault } from './support/tap.ts'

/** What of its own messages is to go wrong, and where each is written down. */
export interface PeerFault {
  readonly fault?: Fault
  readonly log: string
}

const top = process.argv[2] ?? ''
const channel = new Socket({ fd: 3, readable: true, writable: true })
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `layPrefix`
const offer = JSON.parse(readFileSync(join(top, 'offer.json'), 'utf8')) as Offer
const watched = join(top, 'peer.json')
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the scenario
const { fault, log } = (existsSync(watched) ? JSON.parse(readFileSync(watched, 'utf8')) : {}) as Partial<PeerFault>
// The next peer says all it has to say.
rmSync(watched, { force: true })
const counts = new Map<string, number>()
let staging = ''

function say(message: FromPeer): void {
  const line = `${JSON.stringify(message)}\n`
  const number = (counts.get(message.t) ?? 0) + 1
  counts.set(message.t, number)
  const point = `peer.${message.t}#${number}`
  const isHit = point === fault?.point
  if (log !== undefined) appendFileSync(log, `${JSON.stringify({ point, site: point })}\n`)
  if (log !== undefined && isHit) appendFileSync(log, `${JSON.stringify({ hit: point })}\n`)
  if (isHit && fault.way === 'refused') return
  channel.write(isHit && fault.way === 'unsaid' ? line + line : line, () => {
    if (isHit && fault.way === 'killed') process.kill(process.pid, 'SIGKILL')
  })
}

const finding = new Set<string>()

function obey(message: ToPeer): void {
  if (message.t === 'settings') {
    staging = join(message.settings.cacheFolder, 'staging')
    rmSync(staging, { recursive: true, force: true })
    mkdirSync(staging, { recursive: true })
    mkdirSync(join(staging, '../fetched'), { recursive: true })
    say({ t: 'listening', port: 1 })
  }
  // As a real one it waits for its settings.
  if (staging === '') return
  if (message.t === 'find') {
    finding.add(message.id)
    say({ t: 'offer', id: message.id, offer, from: '192.0.2.1:1' })
  }
  if (message.t === 'get') {
    cpSync(join(top, 'copy'), join(staging, message.id), { recursive: true })
    writeFileSync(join(staging, '../fetched', offer.archive.name), 'an archive')
    say({ t: 'staged', id: message.id, seconds: 0.1 })
  }
  if (message.t === 'release') rmSync(join(staging, '../fetched', offer.archive.name), { force: true })
  if (message.t === 'stop' && finding.delete(message.id)) say({ t: 'found', id: message.id, offers: 1 })
  else if (message.t === 'stop') rmSync(join(staging, message.id), { recursive: true, force: true })
  if (message.t === 'share') say({ t: 'sharing', sha256: message.archive.sha256, infohash: 'a'.repeat(40) })
  if (message.t === 'transfers') say({ t: 'transfers', id: message.id, transfers: [] })
}

say({ t: 'ready', pid: process.pid })
channel.on('close', () => process.exit(0))
channel.on('end', () => process.exit(0))
channel.on('error', () => process.exit(0))
process.on('SIGTERM', () => process.exit(0))
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the warden
for await (const line of createInterface({ input: channel })) obey(JSON.parse(line) as ToPeer)
