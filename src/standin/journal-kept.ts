/**
 * Takes off the journal's list what a purge had put aside and the user has since seen to: a kept file that is no longer where it was kept.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { lstatSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { systemCode } from '../base/errors.ts'
import type { Journal, KeptFile } from './journal.ts'
import { removedEmpty } from './live.ts'

/** To be called at start-up, once everything is settled. Gives back how many were forgotten. What cannot be looked at counts as there. */
export function forgetGone(journal: Pick<Journal, 'kept' | 'forgetKept' | 'unsettled'>): number {
  // Written down before the move: of an entry that is not settled it may still have to come.
  const unsettled = new Set(journal.unsettled().map(({ id }) => id))
  const gone = journal.kept().filter(({ entry, keptAs }) => !unsettled.has(entry) && isGone(keptAs))
  for (const one of gone) {
    journal.forgetKept(one.keptAs)
    // Half a copy, of a purge that was killed: what it was made from is where it was.
    if (!isGone(partOf(one.keptAs))) rmSync(partOf(one.keptAs), { force: true })
    removeEmptyAbove(one)
  }
  return gone.length
}

/** What is copied to another filesystem has this name until it is whole. */
export function partOf(keptAs: string): string {
  return `${keptAs}.part`
}

/** Folders that were made for what was kept, or was to be kept, up to that of the stand-in. */
export function removeEmptyAbove({ keptAs, path }: Pick<KeptFile, 'keptAs' | 'path'>): void {
  let folder = dirname(keptAs)
  for (let left = path.split('/').length; left > 0 && removedEmpty(folder); left -= 1) folder = dirname(folder)
}

function isGone(path: string): boolean {
  try {
    lstatSync(path)
    return false
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')
  }
}
