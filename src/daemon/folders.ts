/**
 * Makes the folders of the daemon with the owners and modes that the rest of it relies on, and refuses to use any that somebody else owns.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { chmodSync, chownSync, lstatSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { HostError, hostError } from '../base/errors.ts'
import type { Folders } from './realm.ts'

export interface User {
  readonly uid: number
  readonly gid: number
}

export function foldersBelow(prefix: string): Folders {
  const [run, state, cache] = [join(prefix, 'run/standin'), join(prefix, 'var/lib/standin'), join(prefix, 'var/cache/standin')]
  return {
    run,
    viewRoot: join(run, 'view/top'),
    viewEtc: join(run, 'view/etc'),
    doors: join(run, 'builds'),
    notes: join(run, 'notes'),
    markers: join(state, 'live'),
    state,
    kept: join(state, 'kept'),
    disputes: join(state, 'disputes'),
    captures: join(state, 'captures'),
    archives: join(cache, 'archives'),
    work: join(cache, 'work'),
    peer: join(cache, 'peer'),
    staging: join(cache, 'peer/staging'),
  }
}

/** Errors: HostError BAD_STATE for a folder that is a link or belongs to another user, IO. */
export function makeFolders(folders: Folders, root: User, peer: User): void {
  make(folders.run, 0o700, root)
  for (const folder of [folders.doors, folders.notes, folders.markers, folders.state, folders.kept, folders.disputes, folders.captures])
    make(folder, 0o700, root)
  // Seen by the peer, so open to it; the way there is not.
  make(join(folders.viewEtc, '..'), 0o700, root)
  for (const folder of [folders.viewRoot, folders.viewEtc, join(folders.viewEtc, 'ssl'), join(folders.viewEtc, 'ssl/certs')])
    make(folder, 0o755, root)
  make(join(folders.archives, '..'), 0o755, root)
  make(folders.archives, 0o755, root)
  make(folders.work, 0o700, root)
  make(folders.peer, 0o700, peer)
}

function make(path: string, mode: number, owner: User): void {
  try {
    mkdirSync(path, { recursive: true, mode })
    const stat = lstatSync(path)
    if (!stat.isDirectory()) throw new HostError('BAD_STATE', `${path} is not a folder: move it away`)
    if (stat.uid !== owner.uid && stat.uid !== 0)
      throw new HostError('BAD_STATE', `${path} belongs to user ${stat.uid}: chown it to ${owner.uid}`)
    chownSync(path, owner.uid, owner.gid)
    chmodSync(path, mode)
  } catch (error) {
    throw hostError(`could not make ${path}`, error)
  }
}
