/**
 * The judge of every place and purge test: two snapshots are equal when the trees are, byte for byte and folder for folder.
 *
 * Taken are kind, mode, owner, link target, size, SHA-256, and the inode and time of files, so that a file that was replaced by an equal one shows as well.
 * The times of folders are not: making and removing a name in a folder sets its time, which nobody can undo without a race.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

/** Path relative to the top, to all that is known of it in one line. */
export type Snapshot = ReadonlyMap<string, string>

export function snapshot(top: string): Snapshot {
  const lines = new Map<string, string>()
  const visit = (path: string): void => {
    const full = join(top, path)
    const stat = lstatSync(full, { bigint: true })
    const common = `${(stat.mode & 0o7777n).toString(8)} ${stat.uid}:${stat.gid}`
    if (stat.isDirectory()) {
      lines.set(path, `dir ${common} ${stat.ino}`)
      for (const name of readdirSync(full).toSorted()) visit(join(path, name))
    } else if (stat.isSymbolicLink()) lines.set(path, `link ${stat.uid}:${stat.gid} ${stat.ino} ${readlinkSync(full)}`)
    else if (stat.isFile()) lines.set(path, `file ${common} ${stat.ino} ${stat.mtimeNs} ${stat.size} ${hashOf(full)}`)
    else lines.set(path, `other ${common} ${stat.ino}`)
  }
  visit('')
  return lines
}

/** One line for each path that differs: `- path was`, `+ path is`. Empty when the trees are equal. */
export function differences(before: Snapshot, after: Snapshot): string[] {
  const lines: string[] = []
  for (const [path, line] of before) if (after.get(path) !== line) lines.push(`- ${path} ${line}`)
  for (const [path, line] of after) if (before.get(path) !== line) lines.push(`+ ${path} ${line}`)
  return lines.toSorted((a, b) => (a.slice(2) < b.slice(2) ? -1 : 1))
}

function hashOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}
