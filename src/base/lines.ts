/**
 * Cuts a byte stream into lines of JSON and never holds more than one bounded line of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { StrangerError } from './errors.ts'

/** Feeds chunks in, gets whole lines out, without the newline. */
export interface LineCutter {
  push(chunk: Uint8Array): string[]
}

/** A cutter for lines of at most `maxBytes`. `push` throws StrangerError TOO_LARGE once a line grows past it; drop the stream then. */
export function lineCutter(maxBytes: number): LineCutter {
  let held: Buffer = Buffer.alloc(0)
  return {
    push(chunk) {
      const lines: string[] = []
      let rest = held.byteLength === 0 ? Buffer.from(chunk) : Buffer.concat([held, chunk])
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        if (end > maxBytes) break
        lines.push(rest.toString('utf8', 0, end))
        rest = rest.subarray(end + 1)
      }
      if (rest.byteLength > maxBytes) throw new StrangerError('TOO_LARGE', `a line of more than ${maxBytes} bytes`)
      held = rest
      return lines
    },
  }
}
