/**
 * Says what a build may have found of its own package while it was built: its stand-in, or what was installed before. Only one that found neither, or
 * came out as the copy all the same, says what its recipe gives.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { basename, dirname } from 'node:path'
import { installedFolders } from '../portage/vdb.ts'
import { isSamePackage } from '../standin/live.ts'
import type { StoodIn } from './audit.ts'
import type { Note } from './course.ts'

type Content = Pick<StoodIn['offer'], 'content' | 'stable'>

type Beside = Pick<Note, 'standinsLive' | 'besideItself' | 'replaces'>

/** Whether this build may have been changed: by stand-ins of others, or by what it found of its own package, unless it is equal to the `copy`. */
export function mayBeChanged(of: Beside, copy: Content | undefined, built: Content): boolean {
  return of.standinsLive || (mayHaveFoundItself(of) && copy?.content !== built.content && copy?.stable !== built.stable)
}

/** Whether its own stand-in may have been found, or an installed version. Where nobody has looked one may have been there. */
export function mayHaveFoundItself({ besideItself, replaces }: Omit<Beside, 'standinsLive'>): boolean {
  return besideItself === true || replaces !== false
}

/** Whether any version of the package is installed. Asked before a merge: what is being merged is not yet. */
export function isInstalled(root: string, cpv: string): boolean {
  const alike = installedFolders(root, dirname(cpv))
  return alike.some((one) => isSamePackage(one.cpv, cpv) && !basename(one.folder).startsWith('-MERGING-'))
}
