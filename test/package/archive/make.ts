/**
 * Makes archives for tests: true ones, and ones with any part replaced by something hostile.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { zstdCompressSync } from 'node:zlib'
import { encoderLine, folderName, memberDigest, type MemberName, MEMBERS, outerEntry } from '../../../src/package/archive/format.ts'
import { metadataTar } from '../../../src/package/archive/metadatatar.ts'
import { readArchive, READ_LIMITS, type ReadLimits } from '../../../src/package/archive/read.ts'
import { encodeEntry, paddedSize, TAR_END, type TarEntry } from '../../../src/package/archive/tarblock.ts'
import { type WrittenArchive, writeArchive } from '../../../src/package/archive/write.ts'
import type { Manifest } from '../../../src/package/manifest.ts'
import { makeImage, METADATA, OWNERS, type Tree } from '../image.ts'

/** A true archive of `tree`, at `folder/name`. */
export function archiveOf(folder: string, tree: Tree, name: string = 'a.gpkg.tar'): Promise<WrittenArchive> {
  const image = makeImage(join(folder, `${name}.image`), tree)
  return writeArchive({ image, metadata: METADATA, out: join(folder, name), owners: OWNERS })
}

export const FOLDER: TarEntry = { type: 'dir', name: 'image', mode: 0o755, owner: 'root', group: 'root', size: 0 }
export const dir = (name: string): TarEntry => ({ ...FOLDER, name })
export const file = (name: string, size: number): TarEntry => ({ type: 'file', name, mode: 0o644, owner: 'root', group: 'root', size })
export const link = (name: string, target: string): TarEntry => ({ ...FOLDER, type: 'link', mode: 0o777, name, target })

/** Entry, bytes and padding. */
export function entry(of: TarEntry, body: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([encodeEntry(of), body, Buffer.alloc(paddedSize(body.length) - body.length)])
}

export interface Parts {
  readonly folder?: string
  readonly encoder?: string
  /** Plain `metadata.tar`, and the same compressed. */
  readonly metadata?: Buffer
  readonly packedMetadata?: Buffer
  /** Plain `image.tar` without its end, and the whole compressed. */
  readonly image?: Buffer
  readonly packedImage?: Buffer
  readonly manifest?: (text: string) => string
  /** Any change to the members, in their order, before they are written. */
  readonly outer?: (members: [MemberName, Buffer][]) => [string, Buffer][]
  readonly end?: Buffer
}

const pack = (bytes: Buffer): Buffer => zstdCompressSync(bytes, { pledgedSrcSize: bytes.length })

/** An archive with everything in order but what `parts` says; its Manifest fits the members unless `parts` has another. */
export function forge(parts: Parts): Buffer {
  const folder = parts.folder ?? folderName('hello-2.12')
  const image = parts.packedImage ?? pack(Buffer.concat([parts.image ?? entry(FOLDER), TAR_END]))
  const metadata = parts.packedMetadata ?? pack(parts.metadata ?? metadataTar({ PF: 'hello-2.12', SIZE: '0' }))
  const bodies = [Buffer.from(parts.encoder ?? encoderLine('1.5.7')), metadata, image]
  const manifest = bodies.map((bytes, at) => lineFor(MEMBERS[at] ?? 'Manifest', bytes)).join('')
  const members = [...bodies, Buffer.from(parts.manifest?.(manifest) ?? manifest)].map((bytes, at): [MemberName, Buffer] => [
    MEMBERS[at] ?? 'Manifest',
    bytes,
  ])
  const written = (parts.outer?.(members) ?? members).map(([name, bytes]) =>
    entry({ ...outerEntry(folder, 'Manifest', bytes.length), name: `${folder}/${name}` }, bytes),
  )
  return Buffer.concat([...written, parts.end ?? TAR_END])
}

function lineFor(name: MemberName, bytes: Buffer): string {
  const digest = memberDigest()
  digest.update(bytes)
  return digest.line(name, bytes.length)
}

export interface Outcome {
  readonly code: string | undefined
  readonly left: boolean
  readonly manifest?: Manifest
}

/** Reads an archive into `folder/staging` and says what came of it. */
export async function outcome(folder: string, bytes: Buffer, limits: Partial<ReadLimits> = {}, signal?: AbortSignal): Promise<Outcome> {
  const archive = join(folder, 'b.gpkg.tar')
  const staging = join(folder, 'staging')
  writeFileSync(archive, bytes)
  try {
    const manifest = await readArchive({
      archive,
      staging,
      limits: { ...READ_LIMITS, ...limits },
      ...(signal === undefined ? {} : { signal }),
    })
    return { code: undefined, left: existsSync(staging), manifest }
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error
    return { code: `${error.name} ${String(error.code)}`, left: existsSync(staging) }
  }
}

export function stagedFile(folder: string, sha256: string): Buffer {
  return readFileSync(join(folder, 'staging/files', sha256))
}
