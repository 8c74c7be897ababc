/**
 * Compresses a stream as zstd frames (RFC 8878) of one fixed content size, so that several cores share the work and the bytes do not depend on how many.
 *
 * A sequence of frames is an ordinary .zst file to every other decoder.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'
import { StrangerError } from '../../base/errors.ts'
import { ENCODER_PARAMETERS, WINDOW } from './format.ts'
import { type Frame, FRAME_BYTES, frameAt, MAX_PACKED_BYTES } from './frame.ts'

/** libuv has four threads, and more frames in flight are only more memory. */
const PARALLEL = 4

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)

/** Compresses `pieces`, each valid until the next is asked for, and hands frames to `take`. Memory: PARALLEL frames and their results. */
export async function encodeFrames(pieces: Iterable<Buffer>, take: (bytes: Buffer) => void, signal?: AbortSignal): Promise<void> {
  const work = (content: Buffer): Promise<Buffer> => {
    signal?.throwIfAborted()
    return compress(content, { params: ENCODER_PARAMETERS, chunkSize: MAX_PACKED_BYTES, pledgedSrcSize: content.length })
  }
  await inOrder(blocksOf(pieces), work, take)
}

/** Decompresses frames that encodeFrames made, and hands their contents to `take` in order. Errors: StrangerError BAD_ARCHIVE, or zlib's own. */
export async function decodeFrames(packed: AsyncIterable<Buffer>, take: (bytes: Buffer) => void, signal?: AbortSignal): Promise<void> {
  const work = async (frame: Frame): Promise<Buffer> => {
    signal?.throwIfAborted()
    // One byte more than the frame claims, so that a frame that holds more is seen and costs no more.
    const bytes = await decompress(frame.bytes, {
      params: WINDOW,
      chunkSize: Math.max(64, frame.contentSize + 1),
      maxOutputLength: frame.contentSize + 1,
    })
    if (bytes.length !== frame.contentSize)
      throw new StrangerError('BAD_ARCHIVE', 'a zstd frame of the image has another length than it says')
    return bytes
  }
  await inOrder(framesOf(packed), work, take)
}

/** Runs `work` on up to PARALLEL inputs at once and hands the results to `take` in the order of the inputs. */
async function inOrder<T>(
  inputs: AsyncIterable<T> | Iterable<T>,
  work: (input: T) => Promise<Buffer>,
  take: (bytes: Buffer) => void,
): Promise<void> {
  const running: Promise<Buffer>[] = []
  const takeFirst = async (): Promise<void> => {
    const first = await running.shift()
    if (first !== undefined) take(first)
  }
  try {
    for await (const input of inputs) {
      running.push(work(input))
      if (running.length === PARALLEL) await takeFirst()
    }
    while (running.length > 0) await takeFirst()
  } finally {
    // What still runs after a failure reads memory of the caller, so nobody goes on before it has ended.
    await Promise.allSettled(running)
  }
}

/** Gathers pieces into blocks of FRAME_BYTES; a block's memory is used again PARALLEL blocks later. */
function* blocksOf(pieces: Iterable<Buffer>): Generator<Buffer, void> {
  const room: Buffer[] = []
  let blocks = 0
  let used = 0
  const block = (): Buffer => (room[blocks % PARALLEL] ??= Buffer.allocUnsafe(FRAME_BYTES))
  for (const piece of pieces) {
    for (let at = 0; at < piece.length;) {
      const taken = piece.copy(block(), used, at)
      at += taken
      used += taken
      if (used < FRAME_BYTES) continue
      yield block()
      blocks++
      used = 0
    }
  }
  if (used > 0) yield block().subarray(0, used)
}

/** Cuts the stream at the ends of frames and holds no more than one; every frame but the last must be full. */
async function* framesOf(packed: AsyncIterable<Buffer>): AsyncGenerator<Frame, void> {
  let held: Buffer = Buffer.alloc(0)
  let last: Frame | undefined
  for await (const chunk of packed) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
    for (let frame = frameAt(held); frame !== undefined; frame = frameAt(held)) {
      if (last !== undefined && last.contentSize < FRAME_BYTES)
        throw new StrangerError('BAD_ARCHIVE', 'the image goes on after its last frame')
      last = frame
      yield frame
      held = held.subarray(frame.bytes.length)
    }
    if (held.length > MAX_PACKED_BYTES)
      throw new StrangerError('BAD_ARCHIVE', 'a zstd frame of the image is larger than any encoder makes it')
  }
  if (held.length > 0) throw new StrangerError('BAD_ARCHIVE', 'the image ends inside a zstd frame')
}
