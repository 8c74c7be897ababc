/**
 * Whether the user, the folders and the files of the daemon are as it wants them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { lstatSync, type Stats, statSync } from 'node:fs'
import { join } from 'node:path'
import { isOver } from '../../daemon/dispute.ts'
import { readText } from '../../portage/bounded.ts'
import { loadKey } from '../../trust/key.ts'
import { journalPath, readJournal, readKnown } from '../lastKnown.ts'
import { counted } from '../../base/units.ts'
import type { World } from '../world.ts'
import { type Check, type Finding, note, ok, wrong } from './finding.ts'

const PASSWD_BYTES = 4 * 1024 * 1024

export const fileChecks: readonly Check[] = [
  { name: 'root', look: ({ uid }) => [uid === 0 ? ok('root', 'yes') : wrong('root', `this is user ${uid}`, 'run standin doctor as root')] },
  { name: 'user standin', look: user },
  { name: 'folders', look: folders },
  { name: 'journal', look: journal },
  { name: 'key', look: key },
  { name: 'clock', look: clock },
]

/** Uid of the user that the peer runs as. */
function peerUid(root: string): number | undefined {
  const line = (readText(join(root, 'etc/passwd'), PASSWD_BYTES) ?? '').split('\n').find((one) => one.startsWith('standin:'))
  const uid = line?.split(':')[2] ?? ''
  return /^[1-9]\d*$/.test(uid) ? Number(uid) : undefined
}

function user({ root }: World): Finding[] {
  const uid = peerUid(root)
  if (uid !== undefined) return [ok('user standin', `uid ${uid}`)]
  return [wrong('user standin', 'is missing, so the peer could not give up root', 'emerge acct-user/standin, or useradd --system standin')]
}

function folders(world: World): Finding[] {
  const { folders: all, root } = world
  const rows: readonly (readonly [string, number, 'root' | 'standin'])[] = [
    [all.run, 0o700, 'root'],
    [all.state, 0o700, 'root'],
    [all.kept, 0o700, 'root'],
    [all.disputes, 0o700, 'root'],
    [all.captures, 0o700, 'root'],
    [join(all.archives, '..'), 0o755, 'root'],
    [all.archives, 0o755, 'root'],
    [all.work, 0o700, 'root'],
    [all.peer, 0o700, 'standin'],
  ]
  const uids = { root: world.uid, standin: peerUid(root) }
  const found = rows.map(([path, mode, owner]) => judged(path, mode, uids[owner], owner))
  const bad = found.filter(({ state }) => state === 'wrong')
  const missing = found.filter(({ state }) => state === 'note')
  if (bad.length > 0) return bad
  if (missing.length > 0) return [note('folders', `${counted(missing.length, 'folder')} missing; the daemon makes them when it starts`)]
  return [ok('folders', `${counted(rows.length, 'folder')}, owners and modes as they should be`)]
}

const octal = (bits: number): string => bits.toString(8).padStart(4, '0')

function judged(path: string, mode: number, uid: number | undefined, owner: string): Finding {
  const stat: Stats | undefined = lstatSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return note(path, 'is missing')
  if (!stat.isDirectory()) return wrong('folders', `${path} is no folder`, `move it away and restart the daemon`)
  if (stat.uid !== uid) return wrong('folders', `${path} belongs to user ${stat.uid}`, `chown ${owner}: ${path}`)
  if ((stat.mode & 0o7777) === mode) return ok('folders', path)
  return wrong('folders', `${path} has mode ${octal(stat.mode & 0o7777)}`, `chmod ${octal(mode)} ${path}`)
}

function journal({ folders: all }: World): Finding[] {
  const { live, kept } = readJournal(journalPath(all))
  const disputes = readKnown(all).disputes.filter((one) => !isOver(one))
  const findings = [ok('journal', `reads; ${counted(live.length, 'stand-in')} live`)]
  if (kept.length > 0)
    findings.push(
      note('kept files', `${counted(kept.length, 'file')} of yours put aside`, 'standin status names them: take them back or remove them'),
    )
  if (disputes.length > 0) findings.push(note('disputes', counted(disputes.length, 'dispute'), 'standin status says how they stand'))
  return findings
}

function key({ folders: all }: World): Finding[] {
  const found = loadKey(join(all.state, 'key.pem'))
  return [found === undefined ? note('key', 'none yet; the daemon makes it when it first starts') : ok('key', found.keyid)]
}

const DAY_MS = 86_400_000

/** A clock that stands before this program was installed makes every time that is shown a lie, and TLS of trackers and web seeds fail. */
function clock({ program, now }: World): Finding[] {
  const installed = statSync(program).mtimeMs
  if (now() >= installed - DAY_MS) return [ok('clock', new Date(now()).toISOString())]
  const says = new Date(now()).toISOString().slice(0, 10)
  return [
    wrong(
      'clock',
      `says ${says}, and standin was installed on ${new Date(installed).toISOString().slice(0, 10)}`,
      'set the clock, and run a time service',
    ),
  ]
}
