/**
 * Sorts operations by how they become visible: whole new folders by one rename each, single names by one link each, both within one filesystem.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type BigIntStats, lstatSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { HostError, systemCode } from '../base/errors.ts'
import type { Mounts } from './mounts.ts'
import type { Operation } from './plan.ts'
import { parentsOf } from './rules/names.ts'

/** Something with a temporary name. `inside` is relative to the temporary folder. */
export interface Prepared {
  readonly operation: Operation
  readonly inside: string
}

/** What becomes visible at once: a new folder with all that lies in it, or one file or link in a folder that exists. */
export interface Unit {
  readonly path: string
  readonly folder: boolean
  /** Index of its filesystem's temporary folder. */
  readonly temporary: number
  /** Parents first; the unit itself is the first. */
  readonly parts: readonly Prepared[]
}

export interface Layout {
  /** Folders, absolute, in which a temporary folder is to be made, one for each mount and top folder. */
  readonly homes: readonly string[]
  readonly units: readonly Unit[]
}

/** Looks at the folders that exist already. Errors: HostError CHANGED_UNDERWAY when one of them is not a folder any more. */
export function layOut(operations: readonly Operation[], root: string, mounts: Mounts): Layout {
  const homes: string[] = []
  const units: (Unit & { parts: Prepared[] })[] = []
  const folders = new Map<string, Unit & { parts: Prepared[] }>()
  const homeOf = homeFinder(root, mounts)
  for (const operation of operations) {
    const parents = parentsOf(operation.path)
    const top = parents.find((parent) => folders.has(parent))
    const unit = top === undefined ? undefined : folders.get(top)
    if (unit !== undefined) {
      unit.parts.push({ operation, inside: `${unit.parts[0]?.inside}${operation.path.slice(unit.path.length)}` })
      continue
    }
    const home = homeOf(parents)
    if (!homes.includes(home)) homes.push(home)
    const made = {
      path: operation.path,
      folder: operation.kind === 'dir',
      temporary: homes.indexOf(home),
      parts: [{ operation, inside: String(units.length) }],
    }
    units.push(made)
    if (made.folder) folders.set(made.path, made)
  }
  return { homes, units }
}

/** Looks again, right before anything becomes visible: each folder that something goes into is still one and no link. */
export function checkFolders(layout: Layout, root: string): void {
  const parents = new Set(layout.units.flatMap(({ path }) => parentsOf(path)))
  for (const parent of parents) folderAt(join(root, parent))
}

/**
 * The uppermost folder below the root on the filesystem of the innermost one, and on its mount: its names may be linked to all of `parents`. Two mounts of
 * one filesystem have the same number.
 */
function homeFinder(root: string, mounts: Mounts): (parents: readonly string[]) => string {
  const real = realpathSync(root)
  const known = new Map<string, BigIntStats>()
  const look = (path: string): BigIntStats => {
    const stat = known.get(path) ?? folderAt(join(root, path))
    known.set(path, stat)
    return stat
  }
  return (parents) => {
    const innermost = parents.at(-1) ?? ''
    const [{ dev }, mount] = [look(innermost), mounts.of(join(real, innermost))]
    return join(root, parents.find((parent) => look(parent).dev === dev && mounts.of(join(real, parent)) === mount) ?? '')
  }
}

function folderAt(path: string): BigIntStats {
  try {
    const stat = lstatSync(path, { bigint: true })
    if (stat.isDirectory()) return stat
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
  }
  throw new HostError('CHANGED_UNDERWAY', `${path} is not a folder any more`)
}
