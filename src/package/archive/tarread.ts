/**
 * Reads a tar stream that must be, block for block, what encodeEntry makes: every header is decoded, encoded again and compared, so no two
 * readers can see different files in it.
 *
 * node-tar decodes the headers. Its stream parser is not used here: it skips what it does not know, unwraps gzip and brotli unasked, and takes
 * many spellings of one entry, each a chance to disagree with another reader.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { isUtf8 } from 'node:buffer'
import { Header } from 'tar/header'
import { StrangerError } from '../../base/errors.ts'
import { BLOCK, CAPABILITY_KEY, encodeEntry, MAX_ENTRY_BYTES, paddedSize, type TarEntry } from './tarblock.ts'

/** Most bytes of extended records before one entry: two paths of 4,095 bytes, a capability, and their keys. */
const MAX_EXTENDED_BYTES = 16 * 1024

export interface TarSink {
  begin(entry: TarEntry): void
  /** A part of the entry's bytes; valid during the call. */
  body(bytes: Buffer): void
  end(): void
}

export interface TarReader {
  push(chunk: Buffer): void
  /** Call after the last chunk. */
  finish(): void
}

/** How many bytes the parser wants next: exactly that many, or what is there of them. */
interface Want {
  readonly bytes: number
  readonly exact: boolean
}

/** Errors of both calls: StrangerError BAD_ARCHIVE, and what the sink throws. Holds at most 16 KiB between calls. */
export function tarReader(sink: TarSink): TarReader {
  const parser = entries(sink)
  let want = parser.next()
  let held: Buffer = Buffer.alloc(0)
  return {
    push(chunk) {
      let rest = held.length === 0 ? chunk : Buffer.concat([held, chunk])
      while (want.done !== true && rest.length >= (want.value.exact ? want.value.bytes : 1)) {
        const given = rest.subarray(0, want.value.bytes)
        rest = rest.subarray(given.length)
        want = parser.next(given)
      }
      if (want.done === true && rest.length > 0) throw bad('bytes after the end')
      held = Buffer.from(rest)
    },
    finish() {
      if (want.done !== true) throw bad('it ends too early')
    },
  }
}

function* entries(sink: TarSink): Generator<Want, void, Buffer> {
  for (;;) {
    const entry = yield* nextEntry()
    if (entry === undefined) return
    sink.begin(entry)
    for (let left = entry.size; left > 0;) {
      const bytes = yield { bytes: left, exact: false }
      left -= bytes.length
      sink.body(bytes)
    }
    const padding = paddedSize(entry.size) - entry.size
    if (padding > 0 && !isZero(yield { bytes: padding, exact: true })) throw bad('padding that is not zero')
    sink.end()
  }
}

/** Asks for the blocks of one entry's headers; undefined at the end of the archive. */
export function* nextEntry(): Generator<Want, TarEntry | undefined, Buffer> {
  const first = yield { bytes: BLOCK, exact: true }
  if (isZero(first)) {
    if (!isZero(yield { bytes: BLOCK, exact: true })) throw bad('one block of zeros between entries')
    return undefined
  }
  return first[TYPE_AT] === EXTENDED ? yield* extendedEntry(Buffer.from(first)) : decodeEntry(first, first, {})
}

function* extendedEntry(first: Buffer): Generator<Want, TarEntry, Buffer> {
  const size = headerOf(first).size ?? 0
  if (size === 0 || size > MAX_EXTENDED_BYTES) throw bad(`extended records of ${size} bytes`)
  const body = Buffer.from(yield { bytes: paddedSize(size), exact: true })
  const block = yield { bytes: BLOCK, exact: true }
  return decodeEntry(Buffer.concat([first, body, block]), block, parseExtended(body.subarray(0, size)))
}

/** Where a header names its type, and the type of an extended header, "x". */
const TYPE_AT = 156
const EXTENDED = 0x78

/** node-tar throws a plain Error for numbers in base 256 that no JavaScript number can hold. */
function headerOf(block: Buffer): Header {
  try {
    return new Header(block)
  } catch (error) {
    throw new StrangerError('BAD_ARCHIVE', 'the tar stream has a header that does not parse', { cause: error })
  }
}

interface Extended {
  path?: string
  linkpath?: string
  capability?: string
}

/** `raw` is everything that was read for this entry, `block` its own header. */
function decodeEntry(raw: Buffer, block: Buffer, extended: Extended): TarEntry {
  const header = headerOf(block)
  const type = header.type === 'File' ? 'file' : header.type === 'Directory' ? 'dir' : header.type === 'SymbolicLink' ? 'link' : undefined
  if (type === undefined) throw bad(`an entry of type ${JSON.stringify(header.typeKey)}`)
  const path = extended.path ?? header.path ?? ''
  const target = extended.linkpath ?? header.linkpath
  const entry: TarEntry = {
    type,
    name: type === 'dir' && path.endsWith('/') ? path.slice(0, -1) : path,
    mode: header.mode ?? 0,
    owner: header.uname ?? '',
    group: header.gname ?? '',
    size: header.size ?? 0,
    ...(type === 'link' ? { target: target ?? '' } : {}),
    ...(extended.capability === undefined ? {} : { capability: extended.capability }),
  }
  if (type !== 'file' && (entry.size !== 0 || entry.capability !== undefined))
    throw bad('bytes or a capability of something that is no file')
  if (entry.size < 0 || entry.size > MAX_ENTRY_BYTES) throw bad(`an entry of ${entry.size} bytes`)
  if (!encodeEntry(entry).equals(raw)) throw bad(`a header that is not canonical (${JSON.stringify(entry.name.slice(0, 200))})`)
  return entry
}

/** `LENGTH KEY=VALUE\n`, by the lengths alone, since a capability may hold any byte. */
function parseExtended(body: Buffer): Extended {
  const found: Extended = {}
  for (let at = 0; at < body.length;) {
    const length = Number(/^[1-9]\d{0,5}(?= )/.exec(body.toString('latin1', at, at + 7))?.[0] ?? 0)
    const record = body.subarray(at, at + length)
    const [space, equals] = [record.indexOf(0x20), record.indexOf(0x3d)]
    if (length === 0 || record.length !== length || equals < space || record.at(-1) !== 0x0a)
      throw bad('an extended record that does not parse')
    const value = record.subarray(equals + 1, -1)
    const key = record.toString('latin1', space + 1, equals)
    if (key === CAPABILITY_KEY) found.capability = value.toString('hex')
    else if ((key === 'path' || key === 'linkpath') && isUtf8(value)) found[key] = value.toString('utf8')
    else throw bad(`an extended record ${JSON.stringify(key.slice(0, 60))}`)
    at += length
  }
  return found
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0)
}

function bad(what: string): StrangerError {
  return new StrangerError('BAD_ARCHIVE', `the tar stream has ${what}`)
}
