/**
 * Reads an image as this host would take it: where /usr/sbin is a link to bin, as on a merged /usr, what an image has in the one lies in the other.
 *
 * Portage merges through that link too. It is the only folder that builders and hosts honestly disagree about; an image that is at odds with
 * this host about any other is not read anew but refused, since nothing is ever placed through a link.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { byPath, type ImageRecord } from '../package/record.ts'

/** What a link at /usr/sbin says where it is the same folder as /usr/bin. */
export const SBIN_IS_BIN: readonly string[] = ['bin', '../usr/bin', '/usr/bin']

export function pathHere(path: string, sbinIsBin: boolean): string {
  return sbinIsBin ? path.replace(/^usr\/sbin(?=\/|$)/, 'usr/bin') : path
}

/** The same records where nothing differs. Two names that become one stay two records, which no rule lets through. */
export function recordsHere(records: readonly ImageRecord[], sbinIsBin: boolean): readonly ImageRecord[] {
  if (!sbinIsBin || !records.some(({ path }) => path.startsWith('usr/sbin/'))) return records
  return records
    .filter(({ path, type }) => type !== 'dir' || path !== 'usr/sbin')
    .map((record) => ({ ...record, path: pathHere(record.path, sbinIsBin) }))
    .toSorted(byPath)
}
