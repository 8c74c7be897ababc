/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { HostError } from '../../src/base/errors.ts'
import { readAccounts } from '../../src/daemon/accounts.ts'
import { atEnd } from '../support/atEnd.ts'

function rootWith(t: TestContext, passwd: string | undefined, defs: string | undefined): string {
  const root = mkdtempSync(join(tmpdir(), 'standin-accounts-'))
  atEnd(t, () => rmSync(root, { recursive: true }))
  mkdirSync(join(root, 'etc'))
  if (passwd !== undefined) writeFileSync(join(root, 'etc/passwd'), passwd)
  if (defs !== undefined) writeFileSync(join(root, 'etc/login.defs'), defs)
  return root
}

const [SHELL, NONE] = ['/bin/bash', '/sbin/nologin']

describe('what an account is', () => {
  const cases: [number, string, string | undefined, string][] = [
    [1000, SHELL, undefined, 'person'],
    [1000, NONE, undefined, 'person'],
    [60_000, SHELL, undefined, 'person'],
    [60_001, SHELL, undefined, 'person'],
    [100_500, NONE, undefined, 'person'],
    [1_201_600_500, SHELL, undefined, 'person'],
    [65_534, SHELL, undefined, 'system'],
    [999, SHELL, undefined, 'maybe'],
    [999, '', undefined, 'maybe'],
    [999, NONE, undefined, 'system'],
    [999, '/usr/bin/false', undefined, 'system'],
    [0, SHELL, undefined, 'maybe'],
    [500, SHELL, 'UID_MIN 500\n', 'person'],
    [500, NONE, '#UID_MIN 2000\n  UID_MIN\t\t  500 # of old\nSYS_UID_MIN 1\n', 'person'],
    [1000, NONE, 'UID_MIN 0x7d0\n', 'system'],
    [40_000, SHELL, 'UID_MAX 29999\n', 'maybe'],
    [61_000, SHELL, 'UID_MAX 29999\n', 'person'],
    [1000, SHELL, 'UID_MIN many\nUID_MAX\n', 'person'],
  ]
  for (const [uid, shell, defs, kind] of cases)
    test(`${uid}, ${shell === '' ? 'no shell' : shell}, ${JSON.stringify(defs ?? 'no login.defs')}: ${kind}`, (t) => {
      assert.deepEqual(readAccounts(rootWith(t, `mimas:x:${uid}:100:M,,:/home/mimas:${shell}\n`, defs)), [
        { name: 'mimas', home: '/home/mimas', uid, kind },
      ])
    })
})

test('root is the system\u2019s, and lines that name nobody are nothing', (t) => {
  const root = rootWith(t, 'root:x:0:0::/root:/bin/bash\n\n+::::::\n+@group::::::\n-mimas::::::\n:x:1000:1::/:\n', undefined)
  assert.deepEqual(readAccounts(root), [{ name: 'root', home: '/root', uid: 0, kind: 'system' }])
})

test('no accounts at all', (t) => assert.deepEqual(readAccounts(rootWith(t, undefined, undefined)), []))

test('a login.defs without an end is not read', (t) => {
  const root = rootWith(t, '', ' '.repeat(1024 * 1024 + 1))
  assert.throws(() => readAccounts(root), (error) => error instanceof HostError && error.code === 'UNREADABLE') // prettier-ignore
})
