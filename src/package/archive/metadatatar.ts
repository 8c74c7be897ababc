/**
 * The bytes of `metadata.tar`: one file for each key, in the order of the allow-list, each value with the newline that Portage's files have.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type Metadata, METADATA_KEYS, type MetadataKey } from '../manifest.ts'
import { encodeEntry, paddedSize, TAR_END, type TarEntry } from './tarblock.ts'

export const METADATA_FOLDER = 'metadata/'

/** Portage refuses an entry for the folder itself, so there is none. */
export function metadataTar(metadata: Metadata): Buffer {
  const parts = METADATA_KEYS.flatMap((key) => {
    const value = metadata[key]
    if (value === undefined) return []
    const bytes = Buffer.from(`${value}\n`)
    return [encodeEntry(metadataEntry(key, bytes.length)), bytes, Buffer.alloc(paddedSize(bytes.length) - bytes.length)]
  })
  return Buffer.concat([...parts, TAR_END])
}

function metadataEntry(key: MetadataKey, size: number): TarEntry {
  return { type: 'file', name: METADATA_FOLDER + key, mode: 0o644, owner: 'root', group: 'root', size }
}
