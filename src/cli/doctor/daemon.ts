/**
 * Whether the daemon runs, is of this version, and is closed to everybody else.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { lstatSync, readdirSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { HostError, systemCode, UserError } from '../../base/errors.ts'
import { readText } from '../../portage/bounded.ts'
import { ask } from '../ask.ts'
import { doorOf } from '../daemonOr.ts'
import { VERSION } from '../version.ts'
import type { World } from '../world.ts'
import { type Check, type Finding, note, ok, wrong } from './finding.ts'

export const daemonChecks: readonly Check[] = [
  { name: 'daemon', look: daemon },
  { name: 'control socket', look: controlSocket },
]

const HUNG = 'look again in a minute: a peer that hangs is killed by then, and the next one comes'

async function daemon(world: World): Promise<Finding[]> {
  try {
    const { version, warden, peer } = await ask(doorOf(world), { t: 'status' }, 'status')
    if (version !== VERSION) return [wrong('daemon', `is version ${version}, and this is ${VERSION}`, 'restart the service standin')]
    if (peer === null)
      return [note('daemon', `runs (pid ${warden.pid}), without its peer just now`, 'look again in a minute, then at its log')]
    if (!peer.answers) return [note('daemon', `runs (pid ${warden.pid}), but its peer (pid ${peer.pid}) does not answer just now`, HUNG)]
    return [ok('daemon', `${version}, pids ${warden.pid} and ${peer.pid}`)]
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'NO_DAEMON') throw error
    // Nobody listens: the system says so. One that hangs is there, and a start would leave it as it is.
    const isDeaf = systemCode(error.cause) !== undefined
    const pid = isDeaf ? runningDaemon(world) : undefined
    const what = pid === undefined ? error.message : `runs (pid ${pid}), but nobody can ask it: ${world.control} was removed under it`
    const verb = isDeaf && pid === undefined ? 'start' : 'restart'
    return [wrong('daemon', what, `rc-service standin ${verb}, or systemctl ${verb} standin`)]
  }
}

const MAX_COMMAND_BYTES = 4 * 1024 * 1024

/** By its program, which stands behind Node and its options. */
function runningDaemon({ procRoot, launcher }: World): string | undefined {
  const program = join(dirname(launcher), '../daemon.mjs')
  return readdirSync(procRoot).find((name) => {
    if (!/^[1-9]\d*$/.test(name)) return false
    const words = (commandOf(join(procRoot, name, 'cmdline')) ?? '').split('\0', 4)
    return words.slice(1).some((word) => word.startsWith('/') && normalize(word) === program)
  })
}

/** Undefined where it has just ended. */
function commandOf(path: string): string | undefined {
  try {
    return readText(path, MAX_COMMAND_BYTES)
  } catch (error) {
    if (error instanceof HostError) return undefined
    throw error
  }
}

function controlSocket({ control, uid }: World): Finding[] {
  const stat = lstatSync(control, { throwIfNoEntry: false })
  if (stat === undefined) return [note('control socket', `${control} is missing; the daemon makes it when it starts`)]
  if (!stat.isSocket()) return [wrong('control socket', `${control} is no socket`, 'remove it and restart the daemon')]
  const mode = stat.mode & 0o777
  if (stat.uid === uid && mode === 0o600) return [ok('control socket', control)]
  return [
    wrong(
      'control socket',
      `${control} has mode ${mode.toString(8)} and belongs to user ${stat.uid}`,
      'restart the daemon, which makes it anew',
    ),
  ]
}
