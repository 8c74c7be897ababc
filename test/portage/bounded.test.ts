/**
 * A file is read whole, refused, or not there; nothing that lies in its place makes the reader wait.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { HostError } from '../../src/base/errors.ts'
import { readBounded, readText } from '../../src/portage/bounded.ts'
import { configFiles } from '../../src/portage/conffiles.ts'
import { rootWith } from './tree.ts'

const unreadable = (error: unknown): boolean => error instanceof HostError && error.code === 'UNREADABLE'

test('property: any file up to the limit is read as it is, and none above it', (t) => {
  const path = join(rootWith(t), 'file')
  fc.assert(
    fc.property(fc.oneof(fc.nat(40), fc.constantFrom(16_383, 16_384, 16_385, 300_000)), fc.nat(40), (size, room) => {
      const bytes = Buffer.alloc(size, size % 251)
      writeFileSync(path, bytes)
      assert.deepEqual(readBounded(path, size + room), bytes)
      if (size > 0) assert.throws(() => readBounded(path, size - 1), unreadable)
    }),
  )
})

test('files of /proc, which say size 0, are read to their end', () => {
  assert.equal(readText('/proc/self/cmdline', 1_000_000), readFileSync('/proc/self/cmdline', 'utf8'))
  assert.throws(() => readText('/proc/cpuinfo', 10), unreadable)
})

test('nothing there, also below a file: undefined', (t) => {
  const root = rootWith(t, { file: '' })
  symlinkSync('nowhere', join(root, 'link'))
  for (const path of ['none', 'file/below', 'link', 'none/below']) assert.equal(readBounded(join(root, path), 10), undefined)
})

test('a folder, a FIFO and a device are refused at once', (t) => {
  const root = rootWith(t)
  execFileSync('mkfifo', [join(root, 'fifo')])
  for (const path of [root, join(root, 'fifo'), '/dev/zero', '/dev/null']) assert.throws(() => readBounded(path, 10), unreadable)
})

test('configuration files: one file, a folder in the order of bytes, or none', (t) => {
  const root = rootWith(t, {
    one: '',
    'many/b': '',
    'many/B': '',
    'many/a/x': '',
    'many/10': '',
    'many/9': '',
    'many/.hidden': '',
    'many/x~': '',
    'many/.git/x': '',
  })
  assert.deepEqual(configFiles(join(root, 'one')), [join(root, 'one')])
  assert.deepEqual(
    configFiles(join(root, 'many')),
    ['10', '9', 'B', 'a/x', 'b'].map((name) => join(root, 'many', name)),
  )
  assert.deepEqual(configFiles(join(root, 'none')), [])
})

test('a folder of links into itself ends', (t) => {
  const root = rootWith(t, { 'conf/a': '' })
  symlinkSync('..', join(root, 'conf/up'))
  assert.throws(() => configFiles(join(root, 'conf')), unreadable)
})
