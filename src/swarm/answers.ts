/**
 * No answer of an HTTP server makes this process hold more than a bounded number of bytes, whatever library asks.
 *
 * bittorrent-tracker 11 reads an answer whole, as long as it is and unpacked as the server likes: a tracker could fill the memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { StrangerError } from '../base/errors.ts'

/** Fifty peers have 1 kB; a tracker that gives ten thousand unasked has 180. */
export const MAX_ANSWER_BYTES: number = 256 * 1024

/** Applies to every answer of this process that is read whole; what is read piece by piece bounds itself. */
export function guardAnswers(): void {
  Object.defineProperty(Response.prototype, 'arrayBuffer', { value: readBounded })
}

async function readBounded(this: Response): Promise<ArrayBuffer> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of this.body ?? []) {
    bytes += part.byteLength
    if (bytes > MAX_ANSWER_BYTES) throw new StrangerError('TOO_LARGE', `an answer of more than ${MAX_ANSWER_BYTES} bytes`)
    parts.push(part)
  }
  return new Uint8Array(Buffer.concat(parts)).buffer
}
