/**
 * Says of one entry what it is to a running system: by what its first bytes are, its mode and its name, never by its place.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { FileRecord } from '../../package/record.ts'
import type { FileFacts } from '../elf.ts'
import { baseName } from './names.ts'

/**
 * `program`: an ELF file that somebody could run. `library`: a shared one whose name has a version, so that nothing links against it by chance.
 * `object`: any other ELF file, such as a plug-in. `script`: begins with `#!` and can be run. `odd`: begins like one of these and is none.
 */
export type EntryKind = 'program' | 'library' | 'object' | 'script' | 'odd' | 'data'

export const ANY_KIND: readonly EntryKind[] = ['program', 'library', 'object', 'script', 'odd', 'data']

export function kindOfFile(record: FileRecord, facts: FileFacts | undefined): EntryKind {
  const name = baseName(record.path)
  if (facts === undefined || facts.kind === 'data') return 'data'
  if (facts.kind !== 'elf') return facts.kind
  if (/\.so\.\d[^/]*$/.test(name)) return 'library'
  // As binutils and others name theirs: what was linked with it asks for this very name.
  if (/-\d[\d.]*\.so$/.test(name) && facts.soname === name) return 'library'
  return name.endsWith('.so') || (record.mode & 0o111) === 0 ? 'object' : 'program'
}
