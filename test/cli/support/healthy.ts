/**
 * A host in a temporary folder on which `standin doctor` finds nothing wrong. Needs root.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { VERSION } from '../../../src/cli/version.ts'
import type { World } from '../../../src/cli/world.ts'
import { makeFolders } from '../../../src/daemon/folders.ts'
import { enableHook } from '../../../src/portage/hookfile.ts'
import { openJournal } from '../../../src/standin/journal.ts'
import { loadOrCreateKey } from '../../../src/trust/key.ts'
import { answering, daemonIn, statusAnswer } from './daemon.ts'
import { type Programs, programs, worldIn } from './world.ts'

const PEER = { uid: 4321, gid: 4321 }
const PROGRAMS: Programs = {
  bash: '5.2.15\n',
  'python3 -I': 'STANDIN_FEATURES=install publish\n',
  'portageq envvar': '/var/tmp\nsandbox usersandbox\n',
}
const KEY = 'e'.repeat(64)

/** Everything as it should be. */
export async function healthy(t: TestContext): Promise<World> {
  const world = worldIn(t)
  const put = (path: string, text: string, mode: number = 0o644): void => {
    mkdirSync(join(world.root, path, '..'), { recursive: true })
    writeFileSync(join(world.root, path), text, { mode })
  }
  put('etc/passwd', `root:x:0:0::/root:/bin/sh\nstandin:x:${PEER.uid}:${PEER.gid}::/:/bin/false\n`)
  put('etc/portage/standin.conf', `level = 1\npolicy = ${join(world.root, 'etc/portage/standin.policy')}\n`)
  put('etc/portage/standin.policy', `[${KEY}]\nname = a friend\nbuilder = yes\n`)
  put('usr/lib64/libsandbox.so', '')
  for (const program of ['setpriv', 'prlimit', 'unshare', 'nsenter', 'pivot_root', 'scanelf']) put(`usr/bin/${program}`, '', 0o755)
  makeFolders(world.folders, { uid: 0, gid: 0 }, PEER)
  openJournal(join(world.folders.state, 'journal.sqlite')).close()
  loadOrCreateKey(join(world.folders.state, 'key.pem'))
  enableHook({ root: world.root })
  utimesSync(world.program, new Date(), new Date('2026-01-01T00:00:00Z'))
  await daemonIn(t, world, answering({ status: [statusAnswer({ version: VERSION })] }))
  return { ...world, run: runWith({}) }
}

// Portage is asked twice by `python3 -I -c`; only the program differs.
export const runWith = (changes: Programs): World['run'] => {
  const scripted = { portage: '3.0.83\n', ...PROGRAMS, ...changes }
  const run = programs(scripted)
  return (program, args, options) =>
    args.some((arg) => arg.includes('portage.VERSION')) ? run('portage', [], options) : run(program, args, options)
}
