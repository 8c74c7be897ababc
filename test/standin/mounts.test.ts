/**
 * Of any list of mounts it is told which one a path lies on: the one that whoever walks there ends up on, whatever lies below it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Mount, mountsOf, parseMounts, readMounts, showsSame } from '../../src/standin/mounts.ts'

const NAME = 'mountinfo'

/** Each `ID PARENT DEVICE ROOT POINT`. */
const listOf = (...lines: readonly string[]): Mount[] =>
  parseMounts(lines.map((line) => `${line} rw,relatime shared:1 - ext4 /dev/sda1 rw\n`).join(''), NAME)

const ROOT = '20 1 8:1 / /'

interface Row {
  readonly what: string
  readonly mounts: readonly string[]
  /** By path, the id of the mount that it lies on. */
  readonly on: Readonly<Record<string, string | undefined>>
}

const ROWS: readonly Row[] = [
  { what: 'the root alone', mounts: [ROOT], on: { '/': '20', '/usr/share': '20' } },
  {
    what: 'one in another',
    mounts: [ROOT, '21 20 0:40 / /usr', '22 21 0:41 / /usr/share/doc'],
    on: {
      '/': '20',
      '/usr': '21',
      '/usr/share': '21',
      '/usr/share/doc': '22',
      '/usr/share/docs': '21',
      '/usr/share/doc/a/b': '22',
      '/usrlocal': '20',
    },
  },
  {
    what: 'one over another, at the same point',
    mounts: [ROOT, '21 20 0:40 / /usr', '22 21 0:41 / /usr', '23 22 0:42 / /usr'],
    on: { '/usr': '23', '/usr/share': '23' },
  },
  {
    what: 'one over what was mounted below it',
    mounts: [ROOT, '21 20 0:40 / /usr/share/doc', '22 20 0:41 / /usr', '23 22 0:42 / /usr/lib'],
    on: { '/usr/share/doc': '22', '/usr/lib': '23' },
  },
  {
    what: 'one over another with one inside',
    mounts: [ROOT, '21 20 0:40 / /usr', '22 21 0:41 / /usr/share', '23 21 0:42 / /usr'],
    on: { '/usr/share': '23' },
  },
  { what: 'over a file', mounts: [ROOT, '21 20 0:40 /file /usr/bin/a'], on: { '/usr/bin/a': '21', '/usr/bin/ab': '20' } },
  { what: 'the root of a chroot that is none', mounts: ['22 21 0:41 / /usr/share'], on: { '/usr': undefined, '/usr/share/a': '22' } },
  { what: 'a root that is its own parent', mounts: ['1 1 0:1 / /', '20 1 8:1 / /'], on: { '/usr': '20' } },
  { what: 'none at all', mounts: [], on: { '/': undefined } },
  {
    what: 'names as the kernel writes them',
    mounts: [ROOT, '21 20 0:40 /a\\040b /a\\040b', '22 20 0:41 / /t\\011n\\012b\\134040', '23 20 0:42 / /ü\u00a0\r'],
    on: { '/a b': '21', '/a\\040b': '20', '/t\tn\nb\\040': '22', '/ü\u00a0\r': '23' },
  },
]

for (const { what, mounts, on } of ROWS)
  test(what, () => {
    const all = mountsOf(listOf(...mounts))
    const found = Object.keys(on).map((path) => [path, all.of(path)?.id])
    assert.deepEqual(found, Object.entries(on))
  })

test('the order of a list says nothing', () => {
  for (const { mounts, on } of ROWS.filter((row) => !row.what.startsWith('a root that')))
    assert.deepEqual(
      Object.keys(on).map((path) => mountsOf(listOf(...mounts.toReversed())).of(path)?.id),
      Object.values(on),
    )
})

test('what lies below a folder, and what lies covered at a point', () => {
  const mounts = mountsOf(listOf(ROOT, '21 20 0:40 / /usr/a', '22 21 0:41 / /usr/a', '23 21 0:42 / /usr/a/b'))
  assert.deepEqual(
    ['/', '/usr', '/us', '/usr/a', '/usr/a/b'].map((folder) => mounts.hasBelow(folder)),
    [true, true, false, false, false],
  )
  assert.deepEqual([mounts.coveredAt('/usr/a'), mounts.coveredAt('/usr'), mounts.coveredAt('/')], [['0:40'], [], []])
})

for (const [inner, outer, same] of [
  ['21 20 8:1 /usr/share /usr/share', ROOT, true],
  ['21 20 8:1 /@/usr/share /usr/share', '20 1 8:1 /@ /', true],
  ['21 20 8:1 /usr/share/doc /usr/share', ROOT, false],
  ['21 20 8:1 / /usr/share', ROOT, false],
  ['21 20 8:2 /usr/share /usr/share', ROOT, false],
  ['21 20 8:1 /usr/share//deleted /usr/share', ROOT, false],
] as const)
  test(`${inner} on ${outer}: ${same ? 'the same' : 'something else'}`, () => {
    const [one, other] = listOf(inner, outer)
    assert.ok(one !== undefined)
    assert.deepEqual([showsSame(one, other), showsSame(one, undefined)], [same, undefined])
  })

test('100,000 mounts, all in one folder or each in the one before it, take no time to speak of', () => {
  const wide = Array.from({ length: 100_000 }, (_, at) => ({
    id: `${at + 2}`,
    parent: '1',
    device: '0:9',
    root: '/',
    point: `/usr/m${at}`,
  }))
  const deep = wide.map((mount, at) => ({ ...mount, parent: `${at + 1}`, point: '/usr' }))
  for (const mounts of [wide, deep]) {
    const began = performance.now()
    assert.equal(
      mountsOf([{ id: '1', parent: '0', device: '8:1', root: '/', point: '/' }, ...mounts]).of('/usr')?.id,
      mounts === deep ? '100001' : '1',
    )
    assert.ok(performance.now() - began < 5000, 'it took more than five seconds')
  }
})

test('a list that is not there, is too long to be one, or has a line that is none, is no list', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'standin-mounts-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const unreadable = { name: 'HostError', code: 'UNREADABLE' }
  assert.throws(() => readMounts(join(folder, 'none')), unreadable)
  for (const [index, text] of [`${ROOT} rw - ext4 a rw\nrubbish\n`, '20 1 8:1 / usr rw - ext4 a rw\n', '20 1 8:1 / /\n'].entries()) {
    writeFileSync(join(folder, String(index)), text)
    assert.throws(() => readMounts(join(folder, String(index))), unreadable)
  }
  truncateSync(join(folder, '0'), 64 * 1024 * 1024 + 1)
  assert.throws(() => readMounts(join(folder, '0')), { ...unreadable, message: /has more than the/ })
})

test('the list of this process has what it was read from', () => {
  assert.equal(readMounts().of('/proc/self')?.point, '/proc')
})
