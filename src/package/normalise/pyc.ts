/**
 * Compiled Python: the source's modification time in the header does not count (PEP 552; Python 3.7 and later).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { type Normaliser, viewOf } from './range.ts'

/** Magic numbers of Python 3.7 and later; Python 2 had numbers above 20,000. */
const FIRST_MAGIC = 3390
const PAST_MAGIC = 20_000

export const pyc: Normaliser = {
  name: 'pyc-mtime',
  version: 1,
  matches: (path, head) => path.endsWith('.pyc') && head[2] === 0x0d && head[3] === 0x0a,
  ranges(bytes) {
    if (bytes.length < 16) return undefined
    const view = viewOf(bytes)
    const magic = view.getUint16(0, true)
    if (magic < FIRST_MAGIC || magic >= PAST_MAGIC) return undefined
    // With any flag set the field is a hash of the source, which does count.
    return view.getUint32(4, true) === 0 ? [{ at: 8, length: 4 }] : []
  },
}
