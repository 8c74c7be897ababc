/**
 * Writes the archive of an image: a gpkg (GLEP 78) whose bytes depend on the files, the metadata and the named encoder alone, whole or not at all.
 *
 * Happy path: open(tmp, O_EXCL) write fsync rename(tmp, out) fsync(folder). The rename is the commit point.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { createHash, randomBytes } from 'node:crypto'
import { closeSync, fsync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { zstdCompressSync } from 'node:zlib'
import { syncFolder } from '../../base/durable.ts'
import { HostError, hostError } from '../../base/errors.ts'
import { exactId, stableId, type StableHashes } from '../content.ts'
import type { Metadata } from '../manifest.ts'
import { canonicalMetadata } from '../metadata.ts'
import { SCRATCH_BYTES } from '../once.ts'
import { type InsideLimits, searchInside } from '../private/inside.ts'
import type { PrivateText } from '../private/search.ts'
import { type Leak, watchFor } from '../private/watch.ts'
import type { ImageRecord } from '../record.ts'
import { gather, listImage, type ScanOptions } from '../scan.ts'
import { IMAGE_LIMITS, type ImageEntry, type ImageLimits } from '../walk.ts'
import {
  encoderLine,
  ENCODER_PARAMETERS,
  folderName,
  MAX_RATIO,
  memberDigest,
  type MemberName,
  mostUnpacked,
  outerEntry,
} from './format.ts'
import { encodeFrames } from './frames.ts'
import { imageTar } from './image.ts'
import { metadataTar } from './metadatatar.ts'
import { encodeEntry, paddedSize, TAR_END } from './tarblock.ts'

export interface WriteArchiveInput extends ScanOptions {
  /** Folder of the captured image. */
  readonly image: string
  readonly metadata: Metadata
  /** Path of the archive; a file that is there is replaced. */
  readonly out: string
  /** What `-march=native` is here, where the metadata's flags say so. */
  readonly resolvedMarch?: readonly string[] | undefined
  /** PORTAGE_TMPDIR of the build. */
  readonly tmpdir?: string
  readonly limits?: ImageLimits
  /** What must not leave this host: it is searched for in everything that the archive holds, and told, not taken out. */
  readonly private?: readonly PrivateText[]
  /** How far it is looked into what is packed. */
  readonly insideLimits?: InsideLimits
}

export interface WrittenArchive {
  /** Of the whole archive. */
  readonly sha256: string
  readonly size: number
  readonly contentId: string
  readonly stableId: string
  readonly records: readonly ImageRecord[]
  readonly stableHashes: StableHashes
  /** As it stands in the archive. */
  readonly metadata: Metadata
  /** Bytes of all files of the image. */
  readonly fileBytes: number
  /** What of `private` is in the archive; it may be given to nobody unless there is none. */
  readonly leaks: readonly Leak[]
}

/** Errors: HostError (UNSUPPORTED naming the path, CHANGED_UNDERWAY, BAD_STATE, DISK_FULL, MISSING_PROGRAM, IO); nothing is left then. */
export async function writeArchive(input: WriteArchiveInput): Promise<WrittenArchive> {
  const entries = await listImage(input.image, input.limits ?? IMAGE_LIMITS, input)
  const temporary = `${input.out}.${randomBytes(6).toString('hex')}.tmp`
  const fd = openNew(temporary)
  try {
    const written = await writeMembers(fd, input, entries)
    renameSync(temporary, input.out)
    syncFolder(dirname(input.out))
    return written
  } catch (error) {
    rmSync(temporary, { force: true })
    throw input.signal?.aborted === true ? calledOff(input.out, error) : hostError(`could not write ${input.out}`, error)
  } finally {
    closeSync(fd)
  }
}

function openNew(path: string): number {
  try {
    return openSync(path, 'wx+', 0o644)
  } catch (error) {
    throw hostError(`could not create ${path}`, error)
  }
}

function calledOff(out: string, cause: unknown): HostError {
  return new HostError('TIMED_OUT', `writing ${out} was called off`, { cause })
}

const flush = promisify(fsync)

async function writeMembers(fd: number, input: WriteArchiveInput, entries: readonly ImageEntry[]): Promise<WrittenArchive> {
  const fileBytes = entries.reduce((sum, entry) => sum + (entry.type === 'file' ? entry.size : 0), 0)
  const metadata = canonicalMetadata(input.metadata, { resolvedMarch: input.resolvedMarch, tmpdir: input.tmpdir, fileBytes })
  if (metadata.PF === undefined) throw new HostError('BAD_STATE', 'the metadata of the build has no PF')
  const outer = outerWriter(fd, folderName(metadata.PF))
  outer.whole('gpkg-1', Buffer.from(encoderLine(process.versions['zstd'] ?? 'unknown')))
  outer.whole('metadata.tar.zst', zstdCompressSync(metadataTar(metadata), { params: ENCODER_PARAMETERS }))
  const gathered = gather()
  const watch = watchFor(input.private ?? [])
  watch.metadata(metadata)
  const tar = imageTar(input.image, entries, gathered, watch)
  const packed = await outer.streamed('image.tar.zst', (take) => encodeFrames(tar, take, input.signal))
  if (fileBytes > mostUnpacked(packed, MAX_RATIO))
    throw new HostError('UNSUPPORTED', `${input.image}: nearly all of it is empty, nobody would take it`)
  const size = outer.finish()
  const { records, stableHashes } = gathered.scan
  // The disk and other programs work while the ids are made.
  const settled = Promise.all([flush(fd), searchInside(input.image, watch, { signal: input.signal, limits: input.insideLimits })])
  settled.catch(() => undefined) // awaited below, unless the ids fail first
  const ids = { contentId: exactId(records), stableId: stableId(records, stableHashes), sha256: hashOfFile(fd, size) }
  await settled
  return { ...ids, size, records, stableHashes, metadata, fileBytes, leaks: watch.leaks }
}

interface OuterWriter {
  whole(name: MemberName, bytes: Uint8Array): void
  /** A member whose size is known only at its end; its header is written last. Gives the size. */
  streamed(name: MemberName, produce: (take: (bytes: Uint8Array) => void) => Promise<void>): Promise<number>
  /** Writes the Manifest and the end; gives the size of the whole. */
  finish(): number
}

function outerWriter(fd: number, folder: string): OuterWriter {
  let at = 0
  let manifest = ''
  const put = (bytes: Uint8Array): void => {
    at = writeAt(fd, bytes, at)
  }
  const pad = (size: number): void => put(Buffer.alloc(paddedSize(size) - size))
  const whole = (name: MemberName, bytes: Uint8Array): void => {
    const digest = memberDigest()
    digest.update(bytes)
    if (name !== 'Manifest') manifest += digest.line(name, bytes.length)
    put(encodeEntry(outerEntry(folder, name, bytes.length)))
    put(bytes)
    pad(bytes.length)
  }
  return {
    whole,
    async streamed(name, produce) {
      const start = at
      const headerSize = encodeEntry(outerEntry(folder, name, 0)).length
      at += headerSize
      const digest = memberDigest()
      await produce((bytes) => {
        digest.update(bytes)
        put(bytes)
      })
      const size = at - start - headerSize
      manifest += digest.line(name, size)
      writeAt(fd, encodeEntry(outerEntry(folder, name, size)), start)
      pad(size)
      return size
    },
    finish() {
      whole('Manifest', Buffer.from(manifest))
      put(TAR_END)
      return at
    },
  }
}

function writeAt(fd: number, bytes: Uint8Array, position: number): number {
  let at = 0
  while (at < bytes.length) at += writeSync(fd, bytes, at, bytes.length - at, position + at)
  return position + bytes.length
}

/** The image's header is written after its bytes, so the whole is hashed from the page cache: 300 MB take 0.2 s. */
function hashOfFile(fd: number, size: number): string {
  const digest = createHash('sha256')
  const room = Buffer.allocUnsafe(SCRATCH_BYTES)
  for (let at = 0; at < size;) {
    const got = readSync(fd, room, 0, room.length, at)
    if (got === 0) throw new HostError('CHANGED_UNDERWAY', 'the archive was cut while it was written')
    digest.update(room.subarray(0, got))
    at += got
  }
  return digest.digest('hex')
}
