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

/** What goes a moment after the note of a build: the daemon says of a copy that it is over, and the peer removes it. */
const LATER = ['/var/lib/standin/stood', '/var/cache/standin/peer/staging', '/var/cache/standin/peer/fetched']

async function laterOn(host: Host): Promise<string> {
  return (await host.run(['sh', '-c', `find ${LATER.join(' ')} -mindepth 1 2>/dev/null; :`])).stdout
}

/** All of a host once it is quiet; of its processes those of that moment, as the daemon may ask Portage something in the next. */
export async function quietLook(host: Host, before: Look): Promise<Look> {
  await until(
    () => laterOn(host),
    (left) => left === '',
  )
  const processes = await quiet(host, before)
  return { ...(await lookAt(host)), processes }
}
