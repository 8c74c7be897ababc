/**
 * The signing key is made once, is read by its owner alone, and is never replaced by itself.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { HostError } from '../../src/base/errors.ts'
import { keyId, keyOfSeed, loadKey, loadOrCreateKey, publicKeyOf } from '../../src/trust/key.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'standin-key-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const badState = (error: unknown): boolean => error instanceof HostError && error.code === 'BAD_STATE'

test('made at the first start with mode 0600, and the same key at the next', () => {
  const path = join(folder, 'key')
  const made = loadOrCreateKey(path)
  assert.equal(statSync(path).mode & 0o7777, 0o600)
  const bytes = readFileSync(path)
  const again = loadOrCreateKey(path)
  assert.equal(again.keyid, made.keyid)
  assert.equal(made.keyid, keyId(made.publicKey))
  assert.equal(made.publicKey.byteLength, 32)
  assert.deepEqual(readFileSync(path), bytes)
  assert.deepEqual(readdirSync(folder), ['key'])
})

test('two hosts have two keys', () => {
  assert.notEqual(loadOrCreateKey(join(folder, 'a')).keyid, loadOrCreateKey(join(folder, 'b')).keyid)
})

test('loadKey makes none', () => {
  assert.equal(loadKey(join(folder, 'key')), undefined)
  assert.deepEqual(readdirSync(folder), [])
})

test('a folder that is missing is an error of the host, and nothing is made', () => {
  assert.throws(() => loadOrCreateKey(join(folder, 'none', 'key')), { code: 'IO' })
  assert.deepEqual(readdirSync(folder), [])
})

const WRONG: readonly [string, (path: string) => void][] = [
  ['the group can read it', (path) => (loadOrCreateKey(path), chmodSync(path, 0o640))],
  ['everybody can read it', (path) => (loadOrCreateKey(path), chmodSync(path, 0o604))],
  ['it is a link', (path) => (loadOrCreateKey(`${path}.real`), symlinkSync(`${path}.real`, path))],
  ['it is a folder', (path) => mkdirSync(path, { mode: 0o700 })],
  ['it is empty', (path) => writeFileSync(path, '', { mode: 0o600 })],
  ['it is text', (path) => writeFileSync(path, 'not a key\n', { mode: 0o600 })],
  ['it is huge', (path) => writeFileSync(path, 'x'.repeat(5000), { mode: 0o600 })],
  [
    'it is a key of another kind',
    (path) => writeFileSync(path, generateKeyPairSync('x25519').privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 }),
  ],
]

for (const [what, prepare] of WRONG) {
  test(`refused, and left as it is, when ${what}`, () => {
    const path = join(folder, 'key')
    prepare(path)
    const before = readdirSync(folder).map((name) => [name, statSync(join(folder, name)).ino])
    assert.throws(() => loadOrCreateKey(path), badState)
    assert.deepEqual(
      readdirSync(folder).map((name) => [name, statSync(join(folder, name)).ino]),
      before,
    )
  })
}

test('refused when it is another user\u2019s', { skip: process.geteuid?.() === 0 ? false : 'only root can give a file away' }, () => {
  const path = join(folder, 'key')
  loadOrCreateKey(path)
  chownSync(path, 12_345, 12_345)
  assert.throws(() => loadOrCreateKey(path), badState)
})

test('the remedy is in the message', () => {
  const path = join(folder, 'key')
  loadOrCreateKey(path)
  chmodSync(path, 0o644)
  assert.throws(
    () => loadOrCreateKey(path),
    (error) => error instanceof HostError && error.message.includes(`chmod 600 ${path}`),
  )
})

test('raw keys of a wrong length are refused', () => {
  for (const length of [0, 31, 33]) {
    assert.throws(() => publicKeyOf(Buffer.alloc(length)), RangeError)
    assert.throws(() => keyOfSeed(Buffer.alloc(length)), RangeError)
  }
})
