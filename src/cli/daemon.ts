/**
 * The entry of the warden: reads environment and users, and runs it until SIGTERM.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { HostError } from '../base/errors.ts'
import { foldersBelow, type User } from '../daemon/folders.ts'
import { limited } from '../daemon/peerLimits.ts'
import { viewed } from '../daemon/peerView.ts'
import { runWarden } from '../daemon/warden.ts'
import { runProgram } from '../portage/run.ts'
import { expectAlone } from './alone.ts'
import { openLog } from './log.ts'
import { VERSION } from './version.ts'

const prefix = process.env['EPREFIX'] || '/'
const PATH = process.env['PATH'] || '/usr/sbin:/usr/bin:/sbin:/bin'
const ending = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => ending.abort())
// A program of ours, beside this one: `peer.mjs` in a bundle, `peer.ts` in the sources.
const beside = (name: string): string =>
  join(import.meta.dirname, `${name}${import.meta.filename.slice(import.meta.filename.lastIndexOf('.'))}`)
const log = openLog()

try {
  const folders = foldersBelow(prefix)
  await expectAlone(join(folders.run, 'control.sock'))
  const user = userNamed('standin')
  const drop = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', '--no-new-privs', '--bounding-set=-all', '--inh-caps=-all']
  const unprivileged: [string, ...string[]] = [
    ...viewed({ root: prefix, folders, programs: [process.execPath, import.meta.filename] }),
    ...limited(readFileSync('/proc/self/limits', 'utf8')),
    'setpriv',
    ...drop,
    process.execPath,
    beside('peer'),
  ]
  // The launcher keeps the host's own network open as descriptor 9 and starts this process in one of its own, which is empty.
  const outside = `/proc/${process.pid}/fd/9`
  const peer: [string, ...string[]] = existsSync(outside) ? ['nsenter', `--net=${outside}`, ...unprivileged] : unprivileged
  await runWarden({
    version: VERSION,
    root: prefix,
    folders,
    conf: join(prefix, 'etc/portage/standin.conf'),
    rootUser: { uid: 0, gid: 0 },
    peerUser: user,
    peer: { argv: peer, env: { PATH } },
    hookFile: join(import.meta.dirname, 'standin.bash'),
    maker: { argv: [process.execPath, beside('maker')], env: { PATH } },
    env: { PATH, LC_ALL: 'C' },
    run: runProgram,
    pid: process.pid,
    signal: ending.signal,
    log,
  })
  process.exit(0)
} catch (error) {
  log(error instanceof Error ? error.message : String(error))
  process.exit(1)
}

function userNamed(name: string): User {
  const line = readFileSync(join(prefix, 'etc/passwd'), 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${name}:`))
  const [, , uid, gid] = (line ?? '').split(':')
  if (!/^[1-9]\d*$/.test(uid ?? '') || !/^[1-9]\d*$/.test(gid ?? ''))
    throw new HostError('BAD_STATE', `there is no user ${name}: install acct-user/${name}, or useradd --system ${name}`)
  return { uid: Number(uid), gid: Number(gid) }
}
