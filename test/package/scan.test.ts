/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { linkSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { exactId } from '../../src/package/content.ts'
import { newScratch, readOnce } from '../../src/package/once.ts'
import { readOwnerNames } from '../../src/package/owners.ts'
import { scanImage } from '../../src/package/scan.ts'
import { IMAGE_LIMITS, walkImage } from '../../src/package/walk.ts'
import { HELLO, makeImage, OWNERS, temporary } from './image.ts'

const scan = (root: string) => scanImage(root, IMAGE_LIMITS, { owners: OWNERS })
const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex')
const isRoot = process.getuid?.() === 0

test('records say everything but times, sorted by path', async (t) => {
  const { records, fileBytes } = await scan(
    makeImage(temporary(t), { 'b/x': { bytes: 'xyz', mode: 0o750 }, 'b-a': { link: 'b/x' }, b: { folder: true } }),
  )
  assert.deepEqual(records, [
    { type: 'dir', path: 'b', mode: 0o755, owner: 'root', group: 'root' },
    { type: 'link', path: 'b-a', owner: 'root', group: 'root', target: 'b/x' },
    { type: 'file', path: 'b/x', mode: 0o750, owner: 'root', group: 'root', size: 3, sha256: sha256('xyz') },
  ])
  assert.equal(fileBytes, 3)
})

test('times and the order of creation do not show', async (t) => {
  const folder = temporary(t)
  const first = await scan(makeImage(join(folder, 'a'), HELLO, { time: 1e9 }))
  const second = await scan(makeImage(join(folder, 'b'), HELLO, { time: 1.5e9, reversed: true }))
  assert.equal(exactId(first.records), exactId(second.records))
  assert.ok(first.records.length > Object.keys(HELLO).length)
})

test('hard links are files of equal content, sparse files have their whole content', async (t) => {
  const root = makeImage(temporary(t), { one: 'same', sparse: '' })
  linkSync(join(root, 'one'), join(root, 'two'))
  truncateSync(join(root, 'sparse'), 5 * 2 ** 20)
  const { records } = await scan(root)
  const hashes = records.map((record) => (record.type === 'file' ? record.sha256 : ''))
  assert.deepEqual(hashes, [sha256('same'), sha256(Buffer.alloc(5 * 2 ** 20)), sha256('same')])
})

describe('an image is refused, naming the path, for', () => {
  const cases: [string, RegExp, (root: string) => void | Promise<void>][] = [
    ['a fifo', /^a\/fifo:/, (root) => void execFileSync('mkfifo', [join(root, 'a/fifo')])],
    ['a socket', /^a\/sock:/, (root) => listenOnce(join(root, 'a/sock'))],
    ['a name that is not UTF-8', /^a\/ÿx:/, (root) => writeFileSync(Buffer.concat([Buffer.from(`${root}/a/`), Buffer.of(0xff, 0x78)]), '')],
    ['a line end in a name', /a control character/, (root) => writeFileSync(join(root, 'a/x\ny'), '')],
    ['a link above the root', /^a\/up:/, (root) => symlinkSync('../../x', join(root, 'a/up'))],
    ['a target that is not UTF-8', /^a\/t:/, (root) => symlinkSync(Buffer.of(0xff), join(root, 'a/t'))],
  ]
  for (const [name, message, make] of cases)
    test(name, async (t) => {
      const root = makeImage(temporary(t), { a: { folder: true } })
      await make(root)
      await assert.rejects(scan(root), { name: 'HostError', code: 'UNSUPPORTED', message })
    })
})

/** A server that has gone leaves its socket's name behind only if it was moved away first. */
async function listenOnce(path: string): Promise<void> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(`${path}.x`, resolve))
  execFileSync('mv', [`${path}.x`, path])
  await new Promise((resolve) => server.close(resolve))
}

test('an owner without a name here is refused', async (t) => {
  const root = makeImage(temporary(t), { x: '' })
  const nobody = { users: new Map<number, string>(), groups: OWNERS.groups }
  await assert.rejects(scanImage(root, IMAGE_LIMITS, { owners: nobody }), { code: 'UNSUPPORTED', message: /^x: .* has no name here/ })
})

test('what a file was when it was captured counts, and not what it is', async (t) => {
  const root = makeImage(temporary(t), { x: { bytes: 'xyz', mode: 0o4711 }, y: { bytes: '', mode: 0o600 } })
  const noted = new Map([['x', { mode: 0o100755, uid: 0, gid: 0 }]])
  const { records } = await scanImage(root, IMAGE_LIMITS, { owners: OWNERS, noted, capabilities: new Map([['y', '01']]) })
  assert.deepEqual(records.map((one) => one.type === 'file' && [one.mode, one.capability]), [[0o755, undefined], [0o600, '01']]) // prettier-ignore
})

describe('limits', () => {
  const cases: [string, object][] = [
    ['entries', { records: 2 }],
    ['bytes of a file', { fileBytes: 3 }],
    ['bytes of all files', { imageBytes: 5 }],
  ]
  for (const [name, limit] of cases)
    test(name, async (t) => {
      const root = makeImage(temporary(t), { a: 'abc', b: 'abcd', c: '' })
      await assert.rejects(scanImage(root, { ...IMAGE_LIMITS, ...limit }, { owners: OWNERS }), { code: 'UNSUPPORTED' })
    })
})

test('a file that is replaced, grows or shrinks while it is read is not described', (t) => {
  const root = makeImage(temporary(t), { f: 'abc' })
  const [entry] = walkImage({ root, limits: IMAGE_LIMITS, owners: OWNERS, capabilities: new Map() })
  assert.ok(entry?.type === 'file')
  const drain = (change: () => void): void => {
    const reading = readOnce(root, entry, newScratch())
    reading.next()
    change()
    reading.next()
  }
  assert.throws(() => drain(() => writeFileSync(join(root, 'f'), 'abcd')), { name: 'HostError', code: 'CHANGED_UNDERWAY' })
  assert.throws(() => drain(() => undefined), { code: 'CHANGED_UNDERWAY' })
  execFileSync('sh', ['-c', 'rm f && ln -s /etc/passwd f'], { cwd: root })
  assert.throws(() => drain(() => undefined), { name: 'HostError', code: 'IO' })
})

test('a capability is part of the record', { skip: isRoot ? false : 'only root can set a file capability' }, async (t) => {
  const root = makeImage(temporary(t), { 'usr/bin/ping': { bytes: 'x', mode: 0o755 }, 'usr/bin/other': 'y' })
  const value = '0100000200200000000000000000000000000000'
  const script = 'import os, sys; os.setxattr(sys.argv[1], "security.capability", bytes.fromhex(sys.argv[2]))'
  execFileSync('python3', ['-c', script, join(root, 'usr/bin/ping'), value])
  const { records } = await scan(root)
  assert.deepEqual(
    records.flatMap((record) => (record.type === 'file' ? [record.capability] : [])),
    [undefined, value],
  )
})

test('account names are those that getpwuid would give', (t) => {
  const etc = temporary(t)
  writeFileSync(join(etc, 'passwd'), 'root:x:0:0:root:/root:/bin/sh\ntoor:x:0:0::/:\nbroken\n+nis::abc:\nmail:x:8:12::/:\n')
  writeFileSync(join(etc, 'group'), 'root:x:0:\n\nmail:x:12:root\n')
  const names = readOwnerNames(etc)
  assert.deepEqual([...names.users], [[0, 'root'], [8, 'mail']]) // prettier-ignore
  assert.deepEqual([...names.groups], [[0, 'root'], [12, 'mail']]) // prettier-ignore
  mkdirSync(join(etc, 'empty'))
  assert.throws(() => readOwnerNames(join(etc, 'empty')), { name: 'HostError', code: 'IO' })
})
