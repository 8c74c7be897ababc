/**
 * Writes lines for the log as the daemon does, each after the one before has had its time to fail, and says in the end that it got there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { setImmediate as later } from 'node:timers/promises'
import { openLog } from '../../../src/cli/log.ts'

const log = openLog()
for (const line of ['one', 'two', 'three']) {
  log(line)
  await later()
}
process.stdout.write('still there\n')
