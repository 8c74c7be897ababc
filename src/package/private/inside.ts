/**
 * Searches what is packed inside an image: compressed documents, debug sections and zip members, each in bounded memory and time.
 *
 * Only files of this host's own builds come here, so the host's own programs unpack them. What none of them can unpack says nothing to a stranger either.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, createReadStream, openSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createInflate, createInflateRaw, createZstdDecompress } from 'node:zlib'
import { HostError, hostError, systemCode } from '../../base/errors.ts'
import type { Packed } from './packed.ts'
import { type Part, partsOf } from './parts.ts'
import type { PrivateText } from './search.ts'
import type { PackedFile, Watch } from './watch.ts'

/** Files that one program unpacks one after the other: starting it costs as much as unpacking ten man pages. */
const AT_ONCE = 200

/** What is unpacked of one group of files or of one part, at most; nothing real is larger, and what is not searched is not published. */
const MAX_BYTES = 16 * 2 ** 30

/** Adds what is found to `watch`. Errors: HostError MISSING_PROGRAM, UNSUPPORTED, TIMED_OUT, IO. */
export async function searchInside(root: string, watch: Watch, signal?: AbortSignal): Promise<void> {
  // Starting programs is what takes long, so they are started side by side: whoever typed emerge waits for the line about this build.
  const groups = Map.groupBy(watch.packed, ({ how }) => how)
  await Promise.all([...groups].map(([how, files]) => searchKind(root, how, files, watch, signal)))
}

async function searchKind(
  root: string,
  how: Packed,
  files: readonly PackedFile[],
  watch: Watch,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (how === 'elf' || how === 'zip') {
    for (const { path } of files) watch.found(path, await inParts(`${root}/${path}`, how, watch, signal))
    return
  }
  for (let at = 0; at < files.length; at += AT_ONCE) await searchGroup(root, how, files.slice(at, at + AT_ONCE), watch, signal)
}

async function searchGroup(
  root: string,
  how: Exclude<Packed, 'elf' | 'zip'>,
  files: readonly PackedFile[],
  watch: Watch,
  signal: AbortSignal | undefined,
): Promise<void> {
  const look = (some: readonly PackedFile[]): Promise<Unpacked> =>
    unpack(
      how,
      some.map(({ path }) => `${root}/${path}`),
      watch,
      signal,
    )
  const all = await look(files)
  if (all.found === undefined && all.whole) return
  for (const file of files) watch.found(file.path, (await look([file])).found)
}

interface Unpacked {
  readonly found: PrivateText | undefined
  /** Whether the program was content with every file. */
  readonly whole: boolean
}

/** Without `--force` some of them leave out what has an unusual name or several names; with it they pass on what they can't unpack. */
async function unpack(program: string, paths: readonly string[], watch: Watch, signal: AbortSignal | undefined): Promise<Unpacked> {
  const far = program === 'zstd' ? ['--long=31'] : []
  const child = spawn(program, ['-d', '-c', '-f', '-q', ...far, '--', ...paths], {
    stdio: ['ignore', 'pipe', 'ignore'],
    ...(signal === undefined ? {} : { signal, killSignal: 'SIGKILL' }),
  })
  const ended = once(child, 'close')
  // Awaited below; a program that is missing says so before its output ends.
  ended.catch(() => undefined)
  try {
    const found = await searchStream(child.stdout, watch)
    const [code] = await ended
    return { found, whole: code === 0 }
  } catch (error) {
    child.kill('SIGKILL')
    if (systemCode(error) === 'ENOENT') throw new HostError('MISSING_PROGRAM', `${program} is needed to search what is packed with it`)
    throw hostError(`could not look into ${paths[0] ?? ''}`, error)
  }
}

async function inParts(
  path: string,
  format: 'elf' | 'zip',
  watch: Watch,
  signal: AbortSignal | undefined,
): Promise<PrivateText | undefined> {
  for (const part of parts(path, format)) {
    if (signal?.aborted === true) throw new HostError('TIMED_OUT', `looking into ${path} was called off`, { cause: signal.reason })
    const found = await inPart(path, part, watch)
    if (found !== undefined) return found
  }
  return undefined
}

function parts(path: string, format: 'elf' | 'zip'): Part[] {
  try {
    const fd = openSync(path, 'r')
    try {
      return partsOf(fd, format)
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    throw hostError(`could not look into ${path}`, error)
  }
}

const UNPACKERS = { zlib: createInflate, deflate: createInflateRaw, zstd: createZstdDecompress } as const

async function inPart(path: string, { at, length, how }: Part, watch: Watch): Promise<PrivateText | undefined> {
  if (length <= 0) return undefined
  const unpacker = UNPACKERS[how]()
  const search = searchStream(unpacker, watch)
  await pipeline(createReadStream(path, { start: at, end: at + length - 1 }), unpacker).catch((error: unknown) => {
    // Damaged parts say as little to others as they do here.
    if (!/^(Z_|ZSTD_|ERR_ZSTD|ERR_STREAM)/.test(systemCode(error) ?? '')) throw hostError(`could not look into ${path}`, error)
  })
  return search
}

/** What came before a stream broke is searched all the same. */
async function searchStream(stream: Readable, watch: Watch): Promise<PrivateText | undefined> {
  const search = watch.searcher.begin()
  let bytes = 0
  stream.on('data', (piece: Buffer) => {
    search.add(piece)
    bytes += piece.length
    if (bytes > MAX_BYTES) stream.destroy()
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  stream.on('close', resolve).on('error', () => resolve())
  await promise
  if (bytes > MAX_BYTES) throw new HostError('UNSUPPORTED', `something in the image unpacks to more than ${MAX_BYTES} bytes`)
  return search.end()
}
