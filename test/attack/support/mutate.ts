/**
 * Spoils a true archive in one to four places, on any of its layers, and mends the checksums around it so that the reader gets to see it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { zstdCompressSync } from 'node:zlib'
import { TAR_END } from '../../../src/package/archive/tarblock.ts'
import { forge } from '../../package/archive/make.ts'
import type { Random } from './random.ts'

export interface Whole {
  /** The archive, and what two of its members unpack to. */
  readonly archive: Buffer
  readonly image: Buffer
  readonly metadata: Buffer
}

const LAYERS = ['archive', 'image', 'image', 'metadata', 'packed image', 'packed metadata', 'manifest'] as const

export function mutated(whole: Whole, random: Random): Buffer {
  const layer = random.pick(LAYERS)
  const { image, metadata } = whole
  // `forge` adds the end itself.
  const plain = image.subarray(0, image.length - TAR_END.length)
  const folder = 'hello-2.12-1'
  if (layer === 'archive') return spoiled(whole.archive, random)
  if (layer === 'image') return forge({ folder, metadata, image: spoiled(plain, random) })
  if (layer === 'metadata') return forge({ folder, metadata: spoiled(metadata, random), image: plain })
  if (layer === 'packed image') return forge({ folder, metadata, packedImage: spoiled(pack(image), random) })
  if (layer === 'packed metadata') return forge({ folder, packedMetadata: spoiled(pack(metadata), random), image: plain })
  return forge({ folder, metadata, image: plain, manifest: (text) => spoiled(Buffer.from(text), random).toString('latin1') })
}

function pack(bytes: Buffer): Buffer {
  return zstdCompressSync(bytes, { pledgedSrcSize: bytes.length })
}

function spoiled(bytes: Buffer, random: Random): Buffer {
  let now = Buffer.from(bytes)
  for (let times = 1 + random.below(4); times > 0; times--) now = random.pick(WAYS)(now, random)
  return random.below(2) === 0 ? now : withChecksums(now)
}

type Way = (bytes: Buffer, random: Random) => Buffer<ArrayBuffer>

const NUMBERS = ['00000000000\0', '77777777777\0', '-0000000001\0', '           \0', '0x000000010\0'].map((text) => Buffer.from(text))
const BASE_256 = ['80ffffffffffffffffffffff', 'ffffffffffffffffffffff00', '800000000000000200000000', 'ff'].map((hex) =>
  Buffer.from(hex, 'hex'),
)
const NAMES = ['../../x', '/etc/passwd', 'image/', '\u001b[2J', './', '\0', 'PaxHeaders/x', '././@LongLink'].map((text) =>
  Buffer.from(text),
)
const TYPES = '0123456789xgLKSDMVNXA\0'.split('').map((type) => Buffer.from(type, 'latin1'))

const over = (bytes: Buffer, at: number, part: Buffer): Buffer<ArrayBuffer> => {
  const copy = Buffer.from(bytes)
  part.copy(copy, at)
  return copy
}
/** Somewhere in a header, at the place of one field, more often than anywhere. */
const field = (offset: number, values: readonly Buffer[]): Way => {
  return (bytes, random) => {
    const block = random.below(Math.max(1, Math.ceil(bytes.length / 512)))
    return over(bytes, block * 512 + offset, values[random.below(values.length)] ?? Buffer.alloc(0))
  }
}
const cut = (bytes: Buffer, random: Random): [Buffer, Buffer, Buffer] => {
  const [a, b] = [random.below(bytes.length + 1), random.below(bytes.length + 1)].toSorted((x, y) => x - y)
  return [bytes.subarray(0, a), bytes.subarray(a, b), bytes.subarray(b)]
}

const WAYS: readonly [Way, ...Way[]] = [
  (bytes, random) => over(bytes, random.below(bytes.length + 1), random.bytes(1)),
  (bytes, random) => over(bytes, random.below(bytes.length + 1), random.bytes(1 + random.below(16))),
  (bytes, random) => over(bytes, random.below(bytes.length + 1), Buffer.alloc(1 + random.below(600))),
  (bytes, random) => over(bytes, random.below(bytes.length + 1), Buffer.alloc(1 + random.below(600), 0xff)),
  (bytes, random) => Buffer.concat([bytes.subarray(0, random.below(bytes.length + 1))]),
  (bytes, random) => {
    const [a, , c] = cut(bytes, random)
    return Buffer.concat([a, c])
  },
  (bytes, random) => {
    const [a, b, c] = cut(bytes, random)
    return Buffer.concat([a, b, b, c])
  },
  (bytes, random) => {
    const [a, b, c] = cut(bytes, random)
    return Buffer.concat([b, a, c])
  },
  (bytes, random) => {
    const [a, b, c] = cut(bytes, random)
    return Buffer.concat([a, random.bytes(random.below(700)), b, c])
  },
  // Whole blocks: twice, gone, or in another order.
  (bytes, random) => {
    const at = random.below(Math.max(1, Math.ceil(bytes.length / 512))) * 512
    const block = bytes.subarray(at, at + 512)
    return Buffer.concat([bytes.subarray(0, at), block, block, bytes.subarray(at + 512)])
  },
  (bytes, random) => {
    const at = random.below(Math.max(1, Math.ceil(bytes.length / 512))) * 512
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 512)])
  },
  field(0, NAMES),
  field(100, [...BASE_256, Buffer.from('0007777\0')]),
  field(108, [...BASE_256, Buffer.from('0001750\0')]),
  field(124, NUMBERS),
  field(124, BASE_256),
  field(136, [...NUMBERS, ...BASE_256]),
  field(156, TYPES),
  field(157, NAMES),
  field(257, [Buffer.from('ustar  \0'), Buffer.alloc(8)]),
  field(265, NAMES),
  field(345, NAMES),
]

/** Gives each block that may be a header the checksum that it should have. */
function withChecksums(bytes: Buffer): Buffer<ArrayBuffer> {
  const copy = Buffer.from(bytes)
  for (let at = 0; at + 512 <= copy.length; at += 512) {
    if (copy.toString('latin1', at + 257, at + 262) !== 'ustar') continue
    copy.fill(' ', at + 148, at + 156)
    const sum = copy.subarray(at, at + 512).reduce((total, byte) => total + byte, 0)
    copy.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1')
  }
  return copy
}
