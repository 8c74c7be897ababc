/**
 * Small archives that ask for much: memory, disk or time. Each is written to a file of its own, since some have hundreds of megabytes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { randomBytes } from 'node:crypto'
import { encodeEntry, TAR_END } from '../../../src/package/archive/tarblock.ts'
import { metadataTar } from '../../../src/package/archive/metadatatar.ts'
import { dir, entry, file, FOLDER, forge, link } from '../../package/archive/make.ts'
import { pack } from './blocks.ts'

const MIB = 2 ** 20
const FRAME = 4 * MIB
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

/** Frames of 4 MiB, as an archive has them. */
function frames(content: Buffer): Buffer {
  const count = Math.ceil(content.length / FRAME)
  return Buffer.concat(Array.from({ length: count }, (_, at) => pack(content.subarray(at * FRAME, (at + 1) * FRAME))))
}

const packed = (image: Buffer): Buffer => forge({ packedImage: frames(image) })
const ofImage = (...blocks: readonly Buffer[]): Buffer => packed(Buffer.concat([entry(FOLDER), ...blocks, TAR_END]))

/** Names of nearly 4 kB below 15 folders. */
function deep(count: number, more: (name: string) => Buffer): Buffer {
  const names = Array.from({ length: 15 }, () => 'd'.repeat(254))
  const folders = names.map((_, at) => entry(dir(`image/${names.slice(0, at + 1).join('/')}`)))
  const files = Array.from({ length: count }, (_, at) => more(`image/${names.join('/')}/${String(at).padStart(6, '0')}`))
  return ofImage(...folders, ...files)
}

const huge = (bytes: number): Buffer => Buffer.concat([entry(FOLDER), encodeEntry(file('image/a', bytes))])
/** A frame of one 4 MiB run of zeros in 128 KiB blocks: 130 bytes. */
const RUN = Buffer.concat([hex('28b52ffd a0 00004000'), ...Array.from({ length: 31 }, () => hex('020010 00')), hex('030010 00')])
const SKIPPABLE = Buffer.concat([hex('502a4d18'), hex('00001000'), Buffer.alloc(MIB)])

export interface Bomb {
  readonly what: string
  readonly code: string
  readonly make: () => Buffer
}

export const BOMBS: readonly Bomb[] = [
  {
    what: 'a thousand million zeros in runs',
    code: 'TOO_LARGE',
    make: () => {
      const first = Buffer.concat([huge(2 ** 31), Buffer.alloc(FRAME)]).subarray(0, FRAME)
      return forge({ packedImage: Buffer.concat([pack(first), ...Array.from({ length: 300 }, () => RUN)]) })
    },
  },
  {
    what: 'zeros at just below the ratio, more than an image may have',
    code: 'TOO_LARGE',
    make: () => ofImage(encodeEntry(file('image/a', 8 * 2 ** 30 - 1)), randomBytes(MIB), Buffer.alloc(200 * MIB)),
  },
  { what: 'twenty thousand long names', code: 'TOO_LARGE', make: () => deep(20_000, (name) => entry(file(name, 0))) },
  {
    what: 'ten thousand long targets of long names',
    code: 'TOO_LARGE',
    make: () => deep(10_000, (name) => entry(link(name, 'x'.repeat(4000)))),
  },
  {
    what: 'more entries than an image may have',
    code: 'TOO_LARGE',
    make: () => ofImage(...Array.from({ length: 100_001 }, (_, at) => encodeEntry(file(`image/${String(at).padStart(6, '0')}`, 0)))),
  },
  { what: 'a window of 2 GiB', code: 'BAD_ARCHIVE', make: () => forge({ packedImage: hex('28b52ffd 00 a8 01 0000') }) },
  {
    what: 'a window of 2 GiB over a length that is said',
    code: 'BAD_ARCHIVE',
    make: () => forge({ packedImage: hex('28b52ffd 80 a8 00004000 030010 00') }),
  },
  { what: 'a window of 2 GiB of metadata', code: 'BAD_ARCHIVE', make: () => forge({ packedMetadata: hex('28b52ffd 80 a8 00001000 030010 00') }) },
  { what: 'a frame that claims 16 EiB', code: 'TOO_LARGE', make: () => forge({ packedImage: hex('28b52ffd e0 ffffffffffffffff 010000') }) },
  { what: 'metadata that claim 16 EiB', code: 'TOO_LARGE', make: () => forge({ packedMetadata: hex('28b52ffd e0 ffffffffffffffff 010000') }) },
  { what: 'a dictionary', code: 'BAD_ARCHIVE', make: () => forge({ packedImage: hex('28b52ffd 23 78563412 05 290000 68656c6c6f') }) },
  { what: 'a dictionary for the metadata', code: 'BAD_ARCHIVE', make: () => forge({ packedMetadata: hex('28b52ffd 23 78563412 05 290000 68656c6c6f') }) },
  {
    what: 'skippable frames without end',
    code: 'BAD_ARCHIVE',
    make: () => forge({ packedImage: Buffer.concat(Array.from({ length: 64 }, () => SKIPPABLE)) }),
  },
  {
    what: 'a skippable frame behind the metadata',
    code: 'BAD_ARCHIVE',
    make: () => forge({ packedMetadata: Buffer.concat([pack(metadataTar({ PF: 'hello-2.12', SIZE: '0' })), SKIPPABLE.subarray(0, 4), Buffer.alloc(4)]) }),
  },
  {
    what: 'a frame of empty blocks without end',
    code: 'BAD_ARCHIVE',
    make: () => forge({ packedImage: Buffer.concat([hex('28b52ffd a0 00004000'), Buffer.alloc(64 * MIB)]) }),
  },
  {
    what: 'empty frames without end',
    code: 'BAD_ARCHIVE',
    make: () => forge({ packedImage: Buffer.concat(Array.from({ length: 200_000 }, () => hex('28b52ffd 20 00 010000'))) }),
  },
  {
    what: 'zeros without end instead of entries',
    code: 'BAD_ARCHIVE',
    make: () => packed(Buffer.alloc(60 * MIB)),
  },
  { what: 'metadata of 8 MiB of nothing', code: 'BAD_ARCHIVE', make: () => forge({ packedMetadata: pack(Buffer.alloc(8 * MIB)) }) },
] // prettier-ignore
