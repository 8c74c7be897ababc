/**
 * A web seed gives the bytes that were asked for or nothing: no answer of an HTTP server is read past them, or waited for without end.
 *
 * webtorrent's own request reads whatever comes into memory, for up to a minute.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { StrangerError } from '../base/errors.ts'

export interface RangeRequest {
  readonly url: string
  /** First byte of the file that is wanted. */
  readonly start: number
  readonly length: number
  readonly timeoutMs: number
}

/** The bytes of that range. Errors: StrangerError PROTOCOL, TOO_LARGE, or STALLED. */
export async function fetchRange({ url, start, length, timeoutMs }: RangeRequest): Promise<Uint8Array> {
  try {
    const response = await fetch(url, {
      headers: { range: `bytes=${start}-${start + length - 1}`, 'user-agent': 'standin', 'accept-encoding': 'identity' },
      // A server that this host was told of must not send it to one that it was not.
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (response.status !== 206 || response.body === null) {
      await response.body?.cancel()
      throw new StrangerError('PROTOCOL', `${url}: status ${response.status} for a part of the file`)
    }
    return await readExactly(response.body, length, url)
  } catch (error) {
    if (error instanceof StrangerError) throw error
    throw new StrangerError('STALLED', `${url} gave no answer`, { cause: error })
  }
}

async function readExactly(body: AsyncIterable<Uint8Array>, length: number, url: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  let at = 0
  for await (const chunk of body) {
    if (at + chunk.byteLength > length) throw new StrangerError('TOO_LARGE', `${url}: more than the ${length} bytes that were asked for`)
    bytes.set(chunk, at)
    at += chunk.byteLength
  }
  if (at < length) throw new StrangerError('PROTOCOL', `${url}: ${at} of ${length} bytes`)
  return bytes
}
