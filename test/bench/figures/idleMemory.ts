/**
 * The memory that the daemon holds on a host where nothing happens, as installed: resident set of the warden and of the peer.
 *
 * The anchor is the same Node with nothing to do, on the same host.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { HostError } from '../../../src/base/errors.ts'
import { startDaemon } from '../../support/standin/daemon.ts'
import { installStandin } from '../../support/standin/install.ts'
import { figureOf } from '../figure.ts'
import type { Measure } from '../measure.ts'

/** Until then start-up may still be at work; samples follow. */
const QUIET_MS = 30_000
const BETWEEN_MS = 3000

export const idleMemory: Measure = async ({ network, runs: count, tell }) => {
  const host = await network.createHost({ name: 'alpha' })
  await installStandin(host, { features: 'install publish' })
  const daemon = await startDaemon(host)
  const bare = await host.start(['node', '-e', 'setInterval(() => undefined, 1000)'])
  tell('waits until nothing happens any more')
  await setTimeout(QUIET_MS)
  const peer = childrenOf(daemon.pid).find((pid) => residentOf(pid) > 0)
  if (peer === undefined) throw new HostError('BAD_STATE', 'the warden has no peer')
  const [ofWarden, ofPeer, ofBare]: [number[], number[], number[]] = [[], [], []]
  for (let sample = 0; sample < count(7); sample += 1) {
    tell(`sample ${sample + 1}`)
    ofWarden.push(residentOf(daemon.pid))
    ofPeer.push(residentOf(peer))
    ofBare.push(residentOf(bare.pid))
    await setTimeout(BETWEEN_MS)
  }
  return [figureOf('idle-memory-warden', 'MB', ofWarden, ofBare), figureOf('idle-memory-peer', 'MB', ofPeer, ofBare)]
}

/** In MB of a million bytes. */
function residentOf(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return (Number(line?.[1] ?? 0) * 1024) / 1e6
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
}
