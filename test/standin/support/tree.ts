/**
 * The small package of the placing tests, and how a test places it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { spawnSync } from 'node:child_process'
import { existsSync, lstatSync, writeFileSync } from 'node:fs'
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

/** Writes as many other bytes into a file and gives it its mtime back, to the nanosecond: only its ctime tells. */
export function editQuietly(path: string, content: string): void {
  const was = lstatSync(path, { bigint: true })
  const reference = `${path}.reference`
  run('cp', '-p', path, reference)
  let is = was
  // The clock of a filesystem ticks every few milliseconds.
  while (is.ctimeNs === was.ctimeNs) {
    writeFileSync(path, content)
    run('touch', '-r', reference, path)
    is = lstatSync(path, { bigint: true })
  }
  run('rm', reference)
  if (is.size !== was.size || is.mtimeNs !== was.mtimeNs) throw new Error(`${path} shows that it was edited`)
}

function run(...[program = '', ...args]: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program}: ${stderr}`)
}
