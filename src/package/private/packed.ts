/**
 * Says how a file is packed, by its first bytes: what is packed is searched as what it unpacks to.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { startsWith } from '../normalise/range.ts'

/** By the program that unpacks it, or by the format that holds packed parts. */
export type Packed = 'gzip' | 'bzip2' | 'xz' | 'zstd' | 'elf' | 'zip'

const MAGIC: readonly (readonly [Packed, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b, 8]], // RFC 1952
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]], // RFC 8878
  ['elf', [0x7f, 0x45, 0x4c, 0x46]],
  ['zip', [0x50, 0x4b, 3, 4]],
]

export function packedAs(head: Uint8Array): Packed | undefined {
  return MAGIC.find(([, magic]) => startsWith(head, magic))?.[0]
}
