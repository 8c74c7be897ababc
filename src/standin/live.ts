/**
 * As long as a stand-in may have anything on disk, its package has a folder that bash finds without starting a process.
 *
 *     [[ -d /var/lib/standin/live/${CATEGORY}/${PN} ]]
 *
 * It goes by the package and not by the build: another version in the same slot, a binary package and a build below another PORTAGE_TMPDIR would
 * all find the files of the stand-in in their way. Each stand-in has one empty file in there, by its id in the journal.
 *
 * Imports no package: the hook that purges without the warden carries this file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { closeSync, existsSync, mkdirSync, openSync, rmdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { HostError, systemCode } from '../base/errors.ts'
import { splitCpv } from '../portage/version.ts'

export interface Marked {
  /** In the journal. */
  readonly id: number
  readonly cpv: string
}

/** `app-misc/demo` of `app-misc/demo-1.2-r3`: CATEGORY and PN. Errors: HostError UNSUPPORTED for what is no CPV. */
export function packageOf(cpv: string): string {
  const parts = splitCpv(cpv)
  if (parts === undefined) throw new HostError('UNSUPPORTED', `${JSON.stringify(cpv)} is no category, package and version`)
  return `${parts.category}/${parts.name}`
}

/** Whether both are versions of one package; what is no CPV is none. */
export function isSamePackage(one: string, other: string): boolean {
  const [a, b] = [splitCpv(one), splitCpv(other)]
  return a !== undefined && b !== undefined && a.category === b.category && a.name === b.name
}

/**
 * Whether this very one may have something on disk. Where the journal could not be told that it is purged, this says it: taking a name away needs no
 * room. In this boot only, as nobody flushes it.
 */
export function hasMarker(markers: string, { id, cpv }: Marked): boolean {
  return existsSync(join(markers, packageOf(cpv), String(id)))
}

/** Idempotent. Not flushed: a marker matters to the emerge that runs now, and after a reboot nothing stands in. */
export function mark(markers: string, { id, cpv }: Marked): void {
  const folder = join(markers, packageOf(cpv))
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  closeSync(openSync(join(folder, String(id)), 'a', 0o644))
}

/** Whether any stand-in of the package of `cpv`, in any version, may have something on disk. */
export function isMarked(markers: string, cpv: string): boolean {
  return existsSync(join(markers, packageOf(cpv)))
}

/** Idempotent; takes folders that became empty along. */
export function unmark(markers: string, { id, cpv }: Marked): void {
  const marker = join(markers, packageOf(cpv), String(id))
  rmSync(marker, { force: true })
  for (let folder = dirname(marker); folder.length > markers.length && removedEmpty(folder); folder = dirname(folder));
}

/** Whether there is no such folder any more. */
export function removedEmpty(folder: string): boolean {
  try {
    rmdirSync(folder)
    return true
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return true
    if (['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(systemCode(error) ?? '')) return false
    throw error
  }
}
