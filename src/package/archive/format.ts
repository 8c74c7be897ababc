/**
 * The fixed parts of an archive: member names in their order, the line that names the encoder, and the Manifest (GLEP 78).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { createHash, type Hash } from 'node:crypto'
import { constants } from 'node:zlib'
import type { TarEntry } from './tarblock.ts'

export const MEMBERS = ['gpkg-1', 'metadata.tar.zst', 'image.tar.zst', 'Manifest'] as const

export type MemberName = (typeof MEMBERS)[number]

/** Level 3 is the encoder's own default; larger levels cost more time than they save on the line. */
const LEVEL = 3

/**
 * Matches of five bytes, which level 3 takes, save 2 % of programs and libraries and cost a fifth of the time there;
 * in tables, keys and other texts of few letters they are chance, cost two thirds of the time, and make the result larger.
 */
const MIN_MATCH = 6

/** What a decoder may be asked to keep in memory: 8 MiB, where level 3 needs 2. */
export const WINDOW: Record<number, number> = { [constants.ZSTD_d_windowLogMax]: 23 }

export const ENCODER_PARAMETERS: Record<number, number> = {
  [constants.ZSTD_c_compressionLevel]: LEVEL,
  [constants.ZSTD_c_minMatch]: MIN_MATCH,
}

/** Content of `gpkg-1`, which GLEP 78 leaves to whoever writes it: equal content in two encodings is two files, and this says why. */
export function encoderLine(zstdVersion: string): string {
  return `standin-archive-1 zstd-${zstdVersion} level-${LEVEL} min-match-${MIN_MATCH}\n`
}

export const ENCODER_LINE: RegExp = /^standin-archive-1 zstd-\d{1,4}(\.\d{1,4}){1,3} level-\d{1,2}( min-match-\d)?\n$/

/** Folder of all members. Portage writes PF and a counter of the host here; the counter is left at its first value. */
export function folderName(pf: string): string {
  return `${pf}-1`
}

export function outerEntry(folder: string, name: MemberName, size: number): TarEntry {
  return { type: 'file', name: `${folder}/${name}`, mode: 0o644, owner: 'root', group: 'root', size }
}

/** The image's own folder, which Portage looks for; its mode and owner say nothing. */
export const IMAGE_FOLDER: TarEntry = { type: 'dir', name: 'image', mode: 0o755, owner: 'root', group: 'root', size: 0 }

/** The two digests that a Manifest line carries. */
export interface MemberDigest {
  update(bytes: Uint8Array): void
  /** The Manifest line; call once. */
  line(name: MemberName, size: number): string
}

export function memberDigest(): MemberDigest {
  const hashes: readonly [string, Hash][] = [
    ['SHA512', createHash('sha512')],
    ['BLAKE2B', createHash('blake2b512')],
  ]
  return {
    update: (bytes) => hashes.forEach(([, hash]) => hash.update(bytes)),
    line: (name, size) => `DATA ${name} ${size} ${hashes.map(([word, hash]) => `${word} ${hash.digest('hex')}`).join(' ')}\n`,
  }
}

/** How many times its own size an image may unpack to. Programs and texts reach 20; a larger one is a bomb, or is not worth a swarm. */
export const MAX_RATIO = 1000

/** Below this many bytes nobody is harmed by a ratio. */
const FREE_BYTES = 64 * 1024 * 1024

/** Most bytes that a packed image of `size` bytes may unpack to. */
export function mostUnpacked(size: number, ratio: number): number {
  return Math.max(FREE_BYTES, size * ratio)
}
