/**
 * Makes a warden hang in the middle of a transaction of its own: it stops itself, with the journal locked, until somebody wakes it up.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { existsSync, readFileSync } from 'node:fs'
import type { Started } from '../host/enter.ts'
import type { Host } from '../host/host.ts'
import { until } from '../story/ours.ts'
import { startDaemon, stopDaemon } from './daemon.ts'

const PROGRAM = '/usr/lib/standin/daemon.mjs'
const WHERE = '/run/hang-where'

/** Stands before the daemon's own program. */
const LINES = `import { DatabaseSync as HangingDatabase } from 'node:sqlite'
import { existsSync as isHangWanted, readFileSync as readHang, rmSync as dropHang } from 'node:fs'
{
  const { prepare } = HangingDatabase.prototype
  HangingDatabase.prototype.prepare = function (sql) {
    const statement = prepare.call(this, sql)
    if (!isHangWanted('${WHERE}') || !sql.includes(readHang('${WHERE}', 'utf8'))) return statement
    dropHang('${WHERE}')
    const { run } = statement
    statement.run = (...values) => {
      const ownTransaction = !this.isTransaction
      if (ownTransaction) this.exec('BEGIN IMMEDIATE')
      const done = run.apply(statement, values)
      process.kill(process.pid, 'SIGSTOP')
      if (ownTransaction) this.exec('COMMIT')
      return done
    }
    return statement
  }
}
`

/** Starts a daemon in the place of `daemon` that can be made to hang. */
export async function startHanging(host: Host, daemon: Started): Promise<Started> {
  await stopDaemon(daemon)
  host.write(PROGRAM, `${LINES}${host.read(PROGRAM).replace(/^#!.*\n/, '')}`)
  return startDaemon(host)
}

/** From now on it hangs once it has carried out a statement that holds `text`, before the end of that transaction. */
export function hangIn(host: Host, text: string): void {
  host.write(WHERE, text)
}

/** Resolves when it hangs. Errors: HostError TIMED_OUT. */
export async function hung(host: Host, daemon: Started): Promise<void> {
  const isStopped = (): boolean =>
    existsSync(`/proc/${daemon.pid}`) && /^State:\tT/m.test(readFileSync(`/proc/${daemon.pid}/status`, 'utf8'))
  await until(
    () => !host.exists(WHERE) && isStopped(),
    (yes) => yes,
  )
}
