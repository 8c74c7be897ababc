/**
 * A database that cannot be used because its disk is full is said to be just that: it is whole, and nothing must be moved away for it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { existsSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { HostError, hostError, type StandinError, systemCode } from './errors.ts'

/** SQLite wants this much beside a database before it reads a byte of it. */
const LEAST_BYTES = 64 * 1024

/** Whether the filesystem of a folder has no room for anything, be it of bytes or of names. */
export function isFull(folder: string): boolean {
  const { bfree, bsize, files, ffree } = statfsSync(folder)
  return bfree * bsize < LEAST_BYTES || (files > 0 && ffree === 0)
}

/**
 * `hostError`, for what a database at `path` says: SQLite speaks of `disk I/O error` as well where it has no room for the files that it wants beside
 * a database. Errors: none; gives one with code DISK_FULL that names the folder.
 */
export function databaseError(doing: string, path: string, error: unknown): StandinError {
  const known = hostError(doing, error)
  const folder = dirname(path)
  const full = (known.code === 'DISK_FULL' && systemCode(error) !== 'EROFS') || (existsSync(folder) && isFull(folder))
  if (known === error || !full) return known
  return new HostError('DISK_FULL', `${doing}: the disk of ${folder} is full; make room there, nothing else is wrong`, { cause: error })
}
