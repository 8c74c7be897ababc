/**
 * Tells by inode, size, times and, where these leave a doubt, content whether a name still holds what was placed there. Pure.
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
  /** Nobody can set it: the same one says that nobody has changed the file since. */
  readonly ctimeNs: string
  /** When the inode came to be; 0 where the filesystem does not know. Nobody can set it either. */
  readonly birthNs: string
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
 * `sameBoot`: whether it was placed in this boot; the device number of `placed` is the one that its filesystem has now, or ''. In another boot numbers may differ, and a file that no fsync was spent on may have
 * lost its end or all of it; then its inode with its own mtime, or without any bytes, is ours, unless somebody has changed it since.
 * `hash` is only called where size leaves it open and a time does not agree: somebody touched the file, and only its bytes tell whether to keep it.
 */
export function judge(placed: JournalPath, found: Found, sameBoot: boolean, hash: () => string): Judgement {
  if (found.kind !== placed.kind || found.inode !== placed.inode || (sameBoot && ![found.dev, ''].includes(placed.dev))) {
    const claim = placed.kind === 'dir' && found.kind === 'dir' && (found.mode & ~SET_GROUP_ID) === CLAIM_MODE && found.uid === 0
    return claim ? 'claim' : 'replaced'
  }
  // The number of an inode that is gone is soon given to another one: Portage merges the same bytes where a purge was killed and has unlinked ours.
  if (isAnother(placed, found)) return 'replaced'
  // A link has the mtime of the moment when it was made.
  if (placed.kind === 'link') return found.mtimeNs === placed.mtimeNs ? 'ours' : 'replaced'
  if (placed.kind === 'dir' || (sameBoot ? isUntouched(placed, found) : isRemnant(placed, found))) return 'ours'
  return found.size === placed.size && hash() === placed.sha256 ? 'ours' : 'changed'
}

/** Whether this is the inode that was placed, whatever is in it now. Without a birth only a time that nobody has set since can tell. */
export function isSameInode(placed: JournalPath, found: Found | undefined): boolean {
  if (found?.kind !== placed.kind || found.inode !== placed.inode) return false
  const isKnown = ![placed.birthNs, found.birthNs].some((one) => one === '' || one === '0')
  return isKnown ? found.birthNs === placed.birthNs : placed.kind !== 'dir' && found.mtimeNs === placed.mtimeNs
}

/** A row of an earlier standin has no birth: then it is another one if it came to be after the last change that was written down of ours. */
function isAnother(placed: JournalPath, found: Found): boolean {
  if (placed.birthNs !== '' && placed.birthNs !== '0' && found.birthNs !== '0') return placed.birthNs !== found.birthNs
  const birth = BigInt(found.birthNs)
  return birth > BigInt(placed.mtimeNs) && (placed.ctimeNs === '' || birth > BigInt(placed.ctimeNs))
}

/** The mtime alone would not do: `touch -r` gives a file that was edited its old one again. */
function isUntouched(placed: JournalPath, found: Found): boolean {
  return found.size === placed.size && found.mtimeNs === placed.mtimeNs && found.ctimeNs === placed.ctimeNs
}

/** After a power cut: what reached the disk may be older than what the journal knows, and is newer only where somebody changed it. */
function isRemnant(placed: JournalPath, found: Found): boolean {
  if (found.size === 0) return true
  return found.mtimeNs === placed.mtimeNs && (placed.ctimeNs === '' || BigInt(found.ctimeNs) <= BigInt(placed.ctimeNs))
}
