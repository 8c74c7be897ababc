/**
 * The bytes of `metadata.tar`: one file for each key, in the order of the allow-list, each value with the newline that Portage's files have.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { StrangerError } from '../../base/errors.ts'
import { type Metadata, METADATA_KEYS, type MetadataKey } from '../manifest.ts'
import { encodeEntry, paddedSize, TAR_END, type TarEntry } from './tarblock.ts'
import { tarReader } from './tarread.ts'

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

/** Reads it back; only what metadataTar itself would write is taken. Errors: StrangerError BAD_ARCHIVE. */
export function parseMetadataTar(bytes: Buffer): Metadata {
  const found: Partial<Record<MetadataKey, string>> = {}
  let key: MetadataKey | undefined
  let parts: Buffer[] = []
  const reader = tarReader({
    begin(entry) {
      key = METADATA_KEYS.find((name) => METADATA_FOLDER + name === entry.name)
      if (key === undefined) throw new StrangerError('BAD_ARCHIVE', `metadata has ${JSON.stringify(entry.name.slice(0, 100))}`)
      parts = []
    },
    body: (part) => void parts.push(Buffer.from(part)),
    end() {
      if (key !== undefined) found[key] = Buffer.concat(parts).toString('utf8').slice(0, -1)
    },
  })
  reader.push(bytes)
  reader.finish()
  // Covers order, doubled keys, other modes, missing newlines and what is not UTF-8.
  if (!metadataTar(found).equals(bytes)) throw new StrangerError('BAD_ARCHIVE', 'metadata is not in its canonical form')
  return found
}
