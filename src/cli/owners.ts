/**
 * Puts, for a path among atoms, the one package that it is of: what stands in there now, or what is installed; as emerge takes a path.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { realpathSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { systemCode, UserError } from '../base/errors.ts'
import { contentsOwners } from '../portage/contents.ts'
import { readInstalled } from '../portage/vdb.ts'
import { journalPath, standingAt } from './lastKnown.ts'
import type { World } from './world.ts'

type Where = Pick<World, 'root' | 'folders'>

const MOST_NAMED = 10

/** `atoms` without paths. Errors: UserError NOT_FOUND for a path that nobody owns, AMBIGUOUS for one of several packages, such as a folder. */
export async function withoutPaths(atoms: readonly string[], where: Where): Promise<readonly string[]> {
  const paths = atoms.filter((atom) => atom.startsWith('/'))
  if (paths.length === 0) return atoms
  const owners = await contentsOwners({ root: where.root, installed: readInstalled(where.root), paths })
  return atoms.map((atom) => {
    if (!atom.startsWith('/')) return atom
    const standing = standingAt(journalPath(where.folders), [atom, realPath(where.root, atom)])
    return `=${theOne(atom, standing.length > 0 ? standing : (owners.get(atom) ?? []))}`
  })
}

function theOne(path: string, cpvs: readonly string[]): string {
  const [cpv, ...others] = cpvs
  if (cpv === undefined) throw new UserError('NOT_FOUND', `no live stand-in and no installed package has ${JSON.stringify(path)}`)
  if (others.length === 0) return cpv
  const named = cpvs.toSorted().slice(0, MOST_NAMED).join(' ')
  throw new UserError('AMBIGUOUS', `${JSON.stringify(path)} is of ${cpvs.length} packages, say one of: ${named}`)
}

/** With the links in its folder followed: `/bin/x` is `/usr/bin/x` on a merged /usr. */
function realPath(root: string, path: string): string {
  try {
    return join('/', relative(realpathSync(root), realpathSync(join(root, dirname(path)))), basename(path))
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    return path
  }
}
