/**
 * Finds a name that a stand-in has made and that an image brings too, when the image is merged here: Portage would find it in its way.
 *
 * A folder in the one and in the other is no such name. It costs one lstat for each name in a folder that both have, and no more than a plan lets be
 * placed; the image is not walked through.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readdirSync, realpathSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { systemCode } from '../base/errors.ts'
import type { JournalPath } from './journal.ts'
import { look } from './look.ts'

export interface Image {
  readonly root: string
  /** What is merged below `root`; absolute. */
  readonly image: string
}

/** Where folders of an image lie on this host, where they lie elsewhere: `bin` in `usr/bin` on a merged /usr. */
interface Moved {
  readonly from: string
  readonly to: string
}

/** For each list of what a stand-in has placed the first of these names, or undefined. Errors: HostError, a system error. */
export function sharedNames(where: Image): (paths: readonly JournalPath[]) => string | undefined {
  const moved = movedIn(where)
  const known = new Map<string, readonly string[]>()
  const foldersFor = (folder: string): readonly string[] => {
    const found = known.get(folder) ?? namesOf(folder, moved).filter((one) => look(join(where.image, one))?.kind === 'dir')
    known.set(folder, found)
    return found
  }
  const isShared = ({ kind, path }: JournalPath): boolean =>
    foldersFor(dirname(path)).some((folder) => {
      const found = look(join(where.image, folder, basename(path)))
      return found !== undefined && (kind !== 'dir' || found.kind !== 'dir')
    })
  return (paths) => paths.find(isShared)?.path
}

/** A folder of this host by every name that an image may have for it. */
function namesOf(folder: string, moved: readonly Moved[]): readonly string[] {
  const others = moved.filter(({ to }) => folder === to || folder.startsWith(`${to}/`))
  return [folder, ...others.map(({ from, to }) => from + folder.slice(to.length))]
}

/** No folder further down is ever a link that a stand-in was placed through. */
function movedIn({ root, image }: Image): readonly Moved[] {
  const real = realpathSync(root)
  return ['', 'usr'].flatMap((above) =>
    foldersIn(join(image, above)).flatMap((name) => {
      const from = join(above, name)
      const to = realFolder(join(root, from))
      return to === undefined || relative(real, to) === from ? [] : [{ from, to: relative(real, to) }]
    }),
  )
}

function foldersIn(path: string): string[] {
  if (look(path)?.kind !== 'dir') return []
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
}

function realFolder(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(systemCode(error) ?? '')) return undefined
    throw error
  }
}
