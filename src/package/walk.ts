/**
 * Lists a captured image in the order of its records, without opening a file: what is not a folder, a regular file or a link is refused.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { isUtf8 } from 'node:buffer'
import { lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs'
import { HostError, hostError } from '../base/errors.ts'
import type { Capabilities } from './capability.ts'
import type { OwnerNames } from './owners.ts'
import { pathProblem, targetProblem } from './paths.ts'
import { byPath, type FileRecord, type FolderRecord, type LinkRecord, MAX_RECORDS } from './record.ts'

export interface ImageLimits {
  /** Entries. */
  readonly records: number
  /** Bytes of one file; ustar has no larger number than 8 GiB less one. */
  readonly fileBytes: number
  /** Bytes of all files. */
  readonly imageBytes: number
}

export const IMAGE_LIMITS: ImageLimits = { records: MAX_RECORDS, fileBytes: 8 * 2 ** 30 - 1, imageBytes: 16 * 2 ** 30 }

/** What a file was when it was captured, where it may have been changed through another name since. */
export interface Noted {
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

export interface WalkInput {
  readonly root: string
  readonly limits: ImageLimits
  readonly owners: OwnerNames
  readonly capabilities: Capabilities
  /** By path; what the file itself says is taken of one that is not there. */
  readonly noted?: ReadonlyMap<string, Noted>
}

/** A file as the walk saw it; `inode` tells whether the same file is opened later. */
export interface FileEntry extends Omit<FileRecord, 'sha256'> {
  readonly inode: number
}

export type ImageEntry = FolderRecord | LinkRecord | FileEntry

/** Sorted by path bytes; the image folder itself is not among them. Errors: HostError UNSUPPORTED (naming the path) or IO. */
export function walkImage(input: WalkInput): ImageEntry[] {
  const entries: ImageEntry[] = []
  let bytes = 0
  for (const path of pathsBelow(input.root, input.limits.records)) {
    const entry = entryOf(input, path)
    if (entry.type === 'file') bytes += entry.size
    if (bytes > input.limits.imageBytes) throw unsupported(path, `the image has more than ${input.limits.imageBytes} bytes`)
    entries.push(entry)
  }
  return entries.toSorted(byPath)
}

/** Paths relative to `root`, folders before what is in them. */
function pathsBelow(root: string, most: number): string[] {
  const paths: string[] = []
  const folders = ['']
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const found of list(root, folder)) {
      const path = folder === '' ? nameOf(folder, found.name) : `${folder}/${nameOf(folder, found.name)}`
      paths.push(path)
      if (paths.length > most) throw unsupported(path, `the image has more than ${most} entries`)
      if (found.isDirectory()) folders.push(path)
    }
  }
  return paths
}

function list(root: string, folder: string): ReturnType<typeof readBytes> {
  try {
    return readBytes(`${root}/${folder}`)
  } catch (error) {
    throw hostError(`could not list ${root}/${folder}`, error)
  }
}

function readBytes(folder: string) {
  return readdirSync(folder, { withFileTypes: true, encoding: 'buffer' })
}

function nameOf(folder: string, name: Buffer): string {
  if (!isUtf8(name)) throw unsupported(`${folder}/${name.toString('latin1')}`, 'its name is not UTF-8')
  return name.toString('utf8')
}

function entryOf(input: WalkInput, path: string): ImageEntry {
  const problem = pathProblem(path)
  if (problem !== undefined) throw unsupported(path, problem)
  const stats = statOf(input.root, path)
  const noted = input.noted?.get(path) ?? stats
  const owners = ownersOf(input, path, noted)
  const common = { path, mode: noted.mode & 0o7777, ...owners }
  if (stats.isDirectory()) return { type: 'dir', ...common }
  if (stats.isSymbolicLink()) return { type: 'link', path, ...owners, target: targetOf(input.root, path) }
  if (!stats.isFile()) throw unsupported(path, 'it is a device, a fifo or a socket')
  if (stats.size > input.limits.fileBytes)
    throw unsupported(path, `it has ${stats.size} bytes, at most ${input.limits.fileBytes} are taken`)
  const capability = input.capabilities.get(path)
  return { type: 'file', ...common, size: stats.size, inode: stats.ino, ...(capability === undefined ? {} : { capability }) }
}

function statOf(root: string, path: string): Stats {
  try {
    return lstatSync(`${root}/${path}`)
  } catch (error) {
    throw hostError(`could not look at ${root}/${path}`, error)
  }
}

function ownersOf({ owners }: WalkInput, path: string, stats: Noted): { owner: string; group: string } {
  const owner = owners.users.get(stats.uid)
  const group = owners.groups.get(stats.gid)
  if (owner === undefined) throw unsupported(path, `its owner ${stats.uid} has no name here`)
  if (group === undefined) throw unsupported(path, `its group ${stats.gid} has no name here`)
  return { owner, group }
}

function targetOf(root: string, path: string): string {
  const target = readlinkSync(`${root}/${path}`, { encoding: 'buffer' })
  if (!isUtf8(target)) throw unsupported(path, 'its target is not UTF-8')
  const problem = targetProblem(path, target.toString('utf8'))
  if (problem !== undefined) throw unsupported(path, `it is a link with ${problem}`)
  return target.toString('utf8')
}

function unsupported(path: string, why: string): HostError {
  return new HostError('UNSUPPORTED', `${path}: cannot be published: ${why}`)
}
