/**
 * Follows a link of a stand-in to the file that it leads to: by the journal where that is ours, as it may be gone already, else by what is there now.
 *
 * Imports no package: the hook that purges without the warden carries this file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { systemCode } from '../base/errors.ts'
import type { JournalPath } from './journal.ts'
import { type Found, isSameInode } from './judge.ts'
import { look } from './look.ts'

export interface Lead {
  /** All of ours that it passes, itself first, and the file where that is ours: without them it leads nowhere. */
  readonly passed: readonly JournalPath[]
  /** How that file was placed, and how it is now. */
  readonly states: readonly Pick<Found, 'mtimeNs' | 'size'>[]
}

/** As the kernel does (path_resolution(7)). */
const MOST_LINKS = 40

/** Names and dots on the way: more than anybody needs, and few enough to look for on a disk. */
const MOST_STEPS = 250

/** `base`: the root with a slash, from which an absolute target is taken. Undefined where it leads to no file. Errors: a system error. */
export function leadOf(source: JournalPath, placed: ReadonlyMap<string, JournalPath>, base: string): Lead | undefined {
  const passed: JournalPath[] = []
  let at = folderOf(source.path)
  let row: JournalPath | undefined
  const names = [source.path.slice(at === '' ? 0 : at.length + 1)]
  for (let links = 0, steps = 0, name = names.shift(); name !== undefined; name = names.shift()) {
    steps += 1
    if (steps > MOST_STEPS) return undefined
    if (name === '' || name === '.') continue
    const path = name === '..' ? folderOf(at) : join(at, name)
    row = name === '..' ? undefined : placed.get(path)
    if (row !== undefined && row.kind !== 'dir') passed.push(row)
    const target = name === '..' ? undefined : targetOf(row, base + path)
    if (target === undefined) at = path
    else {
      links += 1
      if (target === '' || links > MOST_LINKS) return undefined
      if (target.startsWith('/')) at = ''
      names.unshift(...target.split('/'))
    }
  }
  if (row !== undefined && row.kind !== 'file') return undefined
  const now = lookAt(base + at)
  if (row !== undefined) return { passed, states: isSameInode(row, now) && now !== undefined ? [row, now] : [row] }
  return now?.kind === 'file' ? { passed, states: [now] } : undefined
}

/** Undefined for what is no link, '' where it is not known. */
function targetOf(row: JournalPath | undefined, path: string): string | undefined {
  if (row !== undefined) return row.kind === 'link' ? row.target : undefined
  if (lookAt(path)?.kind !== 'link') return undefined
  try {
    return readlinkSync(path)
  } catch (error) {
    if (['ENOENT', 'EINVAL', 'ENOTDIR'].includes(systemCode(error) ?? '')) return ''
    throw error
  }
}

/** A target says what whoever has made it likes: what is too long for a name is none. */
function lookAt(path: string): Found | undefined {
  try {
    return look(path)
  } catch (error) {
    if (systemCode(error) === 'ENAMETOOLONG') return undefined
    throw error
  }
}

function folderOf(path: string): string {
  const folder = dirname(path)
  return folder === '.' ? '' : folder
}
