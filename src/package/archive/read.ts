/**
 * Unpacks a stranger's archive into staging, bounded in bytes, entries, ratio, memory and time; what it leaves there is checked, or nothing is left.
 *
 * Runs in the unprivileged process. Nothing is executed, no link is made, and no path of the archive is created.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { closeSync, constants, fstatSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { zstdDecompressSync } from 'node:zlib'
import { canonicalBytes } from '../../base/canonical.ts'
import { HostError, hostError, StandinError, StrangerError, systemCode } from '../../base/errors.ts'
import { check } from '../../base/schema.ts'
import { exactId } from '../content.ts'
import { type Manifest, manifest, MAX_MANIFEST_BYTES, type Metadata } from '../manifest.ts'
import { SCRATCH_BYTES } from '../once.ts'
import { IMAGE_LIMITS, type ImageLimits } from '../walk.ts'
import { ENCODER_LINE, folderName, MAX_RATIO, memberDigest, type MemberDigest, mostUnpacked, WINDOW } from './format.ts'
import { frameAt } from './frame.ts'
import { decodeFrames } from './frames.ts'
import { parseMetadataTar } from './metadatatar.ts'
import { type Member, type Outer, readExactly, readOuter } from './outer.ts'
import { stageImage } from './stage.ts'
import { tarReader } from './tarread.ts'

export interface ReadLimits extends ImageLimits {
  /** Bytes of the archive file. */
  readonly archiveBytes: number
  /** Bytes of the metadata, packed and unpacked. */
  readonly metadataBytes: number
  /** How many times its own size an image may unpack to, above the first 64 MiB. */
  readonly ratio: number
}

export const READ_LIMITS: ReadLimits = { ...IMAGE_LIMITS, archiveBytes: 8 * 2 ** 30, metadataBytes: 8 * 2 ** 20, ratio: MAX_RATIO }

export interface ReadArchiveInput {
  readonly archive: string
  /** Folder to make; it must not exist, its parent must. */
  readonly staging: string
  readonly limits?: ReadLimits
  /** Calls the reading off; with AbortSignal.timeout it bounds the time. */
  readonly signal?: AbortSignal
}

/**
 * Leaves `staging/manifest.json` and `staging/files/HEX`. Errors: StrangerError BAD_ARCHIVE, BAD_PATH, BAD_HASH, TOO_LARGE, SCHEMA;
 * HostError DISK_FULL, IO, TIMED_OUT. On any of them staging is removed again.
 */
export async function readArchive(input: ReadArchiveInput): Promise<Manifest> {
  makeStaging(input.staging)
  try {
    return await readOpened(input, input.limits ?? READ_LIMITS)
  } catch (error) {
    rmSync(input.staging, { recursive: true, force: true })
    throw errorFor(input, error)
  }
}

function makeStaging(staging: string): void {
  try {
    mkdirSync(staging, { mode: 0o700 })
  } catch (error) {
    throw hostError(`could not make the staging folder ${staging}`, error)
  }
}

async function readOpened(input: ReadArchiveInput, limits: ReadLimits): Promise<Manifest> {
  const fd = openSync(input.archive, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const outer = readOuter(fd, sizeOf(fd, limits))
    const digests = digestWriter()
    readEncoder(fd, outer, digests)
    const metadata = readMetadata(fd, outer, digests, limits)
    const found = await readImage(fd, memberOf(outer, 'image.tar.zst'), { ...input, limits }, digests)
    checkDigests(fd, outer, digests)
    return writeManifest(input.staging, metadata, found)
  } finally {
    closeSync(fd)
  }
}

function sizeOf(fd: number, limits: ReadLimits): number {
  const stats = fstatSync(fd)
  if (!stats.isFile()) throw new StrangerError('BAD_ARCHIVE', 'the archive is no regular file')
  if (stats.size > limits.archiveBytes) throw tooLarge('an archive', stats.size, limits.archiveBytes)
  return stats.size
}

/** Collects the Manifest lines of the members as they are read. */
interface Digests {
  text: string
  add(member: Member, digest: MemberDigest): void
}

function digestWriter(): Digests {
  return {
    text: '',
    add(member, digest) {
      this.text += digest.line(member.name, member.size)
    },
  }
}

function memberOf(outer: Outer, name: Member['name']): Member {
  const member = outer.members.find((one) => one.name === name)
  if (member === undefined) throw new StrangerError('BAD_ARCHIVE', `the archive has no ${name}`)
  return member
}

function readWhole(fd: number, member: Member, most: number): Buffer {
  if (member.size > most) throw tooLarge(member.name, member.size, most)
  return readExactly(fd, member.at, member.size)
}

function readSmall(fd: number, outer: Outer, name: Member['name'], most: number, digests: Digests): Buffer {
  const member = memberOf(outer, name)
  const bytes = readWhole(fd, member, most)
  const digest = memberDigest()
  digest.update(bytes)
  digests.add(member, digest)
  return bytes
}

function readEncoder(fd: number, outer: Outer, digests: Digests): void {
  const line = readSmall(fd, outer, 'gpkg-1', 200, digests).toString('latin1')
  if (!ENCODER_LINE.test(line)) throw new StrangerError('BAD_ARCHIVE', 'the archive names no encoder in gpkg-1')
}

function readMetadata(fd: number, outer: Outer, digests: Digests, { metadataBytes }: ReadLimits): Metadata {
  const packed = readSmall(fd, outer, 'metadata.tar.zst', metadataBytes, digests)
  // What follows a frame is an error in one version of Node and kept quiet about in another.
  if (frameAt(packed, metadataBytes)?.bytes.length !== packed.length)
    throw new StrangerError('BAD_ARCHIVE', 'the metadata is not one whole zstd frame')
  const bytes = zstdDecompressSync(packed, { params: WINDOW, maxOutputLength: metadataBytes })
  const metadata = parseMetadataTar(bytes)
  if (metadata.PF === undefined || folderName(metadata.PF) !== outer.folder)
    throw new StrangerError('BAD_ARCHIVE', 'the folder is not named after PF')
  return metadata
}

type Found = { readonly records: Manifest['records']; readonly fileBytes: number }

async function readImage(
  fd: number,
  member: Member,
  { staging, limits, signal }: ReadArchiveInput & { limits: ReadLimits },
  digests: Digests,
): Promise<Found> {
  const stage = stageImage(staging, limits)
  const tar = tarReader(stage.sink)
  const digest = memberDigest()
  const most = mostUnpacked(member.size, limits.ratio)
  let unpacked = 0
  const take = (bytes: Buffer): void => {
    unpacked += bytes.length
    if (unpacked > most) throw tooLarge('an image that unpacks', unpacked, most)
    tar.push(bytes)
  }
  try {
    await decodeFrames(chunksOf(fd, member, digest), take, signal)
    tar.finish()
  } finally {
    stage.close()
  }
  digests.add(member, digest)
  return { records: [...stage.records], fileBytes: stage.fileBytes() }
}

/** The member's bytes, digested on the way. */
async function* chunksOf(fd: number, { at, size }: Member, digest: MemberDigest): AsyncGenerator<Buffer, void> {
  for (let done = 0; done < size;) {
    const bytes = readExactly(fd, at + done, Math.min(SCRATCH_BYTES, size - done))
    digest.update(bytes)
    done += bytes.length
    yield bytes
  }
}

/** The Manifest must be, byte for byte, the one of the members that were read. */
function checkDigests(fd: number, outer: Outer, digests: Digests): void {
  const text = readWhole(fd, memberOf(outer, 'Manifest'), 4096).toString('latin1')
  if (text !== digests.text) throw new StrangerError('BAD_HASH', 'the Manifest is not that of the members')
}

function writeManifest(staging: string, metadata: Metadata, { records, fileBytes }: Found): Manifest {
  if (metadata.SIZE !== String(fileBytes))
    throw new StrangerError('BAD_ARCHIVE', `SIZE says ${metadata.SIZE}, the files have ${fileBytes} bytes`)
  const whole: Manifest = { standin: 'manifest-1', metadata, records, contentId: exactId(records) }
  check(manifest, whole, 'archive')
  const bytes = canonicalBytes(whole)
  if (bytes.length > MAX_MANIFEST_BYTES) throw tooLarge('a manifest', bytes.length, MAX_MANIFEST_BYTES)
  writeFileSync(`${staging}/manifest.json`, bytes, { flag: 'wx', mode: 0o600 })
  return whole
}

function tooLarge(what: string, size: number, most: number): StrangerError {
  return new StrangerError('TOO_LARGE', `${what}: ${size} bytes, at most ${most} are taken`)
}

function errorFor({ archive, signal }: ReadArchiveInput, error: unknown): StandinError {
  if (error instanceof StandinError) return error
  if (signal?.aborted === true) return new HostError('TIMED_OUT', `reading ${archive} was called off`, { cause: error })
  const code = systemCode(error) ?? ''
  if (code === 'ERR_BUFFER_TOO_LARGE') return new StrangerError('TOO_LARGE', 'a part of the archive unpacks to too much', { cause: error })
  if (/^(ZSTD_|Z_)/.test(code)) return new StrangerError('BAD_ARCHIVE', 'the archive does not decompress', { cause: error })
  return hostError(`could not read ${archive}`, error)
}
