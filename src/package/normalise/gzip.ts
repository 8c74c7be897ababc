/**
 * Gzip: the modification time in the header does not count (RFC 1952, section 2.3).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type Normaliser, startsWith } from './range.ts'

export const gzip: Normaliser = {
  name: 'gzip-mtime',
  version: 1,
  matches: (_path, head) => startsWith(head, [0x1f, 0x8b, 8]),
  ranges: (bytes) => (bytes.length < 18 ? undefined : [{ at: 4, length: 4 }]),
}
