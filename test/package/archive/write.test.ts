/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { type WriteArchiveInput, writeArchive } from '../../../src/package/archive/write.ts'
import { exactId } from '../../../src/package/content.ts'
import { scanImage } from '../../../src/package/scan.ts'
import { IMAGE_LIMITS } from '../../../src/package/walk.ts'
import { HELLO, makeImage, METADATA, OWNERS, temporary, type Tree } from '../image.ts'

const LONG = 'n'.repeat(200)
const TREE: Tree = {
  ...HELLO,
  [`usr/share/${LONG}/${LONG}/file`]: 'deep\n',
  [`usr/share/${'d'.repeat(90)}/${'f'.repeat(99)}`]: 'fits ustar by its prefix\n',
  'usr/share/long-link': { link: `/usr/share/${LONG}/${LONG}/file` },
  'usr/share/big': 'block '.repeat(1_000_000),
  'usr/bin/setuid': { bytes: 'x', mode: 0o4711 },
}

const shell = (cwd: string, command: string): string => execFileSync('sh', ['-c', command], { cwd, encoding: 'utf8', maxBuffer: 2 ** 26 })
const write = (input: Partial<WriteArchiveInput> & { image: string; out: string }) =>
  writeArchive({ metadata: METADATA, owners: OWNERS, ...input })

test('made twice, at other times, in another order, from other spellings of the metadata, it has the same bytes', async (t) => {
  const folder = temporary(t)
  const first = await write({ image: makeImage(join(folder, 'a'), TREE, { time: 1e9 }), out: join(folder, 'a.gpkg.tar') })
  const metadata = { ...METADATA, USE: 'amd64 nls', CFLAGS: '-pipe  -O2 ', SIZE: '99999' }
  mkdirSync(join(folder, 'elsewhere'))
  const image = makeImage(join(folder, 'elsewhere/b'), TREE, { time: 1.5e9, reversed: true })
  const second = await write({ image, metadata, out: join(folder, 'elsewhere/b.gpkg.tar') })
  assert.deepEqual(second, first)
  const bytes = readFileSync(join(folder, 'a.gpkg.tar'))
  assert.ok(bytes.equals(readFileSync(join(folder, 'elsewhere/b.gpkg.tar'))))
  assert.equal(createHash('sha256').update(bytes).digest('hex'), first.sha256)
  assert.equal(bytes.length, first.size)
})

test('the ids are those of a scan', async (t) => {
  const folder = temporary(t)
  const image = makeImage(join(folder, 'a'), TREE)
  const written = await write({ image, out: join(folder, 'a.gpkg.tar') })
  const scan = await scanImage(image, IMAGE_LIMITS, { owners: OWNERS })
  assert.deepEqual(written.records, scan.records)
  assert.equal(written.contentId, exactId(scan.records))
  assert.equal(written.fileBytes, scan.fileBytes)
})

test('GNU tar and zstd see four members without times, and unpack the same content', async (t) => {
  const folder = temporary(t)
  const written = await write({ image: makeImage(join(folder, 'a'), TREE), out: join(folder, 'a.gpkg.tar') })
  const outer = shell(folder, 'TZ=UTC tar -tvf a.gpkg.tar').trim().split('\n')
  assert.deepEqual(
    outer.map((line) => line.replace(/ +\d+ 1970/, ' N 1970')),
    ['gpkg-1', 'metadata.tar.zst', 'image.tar.zst', 'Manifest'].map(
      (name) => `-rw-r--r-- root/root N 1970-01-01 00:00 hello-2.12-1/${name}`,
    ),
  )
  shell(folder, 'mkdir out && tar -xf a.gpkg.tar && zstd -qdc hello-2.12-1/image.tar.zst | tar -xpf - --no-same-owner -C out')
  const { records } = await scanImage(join(folder, 'out/image'), IMAGE_LIMITS, { owners: OWNERS })
  assert.equal(exactId(records), written.contentId)
  const inner = shell(folder, 'zstd -qdc hello-2.12-1/image.tar.zst | TZ=UTC tar -tvf -').trim().split('\n')
  assert.equal(inner.length, records.length + 1)
  assert.ok(inner.every((line) => / root\/root +\d+ 1970-01-01 00:00 image\//.test(line)))
})

test('metadata holds the allowed keys, and the Manifest is that of the members', async (t) => {
  const folder = temporary(t)
  await write({ image: makeImage(join(folder, 'a'), HELLO), out: join(folder, 'a.gpkg.tar') })
  shell(folder, 'tar -xf a.gpkg.tar && cd hello-2.12-1 && zstd -qdc metadata.tar.zst | tar -xf -')
  const keys = readdirSync(join(folder, 'hello-2.12-1/metadata'))
  assert.deepEqual(keys, ['CATEGORY', 'CFLAGS', 'EAPI', 'PF', 'SIZE', 'SLOT', 'USE'])
  assert.equal(readFileSync(join(folder, 'hello-2.12-1/metadata/CFLAGS'), 'utf8'), '-O2\n')
  const sums = shell(
    folder,
    'cd hello-2.12-1 && for f in gpkg-1 metadata.tar.zst image.tar.zst; do echo DATA $f $(stat -c %s $f) SHA512 $(sha512sum $f | cut -d" " -f1) BLAKE2B $(b2sum $f | cut -d" " -f1); done',
  )
  assert.equal(readFileSync(join(folder, 'hello-2.12-1/Manifest'), 'utf8'), sums)
})

test('no path of the build, no name of host or user, no environment is in it', async (t) => {
  const folder = temporary(t)
  const metadata = { ...METADATA, 'environment.bz2': 'secret-word', BUILD_ID: 'secret-word', FEATURES: 'secret-word' }
  await write({ image: makeImage(join(folder, 'a'), HELLO), metadata, out: join(folder, 'a.gpkg.tar') })
  const plain = shell(folder, 'cat a.gpkg.tar; tar -xf a.gpkg.tar; zstd -qdc hello-2.12-1/metadata.tar.zst hello-2.12-1/image.tar.zst')
  const user = userInfo().username
  for (const secret of ['secret-word', folder, hostname(), ...(user === 'root' ? [] : [user])])
    assert.equal(plain.includes(secret), false, secret)
})

test('an owner other than root goes by name, and by a number that is nobody', async (t) => {
  const folder = temporary(t)
  const owners = { users: new Map([[process.getuid?.() ?? 0, 'mail']]), groups: new Map([[process.getgid?.() ?? 0, 'cron']]) }
  await write({ image: makeImage(join(folder, 'a'), { f: { bytes: 'x', mode: 0o4755 } }), owners, out: join(folder, 'a.gpkg.tar') })
  const list = (option: string): string =>
    shell(folder, `tar -xOf a.gpkg.tar hello-2.12-1/image.tar.zst | zstd -qdc | tar -tv ${option} | grep image/f`)
  assert.match(list(''), /^-rwsr-xr-x mail\/cron +1 /)
  assert.match(list('--numeric-owner'), /^-rwsr-xr-x 65534\/65534 +1 /)
})

test(
  'a capability goes into the archive as GNU tar has it',
  { skip: process.getuid?.() === 0 ? false : 'only root can set one' },
  async (t) => {
    const folder = temporary(t)
    const image = makeImage(join(folder, 'a'), { 'usr/bin/ping': { bytes: 'x', mode: 0o755 } })
    const set = 'import os, sys; os.setxattr(sys.argv[1], "security.capability", bytes.fromhex("0100000200200000000000000000000000000000"))'
    execFileSync('python3', ['-c', set, join(image, 'usr/bin/ping')])
    const written = await write({ image, out: join(folder, 'a.gpkg.tar') })
    shell(folder, 'mkdir out && tar -xOf a.gpkg.tar hello-2.12-1/image.tar.zst | zstd -qdc | tar -xp --xattrs --xattrs-include="*" -C out')
    const { records } = await scanImage(join(folder, 'out/image'), IMAGE_LIMITS, { owners: OWNERS })
    assert.equal(exactId(records), written.contentId)
    assert.ok(records.some((record) => record.type === 'file' && record.capability !== undefined))
  },
)

describe('on failure nothing is left, and what was there stays', () => {
  const cases: [string, (image: string) => Partial<WriteArchiveInput>, string][] = [
    ['a fifo in the image', (image) => (execFileSync('mkfifo', [join(image, 'fifo')]), {}), 'UNSUPPORTED'],
    ['an image of nothing but zeros', (image) => (truncateSync(join(image, 'usr/bin/hello'), 100 * 2 ** 20), {}), 'UNSUPPORTED'],
    ['metadata without PF', () => ({ metadata: { SLOT: '0' } }), 'BAD_STATE'],
    ['an image that is too large', () => ({ limits: { ...IMAGE_LIMITS, imageBytes: 3 } }), 'UNSUPPORTED'],
    ['an image that is not there', () => ({ image: '/nonexistent' }), 'PROGRAM_FAILED'],
    ['a path that is no place for a file', () => ({ out: '/dev/null/a.gpkg.tar' }), 'IO'],
  ]
  for (const [name, spoil, code] of cases)
    test(name, async (t) => {
      const folder = temporary(t)
      const image = makeImage(join(folder, 'a'), HELLO)
      writeFileSync(join(folder, 'a.gpkg.tar'), 'the one before')
      await assert.rejects(write({ image, out: join(folder, 'a.gpkg.tar'), ...spoil(image) }), { name: 'HostError', code })
      assert.deepEqual(readdirSync(folder), ['a', 'a.gpkg.tar'])
      assert.equal(readFileSync(join(folder, 'a.gpkg.tar'), 'utf8'), 'the one before')
    })
})

test('called off in the middle, it leaves nothing', async (t) => {
  const folder = temporary(t)
  const image = makeImage(join(folder, 'a'), TREE)
  const reason = new Error('called off')
  await assert.rejects(write({ image, out: join(folder, 'a.gpkg.tar'), signal: AbortSignal.abort(reason) }), { code: 'TIMED_OUT' })
  assert.deepEqual(readdirSync(folder), ['a'])
})

test('any tree gives equal bytes whatever times and order it was made in', async (t) => {
  const folder = temporary(t)
  const name = fc.stringMatching(/^[a-zä-ü日 ]{1,6}$/).filter((text) => text.trim() === text && text !== '')
  const tree = fc.dictionary(
    fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => `${parts.map((part) => `d${part}`).join('/')}/f`),
    fc.string({ maxLength: 20 }),
    { maxKeys: 6, noNullPrototype: true },
  )
  let round = 0
  await fc.assert(
    fc.asyncProperty(tree, fc.integer({ min: 1, max: 2e9 }), async (of, time) => {
      const at = join(folder, `${round++}`)
      const one = await write({ image: makeImage(join(at, 'a'), of), out: join(at, 'a.gpkg.tar') })
      const other = await write({ image: makeImage(join(at, 'b'), of, { time, reversed: true }), out: join(at, 'b.gpkg.tar') })
      assert.equal(other.sha256, one.sha256)
    }),
    { numRuns: 8 },
  )
})
