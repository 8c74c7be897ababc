/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { Header, type HeaderData } from 'tar/header'
import { Pax } from 'tar/pax'
import { metadataTar } from '../../../src/package/archive/metadatatar.ts'
import { encodeEntry, TAR_END } from '../../../src/package/archive/tarblock.ts'
import { HELLO, temporary } from '../image.ts'
import { archiveOf, dir, entry, file, FOLDER, forge, link, outcome, type Parts } from './make.ts'

const image = (...entries: Buffer[]): Parts => ({ image: Buffer.concat([entry(FOLDER), ...entries]) })
const bytes = (text: string): Buffer => Buffer.from(text)
const raw = (fields: HeaderData): Buffer => {
  const block = Buffer.alloc(512)
  new Header({ mode: 0o644, uid: 0, gid: 0, uname: 'root', gname: 'root', size: 0, mtime: new Date(0), ...fields }).encode(block)
  return block
}
const changed = (header: Buffer, at: number, text: string): Buffer => {
  const copy = Buffer.from(header)
  copy.write(text, at, 'latin1')
  copy.write('        ', 148, 'latin1')
  const sum = copy.subarray(0, 512).reduce((total, byte) => total + byte, 0)
  copy.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return copy
}
const pack = (content: Buffer): Buffer => zstdCompressSync(content, { pledgedSrcSize: content.length })
const EMPTY = Buffer.concat([entry(FOLDER), TAR_END])

describe('a hostile archive leaves nothing', () => {
  const cases: [string, Parts, string][] = [
    ['.. in a path', image(entry(file('image/../x', 0))), 'BAD_PATH'],
    ['.. at the end', image(entry(dir('image/a')), entry(dir('image/a/..'))), 'BAD_PATH'],
    ['. in a path', image(entry(file('image/./x', 0))), 'BAD_PATH'],
    ['an empty name', image(entry(file('image//x', 0))), 'BAD_PATH'],
    ['an absolute path', image(entry(file('/etc/x', 0))), 'BAD_PATH'],
    ['a path outside the image', image(entry(file('imagex', 0))), 'BAD_PATH'],
    ['a line end in a path', image(entry(file('image/a\nb', 0))), 'BAD_PATH'],
    ['a terminal command in a path', image(entry(file('image/\u001b[2J', 0))), 'BAD_PATH'],
    ['a path that turns around', image(entry(file('image/\u202egnp.exe', 0))), 'BAD_PATH'],
    ['a name that is too long', image(entry(file(`image/${'x'.repeat(256)}`, 0))), 'BAD_PATH'],
    ['a path that stands twice', image(entry(file('image/a', 1), bytes('1')), entry(file('image/a', 1), bytes('2'))), 'BAD_PATH'],
    ['paths out of order', image(entry(file('image/b', 0)), entry(file('image/a', 0))), 'BAD_PATH'],
    ['a file below a file', image(entry(file('image/a', 0)), entry(file('image/a/b', 0))), 'BAD_PATH'],
    ['a file below a link', image(entry(link('image/a', '/etc')), entry(file('image/a/passwd', 0))), 'BAD_PATH'],
    ['a file in no folder', image(entry(file('image/a/b', 0))), 'BAD_PATH'],
    ['a link above the root', image(entry(dir('image/a')), entry(link('image/a/b', '../../etc'))), 'BAD_PATH'],
    ['a link to nothing', image(changed(encodeEntry(link('image/a', 'x')), 157, '\0')), 'BAD_ARCHIVE'],
    ['a hard link', image(raw({ type: 'Link', path: 'image/a', linkpath: '/etc/passwd' })), 'BAD_ARCHIVE'],
    ['a character device', image(raw({ type: 'CharacterDevice', path: 'image/a', devmaj: 1, devmin: 3 })), 'BAD_ARCHIVE'],
    ['a block device', image(raw({ type: 'BlockDevice', path: 'image/a', devmaj: 8 })), 'BAD_ARCHIVE'],
    ['a fifo', image(raw({ type: 'FIFO', path: 'image/a' })), 'BAD_ARCHIVE'],
    ['a sparse file', image(changed(raw({ type: 'File', path: 'image/a' }), 156, 'S')), 'BAD_ARCHIVE'],
    ['an unknown type', image(changed(raw({ type: 'File', path: 'image/a' }), 156, 'Z')), 'BAD_ARCHIVE'],
    ['a GNU long name', image(raw({ type: 'NextFileHasLongPath', path: '././@LongLink', size: 0 })), 'BAD_ARCHIVE'],
    ['a global header', image(raw({ type: 'GlobalExtendedHeader', path: 'x' })), 'BAD_ARCHIVE'],
    ['a time', image(raw({ type: 'File', path: 'image/a', mtime: new Date(1e12) })), 'BAD_ARCHIVE'],
    [
      'a size in base 256 that is too large',
      image(changed(raw({ type: 'File', path: 'image/a' }), 124, '\u00ff'.repeat(12))),
      'BAD_ARCHIVE',
    ],
    [
      'a mode in base 256',
      image(changed(raw({ type: 'File', path: 'image/a' }), 100, '\u0080\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff')),
      'BAD_ARCHIVE',
    ],
    ['a number of an owner', image(raw({ type: 'File', path: 'image/a', uid: 1000 })), 'BAD_ARCHIVE'],
    ['a folder with bytes', image(raw({ type: 'Directory', path: 'image/a/', size: 512 }), Buffer.alloc(512)), 'BAD_ARCHIVE'],
    ['a wrong checksum', image(Buffer.concat([encodeEntry(file('image/a', 0)).fill('7', 148, 150)])), 'BAD_ARCHIVE'],
    ['padding that is not zero', image(encodeEntry(file('image/a', 1)), Buffer.alloc(512, 'x')), 'BAD_ARCHIVE'],
    [
      'an extended header that changes the size',
      image(new Pax({ path: 'image/a', size: 9 }).encode(), encodeEntry(file('image/a', 0))),
      'BAD_ARCHIVE',
    ],
    ['an extended header for nothing', image(new Pax({ path: 'image/a' }).encode(), encodeEntry(file('image/a', 0))), 'BAD_ARCHIVE'],
    ['an extended header that is too long', image(new Pax({ path: `image/${'a/'.repeat(9000)}` }).encode()), 'BAD_ARCHIVE'],
    ['an owner that is no name', image(entry({ ...file('image/a', 0), owner: 'a b' })), 'SCHEMA'],
    ['an image without its folder', { image: entry(file('image/a', 0)) }, 'BAD_ARCHIVE'],
    ['an image that has no end', { packedImage: pack(entry(FOLDER)) }, 'BAD_ARCHIVE'],
    ['bytes after the end of the image', { packedImage: pack(Buffer.concat([EMPTY, Buffer.alloc(512)])) }, 'BAD_ARCHIVE'],
    ['bytes after the frame', { packedImage: Buffer.concat([pack(EMPTY), bytes('more')]) }, 'BAD_ARCHIVE'],
    ['a second frame after the last', { packedImage: Buffer.concat([pack(EMPTY), pack(EMPTY)]) }, 'BAD_ARCHIVE'],
    ['a frame that is cut', { packedImage: pack(EMPTY).subarray(0, -1) }, 'BAD_ARCHIVE'],
    ['a frame that does not say its length', { packedImage: Buffer.from('28b52ffd0058010000', 'hex') }, 'BAD_ARCHIVE'],
    ['a frame of another program', { packedImage: gzipSync(EMPTY) }, 'BAD_ARCHIVE'],
    ['no image at all', { packedImage: Buffer.alloc(0) }, 'BAD_ARCHIVE'],
    ['a frame that claims a terabyte', { packedImage: Buffer.from('28b52ffde00000000000010000010000', 'hex') }, 'TOO_LARGE'],
    ['another folder than PF', { folder: 'hello-2.12-2' }, 'BAD_ARCHIVE'],
    ['a folder ..', { folder: '..' }, 'BAD_ARCHIVE'],
    ['no encoder', { encoder: '' }, 'BAD_ARCHIVE'],
    ['an encoder with commands', { encoder: 'standin-archive-1 zstd-1.5.7 level-3\n\u001b[2J' }, 'BAD_ARCHIVE'],
    ['an unknown key', { metadata: Buffer.concat([entry(file('metadata/environment.bz2', 1), bytes('x')), TAR_END]) }, 'BAD_ARCHIVE'],
    [
      'a key that stands twice',
      { metadata: Buffer.concat([metadataTar({ PF: 'a' }).subarray(0, -1024), metadataTar({ PF: 'hello-2.12' })]) },
      'BAD_ARCHIVE',
    ],
    [
      'keys in another order',
      { metadata: Buffer.concat([entry(file('metadata/SIZE', 2), bytes('0\n')), metadataTar({ PF: 'hello-2.12' })]) },
      'BAD_ARCHIVE',
    ],
    [
      'a value without its newline',
      {
        metadata: Buffer.concat([
          metadataTar({ PF: 'hello-2.12' }).subarray(0, -1024),
          entry(file('metadata/SIZE', 2), bytes('0x')),
          TAR_END,
        ]),
      },
      'BAD_ARCHIVE',
    ],
    [
      'a value that is not UTF-8',
      {
        metadata: Buffer.concat([
          metadataTar({ PF: 'hello-2.12', SIZE: '0' }).subarray(0, -1024),
          entry(file('metadata/SLOT', 2), Buffer.of(0xff, 10)),
          TAR_END,
        ]),
      },
      'BAD_ARCHIVE',
    ],
    ['metadata without PF', { metadata: metadataTar({ SIZE: '0' }) }, 'BAD_ARCHIVE'],
    ['a SIZE that is not', { metadata: metadataTar({ PF: 'hello-2.12', SIZE: '1' }) }, 'BAD_ARCHIVE'],
    ['metadata that explodes', { packedMetadata: pack(Buffer.alloc(9 * 2 ** 20)) }, 'TOO_LARGE'],
    ['metadata of another program', { packedMetadata: bytes('not zstd') }, 'BAD_ARCHIVE'],
    ['a digest that is not', { manifest: (text) => text.replace(/SHA512 ./, 'SHA512 g') }, 'BAD_HASH'],
    ['a Manifest with more in it', { manifest: (text) => `${text}DATA x 0\n` }, 'BAD_HASH'],
    ['a Manifest that is empty', { manifest: () => '' }, 'BAD_HASH'],
    ['a member too many', { outer: (members) => [...members, ['image.tar.zst.sig', bytes('x')]] }, 'BAD_ARCHIVE'],
    ['a member that stands twice', { outer: (members) => [...members.slice(0, 3), ...members.slice(2)] }, 'BAD_ARCHIVE'],
    ['members in another order', { outer: ([one, ...others]) => [...others, ...(one === undefined ? [] : [one])] }, 'BAD_ARCHIVE'],
    ['a member too few', { outer: (members) => members.slice(0, 3) }, 'BAD_ARCHIVE'],
    ['no end', { end: Buffer.alloc(0) }, 'BAD_ARCHIVE'],
    ['half an end', { end: Buffer.alloc(512) }, 'BAD_ARCHIVE'],
    ['bytes after the end', { end: Buffer.concat([TAR_END, TAR_END]) }, 'BAD_ARCHIVE'],
  ]
  for (const [name, parts, code] of cases)
    test(name, async (t) => assert.deepEqual(await outcome(temporary(t), forge(parts)), { code: `StrangerError ${code}`, left: false }))
})

describe('limits of the reader', () => {
  const large = {
    image: Buffer.concat([entry(FOLDER), entry(file('image/a', 3000), Buffer.alloc(3000)), entry(file('image/b', 10), Buffer.alloc(10))]),
  }
  for (const limit of [{ archiveBytes: 1000 }, { metadataBytes: 10 }, { records: 1 }, { fileBytes: 2000 }, { imageBytes: 3005 }])
    test(Object.keys(limit).join(), async (t) => {
      assert.deepEqual(await outcome(temporary(t), forge(large), limit), { code: 'StrangerError TOO_LARGE', left: false })
    })

  test('ratio', async (t) => {
    const frame = pack(Buffer.alloc(4 * 2 ** 20))
    const head = Buffer.concat([entry(FOLDER), encodeEntry(file('image/a', 2 ** 30))])
    const first = pack(Buffer.concat([head, Buffer.alloc(4 * 2 ** 20 - head.length)]))
    const bomb = Buffer.concat([first, ...Array.from({ length: 30 }, () => frame)])
    assert.deepEqual(await outcome(temporary(t), forge({ packedImage: bomb })), { code: 'StrangerError TOO_LARGE', left: false })
  })

  test('time', async (t) => {
    const { code, left } = await outcome(temporary(t), forge(large), {}, AbortSignal.abort())
    assert.deepEqual({ code, left }, { code: 'HostError TIMED_OUT', left: false })
  })
})

test('the forge makes archives that are read when nothing is wrong with them', async (t) => {
  const good = image(
    entry(dir('image/a')),
    entry(file('image/a/x', 0)),
    entry(link('image/a/y', '../a/x')),
    entry(link('image/b', '/etc/passwd')),
  )
  const { code, manifest } = await outcome(temporary(t), forge(good))
  assert.equal(code, undefined)
  assert.deepEqual(manifest?.records.map(({ path }) => path), ['a', 'a/x', 'a/y', 'b']) // prettier-ignore
})

test('a capability may hold any byte, a line end and an equals sign too', async (t) => {
  const capability = '0a3d00ff20313233'
  const { manifest } = await outcome(temporary(t), forge(image(entry({ ...file('image/ping', 0), capability }))))
  assert.deepEqual(manifest?.records.map((record) => (record.type === 'file' ? record.capability : '')), [capability]) // prettier-ignore
})

test('cut anywhere, or with any one byte changed, an archive is refused by a code', async (t) => {
  const folder = temporary(t)
  await archiveOf(folder, HELLO)
  const whole = readFileSync(join(folder, 'a.gpkg.tar'))
  const at = fc.integer({ min: 0, max: whole.length - 1 })
  await fc.assert(
    fc.asyncProperty(at, fc.integer({ min: 1, max: 255 }), fc.boolean(), async (position, difference, cut) => {
      const spoiled = cut ? whole.subarray(0, position) : Buffer.from(whole)
      if (!cut) spoiled.writeUInt8(spoiled.readUInt8(position) ^ difference, position)
      const { code, left } = await outcome(folder, spoiled)
      assert.match(code ?? 'read', /^StrangerError (BAD_ARCHIVE|BAD_HASH|BAD_PATH|TOO_LARGE|SCHEMA)$/)
      assert.equal(left, false)
    }),
    { numRuns: 300 },
  )
})
