/**
 * Starts the daemon of a host, so that it is ready when this returns, and ends it in each way that a machine can.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Ended, Started } from '../host/enter.ts'
import type { Host } from '../host/host.ts'
import { asService } from './service.ts'

const UNIT = '/usr/lib/systemd/system/standin.service'
const READY = /^warden \S+ is ready$/m

/** Runs it as its service does: see service.ts. `output()` is its log. Errors: HostError PROGRAM_FAILED or TIMED_OUT with what it wrote. */
export async function startDaemon(host: Host): Promise<Started> {
  const daemon = await host.start(asService(host.read(UNIT)))
  await daemon.waitFor(READY)
  return daemon
}

/** As the service is stopped: SIGTERM to the warden. */
export function stopDaemon(daemon: Started): Promise<Ended> {
  daemon.kill('SIGTERM')
  return daemon.exited
}

/** As the kernel kills for memory: the warden has no time for anything. */
export function killDaemon(daemon: Started): Promise<Ended> {
  daemon.kill('SIGKILL')
  return daemon.exited
}

/** Stopped, and started again. */
export async function restartDaemon(host: Host, daemon: Started): Promise<Started> {
  await stopDaemon(daemon)
  return startDaemon(host)
}
