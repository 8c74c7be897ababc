/**
 * A start-up that settles what a killed placing has left, and is cut itself.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { forgetGone } from '../../../src/standin/journal-kept.ts'
import { recover } from '../../../src/standin/recover.ts'
import { testHost } from '../../standin/support/site.ts'
import { judgeHost, settle } from '../support/ground.ts'
import type { Scenario } from '../support/scenario.ts'

const FOLDER = join(import.meta.dirname, '..')

/** Folders and names are visible then, one folder is claimed, and the rest lies in temporary folders. */
const CUT = 'standin/place.revealFolder.mkdirSync#2'

export const RECOVERING: readonly Scenario[] = [
  {
    name: 'recover',
    leaves: /journal-file/,
    prepare(top) {
      const argv = ['--import', join(FOLDER, 'tap.ts'), join(FOLDER, 'worker.ts'), 'place', top, CUT]
      const { signal, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' })
      if (signal !== 'SIGKILL') throw new Error(`placing was not cut at ${CUT}: ${stderr}`)
    },
    open(top) {
      const host = testHost(top)
      const work = (): void => {
        const { failed } = recover({ ...host, isLive: () => false, say: () => undefined })
        if (failed[0] !== undefined) throw failed[0].error
        forgetGone(host.journal)
      }
      return { work, again: work, close: () => host.journal.close() }
    },
    restart(top, isAlive) {
      const host = testHost(top)
      try {
        settle(host, isAlive)
      } finally {
        host.journal.close()
      }
    },
    judge: judgeHost,
  },
]
