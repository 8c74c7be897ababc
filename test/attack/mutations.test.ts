/**
 * A real archive that was spoiled anywhere, on any layer, is refused by a code or is still true to its manifest, in bounded memory and time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { join } from 'node:path'
import { test } from 'node:test'
import { archiveOf } from '../package/archive/make.ts'
import { HELLO, temporary, type Tree } from '../package/image.ts'
import { report, scaled, seed } from './support/bounds.ts'
import { assertHarmless, inWords, reading } from './support/reading.ts'

/** A little of everything: links, long names, a large file in several blocks, an empty one, a mode. */
const TREE: Tree = {
  ...HELLO,
  'usr/lib/libhello.so.1': { link: 'libhello.so.1.0' },
  'usr/lib/libhello.so.1.0': { bytes: Buffer.alloc(3000, 'elf'), mode: 0o755 },
  'usr/share/empty': '',
  [`usr/share/${'long'.repeat(50)}/${'name'.repeat(40)}`]: 'text\n',
  'usr/share/locale/xx/LC_MESSAGES/hello.mo': Buffer.alloc(700, 'mo').toString(),
}

test('mutations of a real archive', async (t) => {
  const folder = temporary(t)
  await archiveOf(folder, TREE)
  const count = scaled(300, 10_000)
  const result = await reading('mutations', folder, join(folder, 'a.gpkg.tar'), String(seed()), String(count))
  report(t, { what: `mutations of a real archive, seed ${seed()}`, tried: count, found: inWords(result) })
  assertHarmless(result)
})
