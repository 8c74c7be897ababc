/**
 * The bytes of `image.tar`; each file is read once while they are made.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { newScratch, readOnce } from '../once.ts'
import type { Gathered } from '../scan.ts'
import type { ImageRecord } from '../record.ts'
import type { ImageEntry } from '../walk.ts'
import type { Watch } from '../private/watch.ts'
import { IMAGE_FOLDER } from './format.ts'
import { BLOCK, encodeEntry, paddedSize, TAR_END, type TarEntry } from './tarblock.ts'

const PADDING = Buffer.alloc(BLOCK)

/** A record, or an entry that is not hashed yet, as a tar entry below `image/`. */
export function imageTarEntry(entry: ImageEntry | ImageRecord): TarEntry {
  const common = { type: entry.type, name: `${IMAGE_FOLDER.name}/${entry.path}`, owner: entry.owner, group: entry.group, size: 0 }
  if (entry.type === 'dir') return { ...common, mode: entry.mode }
  if (entry.type === 'link') return { ...common, mode: 0o777, target: entry.target }
  const capability = entry.capability === undefined ? {} : { capability: entry.capability }
  return { ...common, mode: entry.mode, size: entry.size, ...capability }
}

/** Yields the tar file in pieces that are valid until the next one is asked for, gathers records and watches on the way. Errors: as readOnce. */
export function* imageTar(root: string, entries: readonly ImageEntry[], gathered: Gathered, watch: Watch): Generator<Buffer, void> {
  const scratch = newScratch()
  yield encodeEntry(IMAGE_FOLDER)
  for (const entry of entries) {
    yield encodeEntry(imageTarEntry(entry))
    watch.entry(entry)
    if (entry.type !== 'file') {
      gathered.add(entry)
      continue
    }
    gathered.addFile(entry, yield* watch.file(entry.path, entry.size, readOnce(root, entry, scratch)))
    yield PADDING.subarray(0, paddedSize(entry.size) - entry.size)
  }
  yield TAR_END
}
