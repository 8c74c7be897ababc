/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { callersOf } from '../../src/daemon/caller.ts'
import { atEnd } from '../support/atEnd.ts'

const OWNER = { pid: 7, startTime: '4711', bootId: 'boot' }

/** A /proc with one process. */
function procWith(t: TestContext, environ: string, startTime = '4711'): string {
  const root = mkdtempSync(join(tmpdir(), 'standin-caller-'))
  atEnd(t, () => rmSync(root, { recursive: true }))
  const stat = `7 (emerge) S 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 ${startTime} 0`
  for (const [path, text] of Object.entries({ '7/stat': stat, '7/environ': environ, 'sys/kernel/random/boot_id': 'boot\n' })) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

const CASES: readonly [string, string, ReturnType<typeof callersOf>][] = [
  [
    'behind sudo',
    'HOME=/net/berta\0SUDO_USER=berta\0USER=root\0',
    [
      { name: 'berta', home: '/net/berta' },
      { name: 'root', home: '' },
    ],
  ],
  ['by oneself', 'USER=zephyrant\0LOGNAME=zephyrant\0HOME=/home/z\0', [{ name: 'zephyrant', home: '/home/z' }]],
  ['by a service, which says no name', 'PATH=/usr/bin\0', []],
  ['by what is just ending', '', null],
  ['with a name that no note holds', `USER=${'z'.repeat(5000)}\0`, null],
  ['with more than is read', `USER=z\0X=${'x'.repeat(5 * 1024 * 1024)}`, null],
]

for (const [what, environ, expected] of CASES)
  test(`who typed emerge: ${what}`, (t) => {
    assert.deepEqual(callersOf(procWith(t, environ), OWNER), expected)
  })

test('of another process in the place of emerge, or of none, nothing is taken', (t) => {
  assert.equal(callersOf(procWith(t, 'USER=zephyrant\0', '4712'), OWNER), null)
  assert.equal(callersOf(procWith(t, 'USER=zephyrant\0'), { ...OWNER, pid: 8 }), null)
})
