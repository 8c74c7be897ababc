/**
 * Reads the symbol versions that an ELF file asks of others and that it has itself, a bounded number of each.
 *
 * GNU symbol versioning, LSB 5.0, 10.7: `.gnu.version_r` (Verneed, Vernaux) and `.gnu.version_d` (Verdef, Verdaux).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type Cursor, OddElf } from './elf-cursor.ts'

export interface WantedVersion {
  /** Soname of the library that must have it. */
  readonly library: string
  readonly version: string
}

/** Where a table lies in the file, and how many entries it says to have. */
export interface VersionTable {
  readonly at: number
  readonly count: number
}

const MAX_VERSIONS = 4096
const WEAK = 2
const BASE = 1

/** Reads a name by its place in the table of strings. */
type Text = (at: number) => string

/** Weak ones are not needed; each pair once, sorted. */
export function readWanted(cursor: Cursor, text: Text, table: VersionTable | undefined): WantedVersion[] {
  const found = new Map<string, WantedVersion>()
  const spend = budget()
  for (const at of entries(cursor, table, 12)) {
    spend()
    const library = text(cursor.u32(at + 4))
    const count = cursor.u16(at + 2)
    let auxiliary = at + cursor.u32(at + 8)
    for (let index = 0; index < count; index += 1) {
      spend()
      const version = text(cursor.u32(auxiliary + 8))
      if ((cursor.u16(auxiliary + 4) & WEAK) === 0) found.set(`${library} ${version}`, { library, version })
      auxiliary += cursor.u32(auxiliary + 12)
    }
  }
  return [...found.keys()].toSorted().flatMap((key) => found.get(key) ?? [])
}

/** Without the first, which names the file itself. */
export function readDefined(cursor: Cursor, text: Text, table: VersionTable | undefined): string[] {
  const names = new Set<string>()
  const spend = budget()
  for (const at of entries(cursor, table, 16)) {
    spend()
    if ((cursor.u16(at + 2) & BASE) === 0) names.add(text(cursor.u32(at + cursor.u32(at + 12))))
  }
  return [...names].toSorted()
}

/** Follows the chain by the distance at `next` in each entry, until it is 0 or as many are read as the table has. */
function* entries(cursor: Cursor, table: VersionTable | undefined, next: number): Generator<number> {
  if (table === undefined) return
  let at = table.at
  for (let index = 0; index < table.count; index += 1) {
    yield at
    const distance = cursor.u32(at + next)
    if (distance === 0) return
    at += distance
  }
}

function budget(): () => void {
  let left = MAX_VERSIONS
  return () => {
    left -= 1
    if (left < 0) throw new OddElf('too many symbol versions')
  }
}
