/**
 * Metadata of a build as an archive carries it: from the allow-list only, and the same text on every host that built the same thing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { readFileSync } from 'node:fs'
import { HostError, hostError, systemCode } from '../base/errors.ts'
import { withoutTmpdir } from './flagpaths.ts'
import { normaliseFlags } from './flags.ts'
import { parseSonames } from './linkage.ts'
import { type Metadata, METADATA_KEYS, type MetadataKey } from './manifest.ts'

/** Most bytes that one value may have. */
export const MAX_VALUE_BYTES: number = 4 * 1024 * 1024

/** Portage leaves the hash of the user's patches here when it has applied any (eapply_user). */
const PATCHED = 'USER_PATCHES'

/**
 * Reads the allowed keys of a folder such as `build-info` or what `metadata.tar` unpacks to.
 * Errors: HostError UNSUPPORTED, also where user patches were applied: no recipe says such a build; IO.
 */
export function metadataFromFolder(folder: string): Metadata {
  if (valueIn(`${folder}/${PATCHED}`) !== undefined) throw new HostError('UNSUPPORTED', 'user patches were applied to it')
  const found: Partial<Record<MetadataKey, string>> = {}
  for (const key of METADATA_KEYS) {
    const value = valueIn(`${folder}/${key}`)
    if (value !== undefined) found[key] = value
  }
  return found
}

function valueIn(path: string): string | undefined {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw hostError(`could not read ${path}`, error)
  }
  if (bytes.length > MAX_VALUE_BYTES)
    throw new HostError('UNSUPPORTED', `${path}: ${bytes.length} bytes, at most ${MAX_VALUE_BYTES} are taken`)
  return bytes.toString('utf8').trimEnd()
}

export interface MetadataContext {
  /** What `-march=native` is on this host. */
  readonly resolvedMarch?: readonly string[] | undefined
  /** PORTAGE_TMPDIR, which flags may map away. */
  readonly tmpdir?: string | undefined
  /** Bytes of all files of the image, each name counted: Portage counts folders too, whose size depends on the filesystem. */
  readonly fileBytes: number
}

/** Sorted and cut to one spelling where hosts differ needlessly. Errors: HostError BAD_STATE for flags that still say "native". */
export function canonicalMetadata(metadata: Metadata, context: MetadataContext): Metadata {
  const found: Partial<Record<MetadataKey, string>> = {}
  for (const key of METADATA_KEYS) {
    const value = key === 'SIZE' ? String(context.fileBytes) : metadata[key]
    if (value !== undefined) found[key] = canonicalValue(key, value, context)
  }
  return found
}

function canonicalValue(key: MetadataKey, value: string, context: MetadataContext): string {
  switch (key) {
    case 'USE':
    case 'IUSE':
    case 'IUSE_EFFECTIVE':
    case 'KEYWORDS':
    case 'DEFINED_PHASES':
      return [...new Set(wordsOf(value))].toSorted().join(' ')
    case 'CFLAGS':
    case 'CXXFLAGS':
    case 'LDFLAGS':
      return flagText(key, value, context)
    case 'REQUIRES':
    case 'PROVIDES':
      return sonameText(value)
    case 'NEEDED.ELF.2':
      // scanelf prints files as the folder lists them, which depends on the filesystem.
      return value.split('\n').filter(Boolean).toSorted().join('\n')
    default:
      return wordsOf(value).join(' ')
  }
}

function wordsOf(value: string): string[] {
  return value.split(/\s+/).filter(Boolean)
}

function flagText(key: MetadataKey, value: string, { resolvedMarch, tmpdir }: MetadataContext): string {
  const text = normaliseFlags(tmpdir === undefined ? value : withoutTmpdir(value, tmpdir), resolvedMarch).join(' ')
  if (/=native\b/.test(text)) throw new HostError('BAD_STATE', `${key} says "native" and nothing says what that is here`)
  return text
}

function sonameText(value: string): string {
  const byCategory = Map.groupBy(parseSonames(value), ({ category }) => category)
  return [...byCategory].map(([category, found]) => `${category}: ${found.map(({ soname }) => soname).join(' ')}`).join(' ')
}
