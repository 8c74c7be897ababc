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

/** Whether stand-ins may have changed this build: those of others, or its own `copy`, unless it is equal to that. */
export function mayBeChanged({ standinsLive, besideItself }: Note, copy: Content | undefined, built: Content): boolean {
  return standinsLive || (besideItself === true && copy?.content !== built.content && copy?.stable !== built.stable)
}

/** Whether any version of the package is installed. Asked before a merge: what is being merged is not yet. */
export function isInstalled(root: string, cpv: string): boolean {
  const alike = installedFolders(root, dirname(cpv))
  return alike.some((one) => isSamePackage(one.cpv, cpv) && !basename(one.folder).startsWith('-MERGING-'))
}
