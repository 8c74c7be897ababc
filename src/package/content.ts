/**
 * A content id says what came out of a build: equal ids mean equal files, modes, owners and links, whatever the times and the order of the walk.
 *
 * One leaf a record, so that two contents can be told apart file by file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { bytesToHex } from '@noble/hashes/utils.js'
import { canonicalBytes } from '../base/canonical.ts'
import { leafHash, merkleRoot } from './merkle.ts'
import { byPath, type ImageRecord } from './record.ts'

/** SHA-256 of each file's normalised bytes by path; a file that no normaliser touches may be absent. */
export type StableHashes = ReadonlyMap<string, string>

/** Merkle root (RFC 6962) over the canonical JSON of the records, sorted by path. */
export function exactId(records: readonly ImageRecord[]): string {
  return rootOf(records.toSorted(byPath))
}

/** The same over records whose file hashes are those of the normalised bytes. */
export function stableId(records: readonly ImageRecord[], stableHashes: StableHashes): string {
  return exactId(records.map((record) => stableRecord(record, stableHashes)))
}

function stableRecord(record: ImageRecord, stableHashes: StableHashes): ImageRecord {
  const sha256 = record.type === 'file' ? stableHashes.get(record.path) : undefined
  return record.type === 'file' && sha256 !== undefined ? { ...record, sha256 } : record
}

function rootOf(sorted: readonly ImageRecord[]): string {
  return bytesToHex(merkleRoot(sorted.map((record) => leafHash(canonicalBytes(record)))))
}

/** Paths that only one of the two has, or whose records differ; sorted. This is how a dispute names its files. */
export function differingPaths(a: readonly ImageRecord[], b: readonly ImageRecord[]): string[] {
  const left = new Map(a.map((record) => [record.path, canonicalBytes(record)]))
  const right = new Map(b.map((record) => [record.path, canonicalBytes(record)]))
  const paths = [...new Set([...left.keys(), ...right.keys()])].filter((path) => {
    const [mine, theirs] = [left.get(path), right.get(path)]
    return mine === undefined || theirs === undefined || !mine.equals(theirs)
  })
  return paths
    .map((path) => ({ path }))
    .toSorted(byPath)
    .map(({ path }) => path)
}
