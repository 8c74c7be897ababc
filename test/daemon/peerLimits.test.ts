/**
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { limited, PEER_LIMITS } from '../../src/daemon/peerLimits.ts'

test('a program is held to the limits, and one that is lower already stays', () => {
  const now = readFileSync('/proc/self/limits', 'utf8')
  const [program, ...options] = limited(now.replace(/^(Max open files +\S+ +)\S+/m, '$1100'))
  const held = execFileSync(program, [...options, '/bin/cat', '/proc/self/limits'], { encoding: 'utf8' })
  for (const { option, name, most } of PEER_LIMITS)
    assert.match(held, new RegExp(`^${name} +${option === 'nofile' ? '100 +100' : `${most} +${most}`} `, 'm'), name)
})

test('nothing is raised above what is allowed', () => {
  assert.ok(limited('Max processes             10                   20                   processes \n').includes('--nproc=20'))
})
