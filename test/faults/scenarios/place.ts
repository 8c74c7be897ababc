/**
 * A stand-in is placed: files of all kinds, a large one, links, folders; on a host that is odd in some way, or where a name is taken meanwhile.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { place, type Placed } from '../../../src/standin/place.ts'
import type { Plan } from '../../../src/standin/plan.ts'
import { purge } from '../../../src/standin/purge.ts'
import { openStaging } from '../../../src/standin/staging.ts'
import { entryFor, planOf, stage, type TestHost, testHost, type Tree } from '../../standin/support/site.ts'
import { judgeHost, remember, settle, type Theirs } from '../support/ground.ts'
import type { Scenario } from '../support/scenario.ts'

const SCRIPT = '#!/bin/sh\necho demo\n'

export const PACKAGE: Tree = {
  'usr/bin/demo': SCRIPT,
  'usr/bin/demo-alias': { link: 'demo' },
  'usr/lib64/libdemo.so.1.0': 'library',
  'usr/lib64/libdemo.so.1': { link: 'libdemo.so.1.0' },
  'usr/share/demo/a/b/c.txt': 'deep',
  'usr/share/demo/same': 'deep',
  'usr/share/demo/empty': '',
  'usr/share/demo/link': { link: 'a' },
  'usr/share/doc/demo-1/README': 'read me',
  'opt/large': 'large '.repeat(300_000),
}

const silent = (): void => undefined

type Placeable = Extract<Plan, { kind: 'place' }>

/** The plan of `tree`, `PACKAGE` and maybe more, with what is known of its script, so that the copy is looked at again. */
export function planFor(root: string, tree = PACKAGE, isThere = (folder: string): boolean => existsSync(join(root, folder))): Placeable {
  const plan = planOf(tree, isThere)
  const facts = { kind: 'script', interpreter: '/bin/sh', argument: undefined } as const
  return {
    ...plan,
    operations: plan.operations.map((one) => (one.path === 'usr/bin/demo' && one.kind === 'file' ? { ...one, facts } : one)),
  }
}

export async function placeOn(host: TestHost, plan: Placeable = planFor(host.root)): Promise<Placed> {
  const staging = openStaging(host.stagingPath)
  try {
    return await place({ ...host, plan, staging, entry: entryFor(), shouldStop: () => false, say: silent })
  } finally {
    staging.close()
  }
}

/** What a merge does when it asks for the way. */
export function mergeOn(host: TestHost): void {
  for (const { id } of host.journal.unsettled()) purge({ ...host, id, beforeMerge: true, say: silent })
}

interface Kind {
  readonly name: string
  /** What the user has of their own beforehand, and what is odd. */
  readonly dress: (root: string) => Theirs[] | undefined
  /** Somebody takes a name between the plan and the reveal. */
  readonly isTaken?: boolean
  readonly umask?: number
  readonly leaves?: RegExp
}

const TAKEN = 'usr/share/doc/demo-1'

function scenarioOf({ name, dress, isTaken = false, umask = 0o022, leaves = /^never$/ }: Kind): Scenario {
  const planned = ({ root }: TestHost): Placeable =>
    planFor(root, PACKAGE, (folder) => !(isTaken && folder === TAKEN) && existsSync(join(root, folder)))
  const tryOn = async (host: TestHost, also: readonly string[] = []): Promise<void> => {
    const { kind, ...rest } = await placeOn(host, planned(host))
    if (![isTaken ? 'refused' : 'placed', ...also].includes(kind)) throw new Error(`${kind}: ${JSON.stringify(rest)}`)
  }
  return {
    name,
    leaves,
    prepare(top) {
      const host = testHost(top)
      host.journal.close()
      for (const file of readdirSync(join(top, 'state'))) rmSync(join(top, 'state', file))
      stage(host.stagingPath, PACKAGE)
      writeFileSync(join(host.root, 'usr/bin/theirs'), 'mine')
      remember(top, dress(host.root) ?? [])
    },
    open(top) {
      process.umask(umask)
      const host = testHost(top)
      return {
        work: () => tryOn(host),
        async again() {
          // One that is there already is what the build goes on with.
          await tryOn(host, ['refused'])
          mergeOn(host)
        },
        close: () => host.journal.close(),
      }
    },
    async restart(top, isAlive) {
      const host = testHost(top)
      try {
        settle(host, isAlive)
        await tryOn(host)
        mergeOn(host)
      } finally {
        host.journal.close()
      }
    },
    judge: judgeHost,
  }
}

export const PLACING: readonly Scenario[] = [
  scenarioOf({ name: 'place', dress: () => undefined }),
  scenarioOf({
    name: 'place-odd',
    umask: 0o077,
    // Whatever is made in it gets another group.
    dress(root) {
      for (const folder of ['usr', 'opt']) {
        chownSync(join(root, folder), 0, 100)
        chmodSync(join(root, folder), 0o2755)
      }
      return undefined
    },
  }),
  scenarioOf({
    name: 'place-taken',
    isTaken: true,
    leaves: /copy|staging|prepare|journal-file/,
    dress(root) {
      mkdirSync(join(root, TAKEN))
      writeFileSync(join(root, TAKEN, 'README'), 'mine')
      return [{ path: `${TAKEN}/README`, text: 'mine', kind: 'file' }]
    },
  }),
]
