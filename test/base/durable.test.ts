/** SPDX-License-Identifier: GPL-2.0-or-later */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { writeDurable } from '../../src/base/durable.ts'
import { HostError } from '../../src/base/errors.ts'
import { atEnd } from '../support/atEnd.ts'

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'standin-durable-'))
  atEnd(t, () => rmSync(folder, { recursive: true }))
  return folder
}

test('a file is replaced whole, with the mode that was asked for and no temporary name left', (t) => {
  const folder = folderOf(t)
  const path = join(folder, 'state')
  writeDurable(path, 'first', 0o600)
  writeDurable(path, 'second', 0o640)
  assert.equal(readFileSync(path, 'utf8'), 'second')
  assert.equal(statSync(path).mode & 0o777, 0o640)
  assert.deepEqual(readdirSync(folder), ['state'])
})

test('a write that fails leaves the old file and nothing else, and says what could not be written', (t) => {
  const folder = folderOf(t)
  writeFileSync(join(folder, 'old'), 'old')
  const path = join(folder, 'missing', 'state')
  assert.throws(
    () => writeDurable(path, 'x'),
    (error) => error instanceof HostError && error.code === 'IO' && error.message.includes(path) && error.cause !== undefined,
  )
  assert.throws(() => writeDurable('/dev/full/x', 'x'), HostError)
  assert.deepEqual(readdirSync(folder), ['old'])
})
