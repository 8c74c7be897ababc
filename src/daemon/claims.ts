/**
 * Computes anew what an offer says of its own archive, from what was unpacked of it: a liar would sign the ids of an honest build for other files.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { hash } from 'node:crypto'
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { setImmediate as breathe } from 'node:timers/promises'
import { StrangerError } from '../base/errors.ts'
import { stableId } from '../package/content.ts'
import { linkageId, linkageOf } from '../package/linkage.ts'
import type { Manifest } from '../package/manifest.ts'
import { maskedRanges, normaliserFor } from '../package/normalise/list.ts'
import { mask } from '../package/normalise/range.ts'
import type { ImageRecord } from '../package/record.ts'
import { metadataId } from '../package/signed.ts'
import type { Offer } from '../swarm/wire.ts'

/** Enough for every normaliser to know its files. */
const HEAD_BYTES = 64

/** Errors: StrangerError BAD_HASH, naming the id that is not true; those of reading what lies in `staging`. */
export async function checkClaims(
  offer: Pick<Offer, 'content' | 'linkage' | 'stable' | 'metadata'>,
  manifest: Manifest,
  staging: string,
): Promise<void> {
  if (manifest.contentId !== offer.content) throw new StrangerError('BAD_HASH', 'what came is not the content that was offered')
  checkMetadata(offer, manifest)
  const stable = stableId(manifest.records, await stableHashes(manifest.records, staging))
  if (stable !== offer.stable) throw new StrangerError('BAD_HASH', 'its stable content id is not that of its files')
}

/** Errors: StrangerError BAD_HASH; SCHEMA or TOO_LARGE for metadata that have no linkage. */
export function checkMetadata(offer: Pick<Offer, 'linkage' | 'metadata'>, { metadata }: Manifest): void {
  if (metadataId(metadata) !== offer.metadata) throw new StrangerError('BAD_HASH', 'its metadata are not what was signed')
  if (linkageId(linkageOf(metadata)) !== offer.linkage) throw new StrangerError('BAD_HASH', 'its linkage is not what its own metadata say')
}

type FileRecord = Extract<ImageRecord, { type: 'file' }>

async function stableHashes(records: readonly ImageRecord[], staging: string): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const record of records) {
    const stable = record.type === 'file' ? stableHashOf(record, `${staging}/files/${record.sha256}`) : undefined
    if (stable === undefined) continue
    found.set(record.path, stable)
    await breathe()
  }
  return found
}

/** Undefined for a file whose bytes all count. */
function stableHashOf({ path, size }: FileRecord, file: string): string | undefined {
  if (normaliserFor(path, headOf(file), size) === undefined) return undefined
  const bytes = readFileSync(file)
  const ranges = maskedRanges(path, bytes)
  if (ranges.length === 0) return undefined
  mask(bytes, ranges)
  return hash('sha256', bytes, 'hex')
}

function headOf(file: string): Buffer {
  const fd = openSync(file, 'r')
  try {
    const head = Buffer.alloc(HEAD_BYTES)
    return head.subarray(0, readSync(fd, head, 0, HEAD_BYTES, 0))
  } finally {
    closeSync(fd)
  }
}
