/**
 * A file that is being downloaded is hashed while its pieces come in, so that its SHA-256 is known when the last one has.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { createHash } from 'node:crypto'
import type { ChunkStore } from 'webtorrent'
import { fileStore, type FileStoreOptions } from './store.ts'

export interface HashingStore extends ChunkStore {
  /** SHA-256 of the whole file; pieces that came out of their order are read again for it. Call it when all are there. */
  sha256(): Promise<string>
}

export async function hashingStore(options: FileStoreOptions): Promise<HashingStore> {
  const store = await fileStore(options)
  const hash = createHash('sha256')
  const count = Math.ceil(options.size / options.chunkLength)
  let next = 0
  return {
    ...store,
    put(index, bytes, done) {
      // webtorrent puts a piece once, after its SHA-1 was found right.
      if (index === next) {
        hash.update(bytes)
        next++
      }
      store.put(index, bytes, done)
    },
    async sha256() {
      for (; next < count; next++) hash.update(await readChunk(store, next))
      return hash.digest('hex')
    },
  }
}

function readChunk(store: ChunkStore, index: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    store.get(index, null, (error, bytes) => {
      if (bytes === undefined) reject(error ?? new RangeError('no such chunk'))
      else resolve(bytes)
    })
  })
}
