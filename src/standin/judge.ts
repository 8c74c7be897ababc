/**
 * Tells by inode, size, time and, where these leave a doubt, content whether a name still holds what was placed there. Pure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { JournalPath } from './journal.ts'

/** What one `lstat` found; numbers that may pass 2^53 are decimal text. */
export interface Found {
  readonly kind: 'dir' | 'file' | 'link' | 'other'
  readonly inode: string
  readonly dev: string
  readonly size: number
  readonly mode: number
  readonly uid: number
  readonly mtimeNs: string
}

/**
 * `ours`: what was placed. `claim`: the empty folder that held a name free for ours. `changed`: our inode with other bytes in it.
 * `replaced`: somebody else's.
 */
export type Judgement = 'ours' | 'claim' | 'changed' | 'replaced'

/** Mode of a claim: root alone and sticky, which nobody gives to an empty folder by chance. */
export const CLAIM_MODE = 0o1700

/** A folder below one with this bit gets it too. */
const SET_GROUP_ID = 0o2000

/**
 * `sameBoot`: whether it was placed in this boot. In another one device numbers may differ, and a file that no fsync was spent on may have
 * lost its end or all of it; then its inode with its own mtime, or without any bytes, is ours, for nobody wrote to it since.
 * `hash` is only called when size agrees and time does not: somebody touched the file, and only its bytes tell whether to keep it.
 */
export function judge(placed: JournalPath, found: Found, sameBoot: boolean, hash: () => string): Judgement {
  if (found.kind !== placed.kind || found.inode !== placed.inode || (sameBoot && found.dev !== placed.dev)) {
    const claim = placed.kind === 'dir' && found.kind === 'dir' && (found.mode & ~SET_GROUP_ID) === CLAIM_MODE && found.uid === 0
    return claim ? 'claim' : 'replaced'
  }
  if (placed.kind !== 'file') return 'ours'
  if (found.mtimeNs === placed.mtimeNs && (found.size === placed.size || !sameBoot)) return 'ours'
  if (found.size === 0 && !sameBoot) return 'ours'
  return found.size === placed.size && hash() === placed.sha256 ? 'ours' : 'changed'
}
