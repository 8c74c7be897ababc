/**
 * As long as a stand-in may have anything on disk, a marker exists that bash finds without starting a process.
 *
 * The marker of a build is the file `MARKERS${PORTAGE_BUILDDIR}/.live`, as it is, without escaping:
 *
 *     [[ -e /var/lib/standin/live${PORTAGE_BUILDDIR}/.live ]]
 *
 * A name with the slashes replaced would pass 255 bytes for a deep PORTAGE_TMPDIR, and the test would then say "nothing to purge".
 * PORTAGE_BUILDDIR holds category and PF, so the CPV need not be in it again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { closeSync, existsSync, mkdirSync, openSync, rmdirSync, rmSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { HostError, systemCode } from '../base/errors.ts'

/** Where the marker of a build lies. Errors: HostError UNSUPPORTED for a build folder that is not a plain absolute path. */
export function markerOf(markers: string, builddir: string): string {
  if (!builddir.startsWith('/') || normalize(builddir) !== builddir || builddir.endsWith('/'))
    throw new HostError('UNSUPPORTED', `PORTAGE_BUILDDIR ${JSON.stringify(builddir)} is not a plain absolute path`)
  return join(markers, builddir, '.live')
}

/** Idempotent. Not flushed: a marker matters to the emerge that runs now, and start-up makes it again. */
export function mark(markers: string, builddir: string): void {
  const marker = markerOf(markers, builddir)
  mkdirSync(dirname(marker), { recursive: true, mode: 0o755 })
  closeSync(openSync(marker, 'a', 0o644))
}

export function isMarked(markers: string, builddir: string): boolean {
  return existsSync(markerOf(markers, builddir))
}

/** Idempotent; takes folders that became empty along. */
export function unmark(markers: string, builddir: string): void {
  const marker = markerOf(markers, builddir)
  rmSync(marker, { force: true })
  for (let folder = dirname(marker); folder.length > markers.length && removedEmpty(folder); folder = dirname(folder));
}

function removedEmpty(folder: string): boolean {
  try {
    rmdirSync(folder)
    return true
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return true
    if (['ENOTEMPTY', 'EEXIST'].includes(systemCode(error) ?? '')) return false
    throw error
  }
}
