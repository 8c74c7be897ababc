/**
 * Puts the files of an image into staging under the hash of their bytes; no name that a stranger chose becomes a path on this disk.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { createHash, hash, type Hash } from 'node:crypto'
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { StrangerError, hostError } from '../../base/errors.ts'
import { MAX_MANIFEST_BYTES } from '../manifest.ts'
import { pathProblem, targetProblem } from '../paths.ts'
import { byPath, type ImageRecord } from '../record.ts'
import type { ImageLimits } from '../walk.ts'
import { IMAGE_FOLDER } from './format.ts'
import { encodeEntry, type TarEntry } from './tarblock.ts'
import type { TarSink } from './tarread.ts'

export interface Stage {
  readonly sink: TarSink
  /** Sorted, complete when the stream has ended. */
  readonly records: readonly ImageRecord[]
  readonly fileBytes: () => number
  /** Closes what an interrupted stream left open. */
  close(): void
}

/** A sink for the entries of `image.tar`. It throws StrangerError BAD_PATH, BAD_ARCHIVE, TOO_LARGE, or HostError DISK_FULL, IO. */
export function stageImage(staging: string, limits: ImageLimits): Stage {
  const folder = `${staging}/files`
  mkdirSync(folder, { mode: 0o700 })
  const records: ImageRecord[] = []
  const rules = imageRules(limits)
  const store = fileStore(folder)
  let entry: TarEntry | undefined
  const sink: TarSink = {
    begin(next) {
      entry = next
      rules.check(next)
    },
    body(bytes) {
      store.add(bytes, entry?.size ?? 0)
    },
    end() {
      if (entry !== undefined && entry.name !== IMAGE_FOLDER.name) records.push(recordOf(entry, store))
    },
  }
  return { sink, records, fileBytes: rules.fileBytes, close: () => store.close() }
}

function recordOf(entry: TarEntry, store: FileStore): ImageRecord {
  const { owner, group, mode, size } = entry
  const path = entry.name.slice(IMAGE_FOLDER.name.length + 1)
  if (entry.type === 'dir') return { type: 'dir', path, mode, owner, group }
  if (entry.type === 'link') return { type: 'link', path, target: entry.target ?? '', owner, group }
  const capability = entry.capability === undefined ? {} : { capability: entry.capability }
  return { type: 'file', path, mode, owner, group, size, sha256: store.finish(), ...capability }
}

/** What the order, the names and the sizes of entries must keep to. */
function imageRules(limits: ImageLimits): { check(entry: TarEntry): void; fileBytes: () => number } {
  const folders = new Set([''])
  let last: { path: string } | undefined
  let count = 0
  let bytes = 0
  let nameBytes = 0
  return {
    fileBytes: () => bytes,
    check(entry) {
      if (last === undefined) {
        if (!encodeEntry(entry).equals(encodeEntry(IMAGE_FOLDER)))
          throw new StrangerError('BAD_ARCHIVE', 'the image does not begin with its folder')
        last = { path: '' }
        return
      }
      const path = pathOf(entry)
      if (byPath(last, { path }) >= 0) throw badPath(path, 'it stands twice or out of order')
      if (!folders.has(path.slice(0, Math.max(0, path.lastIndexOf('/'))))) throw badPath(path, 'it lies in no folder of the image')
      if (entry.type === 'dir') folders.add(path)
      last = { path }
      bytes += entry.size
      nameBytes += path.length + (entry.target?.length ?? 0)
      count++
      if (entry.size > limits.fileBytes)
        throw new StrangerError('TOO_LARGE', `a file of ${entry.size} bytes, at most ${limits.fileBytes} are taken`)
      if (bytes > limits.imageBytes) throw new StrangerError('TOO_LARGE', `an image of more than ${limits.imageBytes} bytes`)
      // Names pack well and all of them are held until the end, so half a megabyte of archive could fill the memory.
      if (nameBytes > MAX_MANIFEST_BYTES) throw new StrangerError('TOO_LARGE', 'an image whose names are more than a manifest may hold')
      if (count > limits.records) throw new StrangerError('TOO_LARGE', `an image of more than ${limits.records} entries`)
    },
  }
}

function pathOf(entry: TarEntry): string {
  const prefix = `${IMAGE_FOLDER.name}/`
  if (!entry.name.startsWith(prefix)) throw badPath(entry.name, 'it lies outside the image')
  const path = entry.name.slice(prefix.length)
  const problem = pathProblem(path) ?? (entry.type === 'link' ? targetProblem(path, entry.target ?? '') : undefined)
  if (problem !== undefined) throw badPath(path, problem)
  return path
}

interface FileStore {
  /** A part of the current file, which has `size` bytes in all. */
  add(bytes: Buffer, size: number): void
  /** Ends the current file and gives its SHA-256. */
  finish(): string
  close(): void
}

function fileStore(folder: string): FileStore {
  const stored = new Set<string>()
  const partial = `${folder}/.partial`
  let open: { fd: number; digest: Hash } | undefined
  let whole: string | undefined
  const close = (): void => {
    if (open !== undefined) closeSync(open.fd)
    open = undefined
  }
  const putWhole = (bytes: Buffer): string => {
    const sha256 = hash('sha256', bytes, 'hex')
    if (!stored.has(sha256)) writeNew(`${folder}/${sha256}`, bytes)
    stored.add(sha256)
    return sha256
  }
  const endPartial = ({ digest }: { digest: Hash }): string => {
    const sha256 = digest.digest('hex')
    close()
    if (stored.has(sha256)) rmSync(partial)
    else renameSync(partial, `${folder}/${sha256}`)
    stored.add(sha256)
    return sha256
  }
  return {
    close,
    add(bytes, size) {
      if (open === undefined && bytes.length === size) {
        whole = putWhole(bytes)
        return
      }
      open ??= { fd: openNew(partial), digest: createHash('sha256') }
      open.digest.update(bytes)
      writeAll(open.fd, bytes)
    },
    finish() {
      const sha256 = open === undefined ? (whole ?? putWhole(Buffer.alloc(0))) : endPartial(open)
      whole = undefined
      return sha256
    },
  }
}

function writeNew(path: string, bytes: Buffer): void {
  const fd = openNew(path)
  try {
    writeAll(fd, bytes)
  } finally {
    closeSync(fd)
  }
}

function openNew(path: string): number {
  try {
    return openSync(path, 'wx', 0o600)
  } catch (error) {
    throw hostError(`could not create ${path}`, error)
  }
}

function writeAll(fd: number, bytes: Buffer): void {
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at)
  } catch (error) {
    throw hostError('could not write to staging', error)
  }
}

function badPath(path: string, why: string): StrangerError {
  return new StrangerError('BAD_PATH', `the image names ${JSON.stringify(path.slice(0, 200))}: ${why}`)
}
