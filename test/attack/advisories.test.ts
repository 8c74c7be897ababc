/**
 * One archive for each advisory of node-tar and of GNU tar: refused by a code, or read without that anything of it was made.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readArchive } from '../../src/package/archive/read.ts'
import { encodeEntry } from '../../src/package/archive/tarblock.ts'
import { archiveOf, dir, entry, file, forge, link, type Parts } from '../package/archive/make.ts'
import { HELLO, temporary } from '../package/image.ts'
import { block, extended, image, pack, record } from './support/blocks.ts'
import { report } from './support/bounds.ts'
import { judge } from './support/judged.ts'

interface Advisory {
  readonly id: string
  readonly what: string
  readonly parts: Parts
  /** Code of the refusal. `read`: what the advisory is about does no harm here, since no name of an archive is ever made. */
  readonly code: 'BAD_ARCHIVE' | 'BAD_PATH' | 'TOO_LARGE' | 'SCHEMA' | 'read'
}

const text = Buffer.from('text')
const NEGATIVE = Buffer.from('ffffffffffffffffffffff00', 'hex')

const NODE_TAR: readonly Advisory[] = [
  { id: 'CVE-2015-8860', what: 'a link out, and a file through it', code: 'BAD_PATH', parts: image(entry(dir('image/a')), entry(link('image/a/l', '../../..')), entry(file('image/a/l/x', 0))) },
  { id: 'CVE-2018-20834', what: 'a hard link, and a file over it', code: 'BAD_ARCHIVE', parts: image(block({ name: 'image/a', type: '1', target: '/etc/passwd' }), entry(file('image/a', 4), text)) },
  { id: 'CVE-2021-32803', what: 'a folder, a link in its place, a file through it', code: 'BAD_PATH', parts: image(entry(dir('image/a')), entry(link('image/a', '/etc')), entry(file('image/a/x', 0))) },
  { id: 'CVE-2021-32804', what: 'an absolute path of several roots', code: 'BAD_PATH', parts: image(entry(file('image/////etc/x', 0))) },
  { id: 'CVE-2021-37701', what: 'a folder and a link that a backslash tells apart', code: 'read', parts: image(entry(dir('image/a')), entry(file('image/a/x', 0)), entry(link('image/a\\', '/etc'))) },
  { id: 'CVE-2021-37712', what: 'a folder and a link of one name in two normal forms', code: 'read', parts: image(entry(link('image/cafe\u0301', '/etc')), entry(dir('image/caf\u00e9')), entry(file('image/caf\u00e9/x', 0))) },
  { id: 'CVE-2021-37713', what: 'a path relative to a drive', code: 'BAD_PATH', parts: image(entry(file('image/C:../x', 0))) },
  { id: 'CVE-2024-28863', what: 'two thousand folders deep', code: 'BAD_PATH', parts: image(entry(file(`image/${'a/'.repeat(2000)}x`, 0))) },
  { id: 'CVE-2025-64118', what: 'an entry that is longer than the archive', code: 'BAD_ARCHIVE', parts: image(block({ size: '00000010000 ' })) },
  { id: 'CVE-2026-23745', what: 'a hard link to an absolute path', code: 'BAD_ARCHIVE', parts: image(block({ type: '1', target: '/etc/shadow' })) },
  { id: 'CVE-2026-23745', what: 'a link to an absolute path', code: 'read', parts: image(entry(link('image/a', '/etc/shadow'))) },
  { id: 'CVE-2026-23950', what: 'names that fold into each other', code: 'read', parts: image(entry(link('image/ss', '/etc')), entry(file('image/\u00df', 0))) },
  { id: 'CVE-2026-24842', what: 'a hard link that climbs', code: 'BAD_ARCHIVE', parts: image(block({ name: 'image/a/b', type: '1', target: '../../../etc/shadow' })) },
  { id: 'CVE-2026-26960', what: 'a hard link through a chain of links', code: 'BAD_PATH', parts: image(entry(link('image/a', '..')), entry(link('image/b', 'a/..')), block({ name: 'image/c', type: '1', target: 'b/x' })) },
  { id: 'CVE-2026-29786', what: 'a hard link relative to a drive', code: 'BAD_ARCHIVE', parts: image(block({ type: '1', target: 'C:../x' })) },
  { id: 'CVE-2026-31802', what: 'a link relative to a drive that climbs', code: 'BAD_PATH', parts: image(entry(link('image/a', 'C:../../../x'))) },
  { id: 'GHSA-vmf3-w455-68vh', what: 'an extended size before a GNU long name', code: 'BAD_ARCHIVE', parts: image(extended(record('size', '2048')), block({ name: '././@LongLink', type: 'L' }, 'long\0'), block({ name: 'image/b' }, text)) },
  { id: 'CVE-2026-59871', what: 'an extended path of digits alone', code: 'BAD_ARCHIVE', parts: image(extended(record('path', '12345')), block({ name: '12345' })) },
  { id: 'CVE-2026-59873', what: 'an image of a gigabyte in a few kilobytes', code: 'TOO_LARGE', parts: { packedImage: Buffer.concat([pack(Buffer.concat([image().image ?? text, encodeEntry(file('image/a', 2 ** 30)), Buffer.alloc(4 * 2 ** 20 - 1024)])), ...Array.from({ length: 256 }, () => pack(Buffer.alloc(4 * 2 ** 20)))]) } },
  { id: 'CVE-2026-59874', what: 'a negative size', code: 'BAD_ARCHIVE', parts: image(block({ size: NEGATIVE })) },
  { id: 'CVE-2026-59875', what: 'a NUL in an extended path', code: 'BAD_ARCHIVE', parts: image(extended(record('path', 'image/seen\0hidden')), block({ name: 'image/seen' })) },
  { id: 'CVE-2026-59875', what: 'a NUL in an extended target', code: 'BAD_ARCHIVE', parts: image(extended(record('linkpath', 'seen\0hidden')), block({ type: '2', target: 'seen' })) },
  { id: 'CVE-2026-73566', what: 'an extended path of a megabyte', code: 'BAD_ARCHIVE', parts: image(extended(record('path', `image/${'a/'.repeat(2 ** 19)}`)), block({})) },
] // prettier-ignore

const GNU_TAR: readonly Advisory[] = [
  { id: 'CVE-2001-1267', what: '.. at the start', code: 'BAD_PATH', parts: image(entry(file('../x', 0))) },
  { id: 'CVE-2002-0399', what: '.. behind a dot', code: 'BAD_PATH', parts: image(entry(file('image/./../x', 0))) },
  { id: 'CVE-2002-1216', what: '.. behind a slash', code: 'BAD_PATH', parts: image(entry(file('/../x', 0))) },
  { id: 'CVE-2005-2541', what: 'a set-id file', code: 'read', parts: image(entry({ ...file('image/a', 0), mode: 0o6755 })) },
  { id: 'CVE-2006-0300', what: 'an extended record that is longer than it says', code: 'BAD_ARCHIVE', parts: image(extended(record('path', 'image/a', 7)), block({})) },
  { id: 'CVE-2006-0300', what: 'an extended record that is shorter than it says', code: 'BAD_ARCHIVE', parts: image(extended(record('path', 'image/a', 999_999)), block({})) },
  { id: 'CVE-2006-6097', what: 'a GNUTYPE_NAMES that asks for a link', code: 'BAD_ARCHIVE', parts: image(block({ name: '././@MaNgLeD_NaMeS', type: 'N' }, 'Symlink /etc to image/a\n\0')) },
  { id: 'CVE-2007-4131', what: '.. behind two slashes', code: 'BAD_PATH', parts: image(entry(file('image//..//x', 0))) },
  { id: 'CVE-2007-4476', what: 'a name that no path may have', code: 'BAD_ARCHIVE', parts: image(entry(file(`image/${'x'.repeat(100_000)}`, 0))) },
  { id: 'CVE-2010-0624', what: 'a name of another host', code: 'read', parts: image(entry(file('image/host:file', 0))) },
  { id: 'CVE-2016-6321', what: '.. in the middle', code: 'BAD_PATH', parts: image(entry(file('image/etc/x/../../../etc/shadow', 0))) },
  { id: 'CVE-2018-20482', what: 'a sparse file that is shorter than it says', code: 'BAD_ARCHIVE', parts: image(block({ type: 'S', size: '00000000000 ' })) },
  { id: 'CVE-2019-9923', what: 'an extended sparse map that is none', code: 'BAD_ARCHIVE', parts: image(extended(record('GNU.sparse.major', '1'), record('GNU.sparse.map', '')), block({})) },
  { id: 'CVE-2019-9923', what: 'a sparse file with its real name in a record', code: 'BAD_ARCHIVE', parts: image(extended(record('GNU.sparse.name', '/etc/x'), record('GNU.sparse.realsize', '99')), block({})) },
  { id: 'CVE-2021-20193', what: 'long names without an entry', code: 'BAD_ARCHIVE', parts: image(...Array.from({ length: 1000 }, () => block({ name: '././@LongLink', type: 'L' }, 'x'.repeat(500)))) },
  { id: 'CVE-2022-48303', what: 'a V7 header with a time of spaces', code: 'BAD_ARCHIVE', parts: image(block({ magic: '\0'.repeat(8), mtime: '           \0' })) },
  { id: 'CVE-2023-39804', what: 'an attribute with a name of a megabyte', code: 'BAD_ARCHIVE', parts: image(extended(record(`SCHILY.xattr.${'x'.repeat(2 ** 20)}`, 'y')), block({})) },
  { id: 'CVE-2023-39804', what: 'an attribute of another kind', code: 'BAD_ARCHIVE', parts: image(extended(record('SCHILY.xattr.user.x', 'y')), block({})) },
] // prettier-ignore

test('a block without a lie is what the encoder writes', () => {
  assert.deepEqual(block({}, text), entry(file('image/a', 4), text))
})

for (const [program, advisories] of [
  ['node-tar', NODE_TAR],
  ['GNU tar', GNU_TAR],
] as const) {
  // prettier-ignore
  const codes: string[] = []
  for (const { id, what, parts, code } of advisories)
    test(`${program} ${id}: ${what}`, async (t) => {
      const judged = await judge(temporary(t), forge(parts))
      codes.push(judged.code)
      assert.deepEqual({ code: judged.code, wrong: judged.wrong }, { code, wrong: [] })
    })
  test(`advisories of ${program}`, (t) => {
    const refused = codes.filter((code) => code !== 'read').length
    report(t, {
      what: `advisories of ${program}`,
      tried: codes.length,
      found: `${refused} refused, ${codes.length - refused} without harm`,
    })
    assert.equal(codes.length, advisories.length)
  })
}

test('CVE-2025-45582: one archive after another into the same place', async (t) => {
  const folder = temporary(t)
  await archiveOf(folder, HELLO)
  const into = { archive: join(folder, 'a.gpkg.tar'), staging: join(folder, 'staging') }
  await readArchive(into)
  await assert.rejects(readArchive(into), { code: 'IO' })
  mkdirSync(join(folder, 'second'))
  await assert.rejects(readArchive({ ...into, staging: join(folder, 'second') }), { code: 'IO' })
})
