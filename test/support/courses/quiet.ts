/**
 * Waits until no process is on a host that was not there before, so that a look at it sees what an emerge has left and not what is just ending.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Host } from '../host/host.ts'
import { until } from '../story/ours.ts'
import { type Look, lookAt, processesOf } from './look.ts'
import { newProcesses } from './outcome.ts'

/** The processes of a moment at which there is none that `before` is without. Errors: HostError TIMED_OUT with those that stay. */
export async function quiet(host: Host, before: Look): Promise<string[]> {
  let processes: string[] = []
  await until(
    async () => newProcesses(before.processes, (processes = await processesOf(host))),
    (left) => left.length === 0,
  )
  return processes
}

/** All of a host once it is quiet; of its processes those of that moment, as the daemon may ask Portage something in the next. */
export async function quietLook(host: Host, before: Look): Promise<Look> {
  const processes = await quiet(host, before)
  return { ...(await lookAt(host)), processes }
}
