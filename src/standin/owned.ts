/**
 * Says which installed package owns a name by now: that name is Portage's, whatever is there, and no purge touches it.
 *
 * It owns what lies at the name, not the user: another package has been merged over the stand-in. Whether that and the package that the stand-in is
 * for go together, Portage decides as if nothing had stood in. Nothing is read before it is asked, as a purge seldom asks.
 *
 * Imports no package: the hook that purges without the warden carries this file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { HostError } from '../base/errors.ts'
import { contentsOwnersNow } from '../portage/contents.ts'
import { installedFolders } from '../portage/vdb.ts'

export interface Owners {
  /** The installed package that owns a path; what cannot be read owns nothing. */
  ownerOf(path: string): string | undefined
  /** Whether nobody owns it, for sure. */
  isFree(path: string): boolean
}

/**
 * `suspects`: all names that may be asked for, as one look at every CONTENTS answers for all; paths are relative to `root`. `say` hears why something
 * cannot be read.
 */
export function ownedBelow(root: string, suspects: () => readonly string[], say: (line: string) => void): Owners {
  let owners: ReadonlyMap<string, readonly string[]> | 'unknown' | undefined
  const read = (): NonNullable<typeof owners> => {
    try {
      return contentsOwnersNow({ root, installed: installedFolders(root), paths: suspects().map((path) => `/${path}`) })
    } catch (error) {
      if (!(error instanceof HostError)) throw error
      say(`which package owns what is there now cannot be told: ${error.message}`)
      return 'unknown'
    }
  }
  const known = (): NonNullable<typeof owners> => (owners ??= read())
  const ownerOf = (path: string): string | undefined => {
    const found = known()
    return found === 'unknown' ? undefined : found.get(`/${path}`)?.[0]
  }
  return { ownerOf, isFree: (path) => known() !== 'unknown' && ownerOf(path) === undefined }
}
