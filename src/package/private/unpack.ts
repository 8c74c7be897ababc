/**
 * Unpacks one stream that begins somewhere in a file or in bytes, and gives what comes out piece by piece, in bounded memory.
 *
 * Only what this host has built comes here, so programs that Portage needs anyhow unpack what Node can't.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, createReadStream, openSync, readSync } from 'node:fs'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createBrotliDecompress, createInflate, createInflateRaw, createZstdDecompress } from 'node:zlib'
import { HostError, hostError, systemCode } from '../../base/errors.ts'
import type { Packed } from './packed.ts'

/** Where packed bytes lie. */
export type Source = { readonly path: string } | { readonly bytes: Buffer }

export interface Ended {
  /** Whether it ended as such a stream ends. */
  readonly isWhole: boolean
  /** Packed bytes that it took, where that is known. */
  readonly taken: number
}

/** Gets a piece; false when no more is wanted. */
export type Take = (piece: Buffer) => boolean

/** When a stream breaks, Node drops what it has not given yet, up to so much. */
export const GIVEN_BYTES = 4096
const GIVEN = { chunkSize: GIVEN_BYTES }
const FAR = { ...GIVEN, params: { [constants.ZSTD_d_windowLogMax]: 31 } }
const UNPACKERS = {
  zlib: () => createInflate(GIVEN),
  deflate: () => createInflateRaw(GIVEN),
  zstd: () => createZstdDecompress(FAR),
  brotli: () => createBrotliDecompress(GIVEN),
} as const
const PROGRAMS = { bzip2: ['bzip2'], xz: ['xz', '--single-stream'], lzma: ['xz', '--format=lzma'] } as const

const PIECE = 64 * 1024

/** What came before a stream broke is given all the same. Errors: HostError MISSING_PROGRAM, TIMED_OUT, IO. */
export async function unpack(from: Source, at: number, how: Packed, take: Take, signal: AbortSignal): Promise<Ended> {
  if (how === 'gzip') {
    // Node takes whatever follows a member for another one, breaks off there, and drops the end of the first.
    const header = gzipHeader(headOf(from, at))
    if (header === undefined) return { isWhole: false, taken: 0 }
    const ended = await unpack(from, at + header, 'deflate', take, signal)
    return { ...ended, taken: header + ended.taken }
  }
  const source = 'path' in from ? createReadStream(from.path, { start: at }) : Readable.from(pieces(from.bytes, at))
  const doing = `could not look into ${'path' in from ? from.path : 'what is packed'}`
  if (how === 'bzip2' || how === 'xz' || how === 'lzma') {
    const [program, ...options] = PROGRAMS[how]
    const child = start(program, options, 'pipe', signal)
    const fed = feed(source, child.stdin, doing)
    // Awaited below: what goes wrong with the source meanwhile is heard there.
    fed.catch(() => undefined)
    const isWhole = await drained(child, program, take, doing)
    child.stdin?.destroy()
    source.destroy()
    await fed
    return { isWhole, taken: 0 }
  }
  const unpacker = UNPACKERS[how]()
  const fed = feed(source, unpacker, doing, signal)
  fed.catch(() => undefined)
  const isWhole = await given(unpacker, take)
  source.destroy()
  // What a whole stream has given needs nothing more of its source.
  if (!isWhole) await fed
  return { isWhole, taken: unpacker.bytesWritten }
}

/** Unpacks whole files one after the other: starting a program costs as much as unpacking ten man pages. Errors: as `unpack`. */
export async function unpackFiles(how: Packed, paths: readonly string[], take: Take, signal: AbortSignal): Promise<boolean> {
  const far = how === 'zstd' ? ['--long=31'] : []
  // Without --force some of them leave out what has an unusual name or several names; with it they pass on what they can't unpack.
  const child = start(how, ['-f', ...far, '--', ...paths], 'ignore', signal)
  return drained(child, how, take, `could not look into ${paths[0] ?? ''}`)
}

/** What begins there, up to some 64 KiB. Errors: HostError IO. */
export function headOf(from: Source, at: number): Buffer {
  if ('bytes' in from) return from.bytes.subarray(at, at + PIECE)
  const head = Buffer.alloc(PIECE)
  let file: number | undefined
  try {
    file = openSync(from.path, 'r')
    return head.subarray(0, readSync(file, head, 0, head.length, at))
  } catch (error) {
    throw hostError(`could not look into ${from.path}`, error)
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** How long the header of a member is (RFC 1952). */
function gzipHeader(head: Buffer): number | undefined {
  const flags = head[3] ?? 0
  let end = 10
  if ((flags & 4) !== 0 && head.length >= 12) end += 2 + head.readUInt16LE(10)
  // A name and a comment.
  for (const flag of [8, 16]) if ((flags & flag) !== 0 && end > 0) end = head.indexOf(0, end) + 1
  if ((flags & 2) !== 0) end += 2
  return end >= 10 && end < head.length ? end : undefined
}

function* pieces(bytes: Buffer, from: number): Generator<Buffer> {
  for (let at = from; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE)
}

function start(program: string, options: readonly string[], stdin: 'pipe' | 'ignore', signal: AbortSignal): ChildProcess {
  return spawn(program, ['-d', '-c', '-q', ...options], { stdio: [stdin, 'pipe', 'ignore'], signal, killSignal: 'SIGKILL' })
}

/** Damaged streams, and such as end before their source does, say as little to others as they do here. */
async function feed(source: Readable, into: Writable | null, doing: string, signal?: AbortSignal): Promise<void> {
  if (into === null) return
  await pipeline(source, into, signal === undefined ? {} : { signal }).catch((error: unknown) => {
    if (signal?.aborted === true) throw new HostError('TIMED_OUT', `${doing}: called off`, { cause: error })
    if (!/^(Z_|ZSTD_|ERR_ZSTD|ERR_BROTLI|ERR__|ERR_STREAM|ERR_PADDING|EPIPE|ECONNRESET)/.test(systemCode(error) ?? '')) throw hostError(doing, error)
  })
} // prettier-ignore

async function drained(child: ChildProcess, program: string, take: Take, doing: string): Promise<boolean> {
  const closed = once(child, 'close')
  // Awaited below; a program that is missing says so before its output ends.
  closed.catch(() => undefined)
  try {
    if (child.stdout === null) return false
    const isWhole = await given(child.stdout, take)
    if (!isWhole) child.kill('SIGKILL')
    const [code] = await closed
    return isWhole && code === 0
  } catch (error) {
    child.kill('SIGKILL')
    if (systemCode(error) === 'ENOENT') throw new HostError('MISSING_PROGRAM', `${program} is needed to search what is packed with it`)
    throw hostError(doing, error)
  }
}

/** Whether it came to its own end. It is ended there: it would swallow the rest of its source else, and of a zip file each member has such a rest. */
async function given(stream: Readable, take: Take): Promise<boolean> {
  let isWhole = false
  const { promise, resolve } = Promise.withResolvers<void>()
  stream.on('data', (piece: Buffer) => {
    if (!take(piece)) stream.destroy()
  })
  stream.on('end', () => {
    isWhole = true
    stream.destroy()
    resolve()
  })
  stream.on('close', resolve).on('error', () => resolve())
  await promise
  return isWhole
}
