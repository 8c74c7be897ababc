/**
 * The bytes of a torrent lie in exactly one file of this host, or nowhere: a store never makes a name that a stranger chose.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { open, type FileHandle } from 'node:fs/promises'
import type { ChunkStore, StoreCallback } from 'webtorrent'

/** Holds nothing and keeps nothing: a rendezvous has no bytes that anybody needs. */
export function emptyStore(chunkLength: number): ChunkStore {
  return {
    chunkLength,
    put(_index, _bytes, done) {
      done(null)
    },
    get(_index, options, done) {
      queueMicrotask(() => {
        ;(typeof options === 'function' ? options : done)?.(new Error('nothing is kept here'))
      })
    },
    close(done) {
      done(null)
    },
    destroy(done) {
      done(null)
    },
  }
}

export interface FileStoreOptions {
  readonly path: string
  readonly chunkLength: number
  /** Of the whole file, in bytes. */
  readonly size: number
  /** `wx` makes the file and refuses one that is there; `r+` goes on with it. */
  readonly flags: 'r' | 'r+' | 'wx+'
}

/** A store in the file at `path`. Errors: those of open(2). */
export async function fileStore({ path, chunkLength, size, flags }: FileStoreOptions): Promise<ChunkStore> {
  // Through the handle, not its number: closing then waits for what is being read, and a number is used again by the next file.
  const file = await open(path, flags, 0o600)
  const shut = (done: StoreCallback): void => {
    answer(
      file.close().then(() => undefined),
      done,
    )
  }
  return {
    chunkLength,
    put(index, bytes, done) {
      answer(writeAll(file, bytes, index * chunkLength), done)
    },
    get(index, options, done) {
      const { offset = 0, length } = (typeof options === 'function' ? null : options) ?? {}
      const start = index * chunkLength + offset
      const end = Math.min(length === undefined ? (index + 1) * chunkLength : start + length, size)
      answer(readAll(file, start, end), (typeof options === 'function' ? options : done) ?? (() => undefined))
    },
    close: shut,
    destroy: shut,
  }
}

function answer(work: Promise<Uint8Array | undefined>, done: StoreCallback): void {
  work.then(
    (bytes) => {
      done(null, bytes)
    },
    (error: Error) => {
      done(error)
    },
  )
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<undefined> {
  let at = 0
  while (at < bytes.byteLength) at += (await file.write(bytes, at, bytes.byteLength - at, position + at)).bytesWritten
  return undefined
}

async function readAll(file: FileHandle, start: number, end: number): Promise<Buffer> {
  if (start < 0 || end <= start) throw new RangeError('outside of the file')
  const into = Buffer.allocUnsafe(end - start)
  let at = 0
  while (at < into.byteLength) {
    const { bytesRead } = await file.read(into, at, into.byteLength - at, start + at)
    if (bytesRead === 0) throw new RangeError('the file became shorter')
    at += bytesRead
  }
  return into
}
