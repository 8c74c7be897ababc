/**
 * Captures every packet that leaves a host, at its interface, and is over only when the last one is on disk.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HostError } from '../../../src/base/errors.ts'
import type { Host } from '../host/host.ts'
import { until } from '../story/ours.ts'
import { type Packet, readPcap } from './pcap.ts'

export interface Capture {
  /** What left the host so far, or up to the last packet that it sends before this is called. */
  end(): Promise<Packet[]>
}

/** The discard service, where nobody listens. */
const NOBODY = 9
const LAST = 'the last packet of this capture'

/** Starts it; every packet after this returns is seen. `to` is an address that the host reaches. */
export async function captureFrom(host: Host, to: string): Promise<Capture> {
  const folder = mkdtempSync(join(tmpdir(), 'capture-'))
  const file = join(folder, 'packets')
  // Whole packets, each written at once, of those that leave: `out` says the kernel, not an address that a program could choose.
  const dump = ['tcpdump', '-i', 'eth0', '-Q', 'out', '-Z', 'root', '-s', '0', '-U', '--immediate-mode', '-B', '16384', '-w', file]
  const child = spawn('nsenter', ['--target', String(host.pid), '--net', ...dump], { stdio: ['ignore', 'ignore', 'pipe'] })
  const exited = once(child, 'close')
  let said = ''
  const listening = new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk) => (said += String(chunk)).includes('listening on') && resolve())
    child.once('error', reject)
    child.once('close', () => reject(new HostError('PROGRAM_FAILED', `tcpdump: ${said.trim()}`)))
  })
  await listening
  return {
    async end() {
      await host.run(['bash', '-c', `printf '%s' "$0" > /dev/udp/${to}/${NOBODY}`, LAST])
      await until(
        () => readFileSync(file).includes(LAST),
        (there) => there,
      )
      child.kill('SIGINT')
      await exited
      if (!/^0 packets dropped by kernel$/m.test(said)) throw new HostError('PROGRAM_FAILED', `not every packet was captured: ${said}`)
      const packets = readPcap(readFileSync(file))
      rmSync(folder, { recursive: true })
      return packets
    },
  }
}
