/**
 * The warden's end of a hostile peer, in a process of its own: prints how deaf it was, what memory it took, and how much it logged. Started by wardenFloods.
 *
 *     node wardenProbe.ts ATTACK SECONDS
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { peerClient } from '../../../src/daemon/peerClient.ts'
import { keepPeer } from '../../../src/daemon/peerProcess.ts'
import { look, peakOf } from './taker.ts'
import { newFamily } from './honest.ts'

export interface Probe {
  readonly megabytes: number
  readonly deafSeconds: number
  readonly logLines: number
  /** Longest of them. */
  readonly logLength: number
  /** Characters of the log that no terminal should get. */
  readonly steering: number
  readonly searches: number
}

const [attack = '', seconds = '2'] = process.argv.slice(2)
const log: string[] = []
const client = peerClient((message) => running.send(message))
const running = keepPeer({
  argv: [process.execPath, join(import.meta.dirname, 'hostilePeer.ts'), attack],
  env: {},
  heard: (message) => client.heard(message),
  started: () => undefined,
  ended: () => client.ended(),
  log: (line) => log.push(line),
})
// The memory of a warden that has a quiet peer.
await pause(300)
const before = peakOf(process.pid)
const delay = monitorEventLoopDelay({ resolution: 10 })
delay.enable()
let searches = 0
const end = performance.now() + Number(seconds) * 1000
while (performance.now() < end) {
  const taker = { client, port: 0, pid: () => 0, log, megabytes: () => 0 }
  await Promise.race([look(taker, newFamily()).catch(() => undefined), pause(end - performance.now())])
  searches++
}
delay.disable()
const probe: Probe = {
  megabytes: Math.round(peakOf(process.pid) - before),
  deafSeconds: delay.max / 1e9,
  logLines: log.length,
  logLength: Math.max(0, ...log.map((line) => line.length)),
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  steering: log.filter((line) => /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/.test(line)).length,
  searches,
}
process.stdout.write(JSON.stringify(probe))
process.exit(0)
