/**
 * The warden of a host below one folder, with a compiler, a Portage and a peer that only answer; to be cut, or to follow one that was.
 *
 *     node --import ./test/faults/tap.ts test/faults/warden.ts TOP        STANDIN_FAULT says where
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { join } from 'node:path'
import { runWarden } from '../../src/daemon/warden.ts'
import { compiled } from './support/folders.ts'
import { foldersOf } from './support/prefix.ts'
import { answering } from './support/programs.ts'

const top = process.argv[2] ?? ''
const PATH = process.env['PATH'] ?? '/usr/bin:/bin'
const { root, ours } = foldersOf(top)
const ending = new AbortController()
process.on('SIGTERM', () => ending.abort())
const log = (line: string): void => void process.stderr.write(`${line}\n`)

try {
  await runWarden({
    version: '0',
    root,
    folders: ours,
    conf: join(root, 'etc/portage/standin.conf'),
    rootUser: { uid: 0, gid: 0 },
    peerUser: { uid: 0, gid: 0 },
    peer: { argv: [process.execPath, join(import.meta.dirname, 'peer.ts'), top], env: { PATH, ...compiled() } },
    maker: { argv: [process.execPath, join(import.meta.dirname, '../../src/cli/maker.ts')], env: { PATH, ...compiled() } },
    hookFile: join(import.meta.dirname, '../../etc-portage/standin.bash'),
    env: { PATH },
    run: answering,
    pid: process.pid,
    signal: ending.signal,
    log,
  })
  process.exit(0)
} catch (error) {
  log(`ended: ${String(error)}`)
  process.exit(1)
}
