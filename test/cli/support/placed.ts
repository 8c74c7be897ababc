/**
 * A stand-in that is really placed on the host of a test, without a daemon.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { journalPath } from '../../../src/cli/lastKnown.ts'
import type { World } from '../../../src/cli/world.ts'
import { type NewEntry, openJournal } from '../../../src/standin/journal.ts'
import { place } from '../../../src/standin/place.ts'
import { bootId } from '../../../src/standin/site.ts'
import { openStaging } from '../../../src/standin/staging.ts'
import { entryFor, planOf, stage, type Tree } from '../../standin/support/site.ts'

export function entryOf(cpv: string): NewEntry {
  return { ...entryFor(`/var/tmp/portage/${cpv}`), cpv, at: Date.parse('2026-03-04T05:03:07.000Z') }
}

/** Names a stand-in in the journal, before anything of it is on disk: what an ordinary user can do too. */
export function planned(world: World, cpv: string): number {
  const journal = openJournal(journalPath(world.folders))
  const id = journal.plan(entryOf(cpv), bootId(), [])
  journal.close()
  if (id === undefined) throw new Error(`${cpv} was planned before`)
  return id
}

/** Places `tree` below the root of `world`. Needs root. */
export async function placed(world: World, cpv: string, tree: Tree): Promise<void> {
  const staged = join(world.folders.staging, 'x')
  mkdirSync(join(staged, 'files'), { recursive: true })
  mkdirSync(join(world.root, 'usr/bin'), { recursive: true })
  stage(staged, tree)
  const staging = openStaging(staged)
  const journal = openJournal(journalPath(world.folders))
  try {
    const plan = planOf(tree, (folder) => existsSync(join(world.root, folder)))
    const site = {
      journal,
      root: world.root,
      keepFolder: world.folders.kept,
      markers: world.folders.markers,
      boot: bootId(),
      now: () => 1000,
    }
    const done = await place({ ...site, plan, staging, entry: entryOf(cpv), shouldStop: () => false, say: () => undefined })
    if (done.kind !== 'placed') throw new Error(`not placed: ${JSON.stringify(done)}`)
  } finally {
    journal.close()
    staging.close()
  }
}
