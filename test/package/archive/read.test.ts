/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readArchive } from '../../../src/package/archive/read.ts'
import { writeArchive } from '../../../src/package/archive/write.ts'
import { checkJson } from '../../../src/base/schema.ts'
import { manifest, MAX_MANIFEST_BYTES } from '../../../src/package/manifest.ts'
import { HELLO, makeImage, METADATA, OWNERS, temporary, type Tree } from '../image.ts'
import { archiveOf, forge, outcome, stagedFile } from './make.ts'

const TREE: Tree = {
  ...HELLO,
  'usr/share/copy': 'read me\n',
  'usr/share/big': Array.from({ length: 700_000 }, (_, at) => `line ${at}\n`).join(''),
  [`usr/share/${'n'.repeat(200)}/${'ü'.repeat(100)}`]: 'long\n',
}

test('what was written is read back, file by file', async (t) => {
  const folder = temporary(t)
  const written = await archiveOf(folder, TREE)
  const staging = join(folder, 'staging')
  const read = await readArchive({ archive: join(folder, 'a.gpkg.tar'), staging })
  assert.equal(read.contentId, written.contentId)
  assert.deepEqual(read.records, written.records)
  assert.deepEqual(read.metadata, { ...METADATA, CFLAGS: '-O2', USE: 'amd64 nls', SIZE: `${written.fileBytes}` })
  assert.deepEqual(checkJson(manifest, readFileSync(join(staging, 'manifest.json')), 'manifest', MAX_MANIFEST_BYTES), read)
  const hashes = new Set(read.records.flatMap((record) => (record.type === 'file' ? [record.sha256] : [])))
  assert.deepEqual(readdirSync(join(staging, 'files')), [...hashes].toSorted())
  for (const hash of hashes) {
    assert.equal(createHash('sha256').update(stagedFile(folder, hash)).digest('hex'), hash)
    const stats = statSync(join(staging, 'files', hash))
    assert.deepEqual([stats.isFile(), stats.mode & 0o777, stats.nlink], [true, 0o600, 1])
  }
  assert.deepEqual(readdirSync(staging), ['files', 'manifest.json'])
})

test('an image without a file is an archive too', async (t) => {
  const folder = temporary(t)
  assert.deepEqual((await outcome(folder, forge({}))).manifest?.records, [])
})

test('staging that is already there is refused and left alone', async (t) => {
  const folder = temporary(t)
  await archiveOf(folder, HELLO)
  mkdirSync(join(folder, 'staging'))
  writeFileSync(join(folder, 'staging/mine'), '')
  await assert.rejects(readArchive({ archive: join(folder, 'a.gpkg.tar'), staging: join(folder, 'staging') }), {
    name: 'HostError',
    code: 'IO',
  })
  assert.deepEqual(readdirSync(join(folder, 'staging')), ['mine'])
})

test('a link or a folder in the place of the archive is not read', async (t) => {
  const folder = temporary(t)
  await archiveOf(folder, HELLO)
  symlinkSync('a.gpkg.tar', join(folder, 'link'))
  const read = (name: string) => readArchive({ archive: join(folder, name), staging: join(folder, 'staging') })
  await assert.rejects(read('link'), { name: 'HostError', code: 'IO' })
  await assert.rejects(read('.'), { code: 'BAD_ARCHIVE' })
  await assert.rejects(read('absent'), { name: 'HostError', code: 'IO' })
  assert.equal(existsSync(join(folder, 'staging')), false)
})

test(
  'a full disk is named as such, and staging is removed',
  { skip: process.getuid?.() === 0 ? false : 'only root can mount' },
  async (t) => {
    const folder = temporary(t)
    await archiveOf(folder, { big: Buffer.alloc(3e6, 'x').toString() })
    mkdirSync(join(folder, 'small'))
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', join(folder, 'small')])
    try {
      const staging = join(folder, 'small/staging')
      await assert.rejects(readArchive({ archive: join(folder, 'a.gpkg.tar'), staging }), { name: 'HostError', code: 'DISK_FULL' })
      const image = makeImage(join(folder, 'random'), { random: { bytes: randomBytes(2e6) } })
      const out = join(folder, 'small/out.gpkg.tar')
      await assert.rejects(writeArchive({ image, metadata: METADATA, owners: OWNERS, out }), { name: 'HostError', code: 'DISK_FULL' })
      assert.deepEqual(readdirSync(join(folder, 'small')), [])
    } finally {
      execFileSync('umount', [join(folder, 'small')])
    }
  },
)
