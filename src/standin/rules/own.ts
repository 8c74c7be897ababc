/**
 * Tells which folders are a package's own by their names: what nobody else looks into, so that nothing acts by lying there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { Family } from '../../package/family.ts'
import type { ImageRecord } from '../../package/record.ts'
import { baseName, isCommand } from './names.ts'

/** Lower case: its name, the same without `-bin`, and its commands. */
export interface OwnNames {
  readonly names: readonly string[]
  readonly commands: ReadonlySet<string>
}

export function ownNamesOf({ name }: Family, records: readonly ImageRecord[]): OwnNames {
  const lower = name.toLowerCase()
  const commands = records.filter(({ type, path }) => type !== 'dir' && isCommand(path)).map(({ path }) => baseName(path).toLowerCase())
  return { names: [...new Set([lower, lower.replace(/-bin$/, '')])], commands: new Set(commands) }
}

/**
 * Whether a folder (or a helper) of this name is the package's own: called like the package or one of its commands; like the package with something
 * behind a dash, dot, digit or underscore; or like either as the last part of a name of the form `org.example.Name`.
 */
export function isOwn(folder: string, { names, commands }: OwnNames): boolean {
  const lower = folder.toLowerCase()
  const last = /^[a-z]{2,}(\.[a-z0-9_-]+)+\.([a-z0-9_-]+)$/.exec(lower)?.[2] ?? lower
  if (names.includes(last) || commands.has(last)) return true
  return names.some((name) => lower.startsWith(name) && /^[-._\d]/.test(lower.slice(name.length)))
}
