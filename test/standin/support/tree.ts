/**
 * The small package of the placing tests, and how a test places it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { place, type PlaceInput, type Placed } from '../../../src/standin/place.ts'
import { openStaging } from '../../../src/standin/staging.ts'
import { entryFor, planOf, stage, type TestHost, testHost, type Tree } from './site.ts'

export const DEMO: Tree = {
  'usr/bin/demo': '#!/bin/sh\necho demo\n',
  'usr/bin/demo-alias': { link: 'demo' },
  'usr/lib64/libdemo.so.1.0': 'library',
  'usr/lib64/libdemo.so.1': { link: 'libdemo.so.1.0' },
  'usr/share/demo/a/b/c.txt': 'deep',
  'usr/share/demo/empty': '',
  'usr/share/doc/demo-1/README': 'read me',
}

/** Placing needs root: everything that is placed belongs to it. */
export const skip: string | false = process.getuid?.() === 0 ? false : 'placing needs root'

export async function placeTree(host: TestHost, tree: Tree, more: Partial<PlaceInput> = {}): Promise<Placed> {
  stage(host.stagingPath, tree)
  const staging = openStaging(host.stagingPath)
  try {
    const plan = planOf(tree, (folder) => existsSync(join(host.root, folder)))
    return await place({ ...host, plan, staging, entry: entryFor(), shouldStop: () => false, say: () => undefined, ...more })
  } finally {
    staging.close()
  }
}

/** Places `tree`, which must succeed, and gives the entry's id. */
export async function placed(host: TestHost, tree: Tree = DEMO): Promise<number> {
  const result = await placeTree(host, tree)
  if (result.kind !== 'placed') throw new Error(`not placed: ${JSON.stringify(result)}`)
  return result.id
}

/** A host that is gone after `work`, whatever happens in there. */
export async function onHost(work: (host: TestHost) => Promise<void> | void): Promise<void> {
  const host = testHost()
  try {
    await work(host)
  } finally {
    host.remove()
  }
}
