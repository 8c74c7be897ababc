/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { userFilesOf } from '../../src/portage/userfiles.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'standin-userfiles-'))))
afterEach(() => rmSync(root, { recursive: true }))

const PACKAGE = { category: 'app-misc', name: 'hello', version: '2.12-r3', slot: '0/2' }
const SAVED = { ...PACKAGE, savedConfigOf: ['', 'x86_64-pc-linux-gnu'] }
const NOTHING = { patches: undefined, savedConfig: undefined, environment: undefined }

function put(path: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), '')
}

describe('what reaches into the build', () => {
  const found: [keyof typeof NOTHING, string][] = [
    ...['hello-2.12-r3', 'hello-2.12', 'hello', 'hello-2.12-r3:0', 'hello-2.12:0', 'hello:0'].map((name): ['patches', string] => [
      'patches',
      `/etc/portage/patches/app-misc/${name}`,
    ]),
    ...['hello', 'hello:0', 'hello-2.12', 'hello-2.12-r3'].map((name): ['environment', string] => [
      'environment',
      `/etc/portage/env/app-misc/${name}`,
    ]),
    ...['', 'x86_64-pc-linux-gnu/'].flatMap((host) =>
      ['hello-2.12-r3', 'hello-2.12', 'hello'].map((name): ['savedConfig', string] => [
        'savedConfig',
        `/etc/portage/savedconfig/${host}app-misc/${name}`,
      ]),
    ),
  ]
  for (const [kind, path] of found) {
    test(path, () => {
      put(path)
      assert.deepEqual(userFilesOf({ root, ...SAVED }), { ...NOTHING, [kind]: path })
    })
  }

  test('patches of revision 0 may be spelled out', () => {
    put('/etc/portage/patches/app-misc/hello-2.12-r0/a.patch')
    assert.equal(userFilesOf({ root, ...PACKAGE, version: '2.12' }).patches, '/etc/portage/patches/app-misc/hello-2.12-r0')
  })
})

test('a saved configuration is none where the build does not take it', () => {
  put('/etc/portage/savedconfig/app-misc/hello')
  assert.deepEqual(userFilesOf({ root, ...PACKAGE }), NOTHING)
})

describe('what is for others', () => {
  const others = [
    '/etc/portage/patches/app-misc/hello-2.11',
    '/etc/portage/patches/app-misc/hello:1',
    '/etc/portage/patches/app-editors/hello',
    '/etc/portage/patches/app-misc/hello-2.12-r2',
    '/etc/portage/env/hello',
    '/etc/portage/env/app-misc/hello-2.11',
    '/etc/portage/env/app-misc/hello:1',
    '/etc/portage/savedconfig/app-misc/hello-2.11',
    '/etc/portage/savedconfig/aarch64-unknown-linux-gnu/app-misc/hello',
    '/etc/portage/bashrc',
    '/etc/portage/profile/package.use',
  ]
  for (const path of others) {
    test(path, () => {
      put(path)
      assert.deepEqual(userFilesOf({ root, ...SAVED }), NOTHING)
    })
  }
})
