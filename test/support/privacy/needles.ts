/**
 * Writes a secret in each way in which bytes may tell it: plain, as UTF-16, in hexadecimal, and in base64 wherever it stands in what was encoded.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
export interface Needle {
  /** Whose bytes they are, and how written: `host name as UTF-16 BE`. */
  readonly what: string
  readonly bytes: Buffer
}

/** Three letters are somewhere in any compiled program. */
const SHORTEST = 4

/** All writings of one secret; text, or the bytes that stand for it. */
export function needlesOf(what: string, secret: string | Uint8Array): Needle[] {
  const plain = typeof secret === 'string' ? Buffer.from(secret) : Buffer.from(secret)
  if (plain.length < SHORTEST) throw new RangeError(`${what} is too short to be looked for`)
  const forms: [string, Buffer][] = [
    ['as it is', plain],
    ['as hex', Buffer.from(plain.toString('hex'))],
    ['as HEX', Buffer.from(plain.toString('hex').toUpperCase())],
    ...[0, 1, 2].flatMap((before) => base64At(plain, before)),
    ...(typeof secret === 'string' ? wide(secret) : []),
  ]
  return forms.map(([form, bytes]) => ({ what: `${what} ${form}`, bytes }))
}

/** What of its base64 is the same whatever stands before and behind it, with `before` bytes in front of it modulo three; in both alphabets. */
function base64At(plain: Buffer, before: number): [string, Buffer][] {
  const all = Buffer.concat([Buffer.alloc(before), plain])
    .toString('base64')
    .replaceAll('=', '')
  const first = Math.ceil((before * 8) / 6)
  const last = Math.floor(((before + plain.length) * 8) / 6)
  const text = all.slice(first, last)
  const url = text.replaceAll('+', '-').replaceAll('/', '_')
  const name = `as base64, ${before} bytes in`
  return text === url ? [[name, Buffer.from(text)]] : [[name, Buffer.from(text)], [`${name}, for addresses`, Buffer.from(url)]] // prettier-ignore
}

function wide(text: string): [string, Buffer][] {
  const little = Buffer.from(text, 'utf16le')
  return [
    ['as UTF-16 LE', little],
    ['as UTF-16 BE', Buffer.from(little).swap16()],
  ]
}
