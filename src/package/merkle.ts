/**
 * The Merkle tree hash of RFC 6962, section 2.1: 0x00 before a leaf, 0x01 before an inner node, SHA-256.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { sha256 } from '@noble/hashes/sha2.js'

const LEAF = Uint8Array.of(0)
const NODE = Uint8Array.of(1)

export function leafHash(entry: Uint8Array): Uint8Array {
  return sha256.create().update(LEAF).update(entry).digest()
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256.create().update(NODE).update(left).update(right).digest()
}

/** Root over leaf hashes; the empty tree has the hash of nothing. */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  // A stack of whole subtrees, merged when two have the same size, is the recursion of the RFC without its slices.
  const stack: { hash: Uint8Array; size: number }[] = []
  for (const leaf of leaves) {
    let top = { hash: leaf, size: 1 }
    for (let left = stack.at(-1); left?.size === top.size; left = stack.at(-1)) {
      stack.pop()
      top = { hash: nodeHash(left.hash, top.hash), size: left.size * 2 }
    }
    stack.push(top)
  }
  const last = stack.pop()
  if (last === undefined) return sha256(new Uint8Array())
  return stack.reduceRight((right, left) => nodeHash(left.hash, right), last.hash)
}
