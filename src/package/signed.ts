/**
 * Says which metadata of an archive somebody answers for: whoever builds one recipe to one linkage and content signs one id of it, whatever host that is.
 *
 * Nothing else of a stranger's metadata may be read, for nobody has said it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { canonicalId } from '../base/canonical.ts'
import { type Metadata, METADATA_KEYS, type MetadataKey } from './manifest.ts'

/** What honest builders may differ in: the profile's list of flags, and what follows from the files by the host's own tools, and from the files alone. */
const UNSIGNED: ReadonlySet<MetadataKey> = new Set(['IUSE_EFFECTIVE', 'NEEDED.ELF.2', 'SIZE'])

/** Portage binds the slots of these to what the builder had, and no linkage says what that was. */
const UNBOUND: ReadonlySet<MetadataKey> = new Set(['BDEPEND', 'IDEPEND', 'PDEPEND'])

/** The part of an archive's metadata that is signed, in the form in which it is signed. */
export function signedMetadata(metadata: Metadata): Metadata {
  const found: Partial<Record<MetadataKey, string>> = {}
  for (const key of METADATA_KEYS) {
    const value = metadata[key]
    if (value !== undefined && !UNSIGNED.has(key)) found[key] = UNBOUND.has(key) ? withoutBoundSlots(value) : value
  }
  return found
}

/** SHA-256 over the canonical JSON of what is signed. Of an archive's metadata, which are canonical; a builder's own must be made so first. */
export function metadataId(metadata: Metadata): string {
  return canonicalId({ standin: 'metadata-1', values: signedMetadata(metadata) })
}

/** `dev-lang/perl:0/5.40=` becomes `dev-lang/perl:=`. A blocker has no slot operator, and keeps its slot. */
function withoutBoundSlots(text: string): string {
  return text
    .split(' ')
    .map((word) => (word.startsWith('!') ? word : word.replace(/^([^:[\]]+):[A-Za-z0-9+_./-]*=(\[.*\])?$/, '$1:=$2')))
    .join(' ')
}
