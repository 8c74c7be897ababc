/**
 * A process that works on a test host and kills itself at the Nth step: `node victim.ts TOP WORK N`, WORK one of place, purge, recover.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { purge } from '../../../src/standin/purge.ts'
import { recover } from '../../../src/standin/recover.ts'
import { testHost } from './site.ts'
import { DEMO, placeTree } from './tree.ts'

const [top, work, number] = process.argv.slice(2)
let left = Number(number)
const host = {
  ...testHost(top),
  step: () => {
    left -= 1
    if (left === 0) process.kill(process.pid, 'SIGKILL')
  },
  say: () => undefined,
  ahead: (id: number) => writeFileSync(join(host.top, `ahead-${id}`), ''),
}
if (work === 'place') await placeTree(host, DEMO, host)
else if (work === 'purge') for (const { id } of host.journal.unsettled()) purge({ ...host, id })
else recover({ ...host, isLive: () => false })
