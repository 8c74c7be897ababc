/**
 * Opens what an unprivileged and possibly hostile process has staged: regular files of that very folder and of nothing else.
 *
 * The folder is opened once and its files through /proc/self/fd, so that no rename or link above them leads the warden elsewhere. Nothing is ever
 * linked from it: a hard link would leave that process a handle on the live file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { hostError, StrangerError, systemCode } from '../base/errors.ts'
import { checkJson } from '../base/schema.ts'
import { type Manifest, manifest, MAX_MANIFEST_BYTES } from '../package/manifest.ts'
import { MAX_RECORDS } from '../package/record.ts'

/** An open staging folder; close it when done. */
export interface Staging {
  /** The folder that was opened, as a path that nobody can move. */
  readonly folder: string
  /** `files/` in it, likewise. */
  readonly files: string
  close(): void
}

// Not to wait on a FIFO, not to take a terminal, not to follow a link.
const SAFELY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY
const FOLDER = SAFELY | constants.O_DIRECTORY

/**
 * The folder above `path` may be the stranger's too, and is not followed where it is a link; whatever is above that must be root's.
 * Errors: StrangerError BAD_ARCHIVE when it is no folder or has no `files` folder.
 */
export function openStaging(path: string): Staging {
  const above = openStaged(dirname(path), FOLDER)
  const top = openBelow(above, basename(path))
  try {
    const files = openStaged(`/proc/self/fd/${top}/files`, FOLDER)
    return {
      folder: `/proc/self/fd/${top}`,
      files: `/proc/self/fd/${files}`,
      close: () => {
        closeSync(files)
        closeSync(top)
      },
    }
  } catch (error) {
    closeSync(top)
    throw error
  }
}

/** Opens the staged file with this SHA-256 by name; the caller closes it and must not believe its bytes. Errors: StrangerError BAD_HASH. */
export function openFile(staging: Staging, sha256: string, size: number): number {
  const fd = openStaged(`${staging.files}/${sha256}`, SAFELY)
  const stat = fstatSync(fd)
  if (stat.isFile() && stat.size === size) return fd
  closeSync(fd)
  throw new StrangerError('BAD_HASH', `staged file ${sha256} is not a regular file of ${size} bytes`)
}

/** More than enough for MAX_RECORDS: parsed JSON that is nothing but brackets and commas takes forty times the memory of its text. */
const MAX_MARKS: number = 20 * MAX_RECORDS

/** Bytes that are `,`, `[` or `{`, in names too. */
function marksIn(text: Uint8Array): number {
  let marks = 0
  // An iterator takes ten times as long.
  for (let at = 0; at < text.length; at++) {
    const byte = text[at]
    if (byte === 0x2c || byte === 0x5b || byte === 0x7b) marks++
  }
  return marks
}

/** Reads and checks `manifest.json`. Errors: StrangerError TOO_LARGE, SCHEMA or BAD_ARCHIVE. */
export function readManifest(staging: Staging): Manifest {
  const fd = openStaged(`${staging.folder}/manifest.json`, SAFELY)
  try {
    const stat = fstatSync(fd)
    if (!stat.isFile()) throw new StrangerError('BAD_ARCHIVE', 'the staged manifest is not a regular file')
    if (stat.size > MAX_MANIFEST_BYTES) throw new StrangerError('TOO_LARGE', `the staged manifest has ${stat.size} bytes`)
    const text = Buffer.alloc(stat.size)
    let at = 0
    for (let got = -1; got !== 0 && at < text.byteLength; at += got) got = readSync(fd, text, at, text.byteLength - at, at)
    if (marksIn(text.subarray(0, at)) > MAX_MARKS) throw new StrangerError('TOO_LARGE', 'the staged manifest is no list of records')
    return checkJson(manifest, text.subarray(0, at), 'staged manifest', MAX_MANIFEST_BYTES)
  } finally {
    closeSync(fd)
  }
}

/** Opens a folder of `above` and closes that. */
function openBelow(above: number, name: string): number {
  try {
    return openStaged(`/proc/self/fd/${above}/${name}`, FOLDER)
  } finally {
    closeSync(above)
  }
}

function openStaged(path: string, flags: number): number {
  try {
    return openSync(path, flags)
  } catch (error) {
    // ELOOP: a link. ENXIO: a socket or an unread FIFO. All of them are for the stranger to answer for; anything else is ours.
    if (['ENOENT', 'ELOOP', 'ENOTDIR', 'ENXIO'].includes(systemCode(error) ?? ''))
      throw new StrangerError('BAD_ARCHIVE', 'something of what was staged is missing or is not a file', { cause: error })
    throw hostError('could not open what was staged', error)
  }
}
