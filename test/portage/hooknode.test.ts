/**
 * What a hook starts Node with: nothing that the user, package.env or the ebuild itself has exported.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { rootWith } from './tree.ts'

const HOOK = join(import.meta.dirname, '../../etc-portage/standin.bash')
const skip = process.getuid?.() === 0 ? false : 'the hook speaks for root only'

/** A merge whose package may have a live stand-in, while no daemon runs. */
const MERGE = {
  CATEGORY: 'test-misc',
  PN: 'flags',
  PF: 'flags-1',
  PORTAGE_BUILDDIR: '/var/tmp/portage/test-misc/flags-1',
  MERGE_TYPE: 'source',
  EBUILD_PHASE: 'preinst',
  MISC_FUNCTIONS_ARGS: 'preinst_mask',
  SANDBOX_ON: '1',
  PATH: '/usr/lib/portage/bin/ebuild-helpers:/usr/bin:/bin',
} as const

const EXPORTED = {
  NODE_OPTIONS: '--require /nowhere/.pnp.cjs --inspect',
  NODE_PATH: '/nowhere',
  NODE_EXTRA_CA_CERTS: '/nowhere',
  NODE_V8_COVERAGE: '/nowhere',
  LD_LIBRARY_PATH: '/nowhere',
  OPENSSL_CONF: '/nowhere',
  SSLKEYLOGFILE: '/nowhere',
} as const

describe('Node for a hook', { skip }, () => {
  test('gets an environment of its own', (t) => {
    const prefix = prefixWith(t, ['env', 'timeout'])
    assert.deepEqual(environmentOf(prefix, 'export'), { SANDBOX_ON: '0', PATH: '/usr/bin:/bin', EPREFIX: prefix })
  })

  test('also where the ebuild has made its variables read-only', (t) => {
    const prefix = prefixWith(t, ['env'])
    assert.deepEqual(environmentOf(prefix, 'declare -rx'), { SANDBOX_ON: '0', PATH: '/usr/bin:/bin', EPREFIX: prefix })
  })

  test('where there is no env, nothing that steers Node or the loader', (t) => {
    const prefix = prefixWith(t, [])
    const { SANDBOX_ON, CATEGORY, ...others } = environmentOf(prefix, 'export')
    assert.deepEqual([SANDBOX_ON, CATEGORY], ['0', 'test-misc'])
    assert.deepEqual(
      Object.keys(EXPORTED).filter((name) => name in others),
      [],
    )
  })
})

/** Of what is in /usr/bin it has `programs`, and a Node that writes down its environment. */
function prefixWith(t: TestContext, programs: readonly string[]): string {
  const prefix = rootWith(t, {})
  for (const folder of ['run/standin/builds', 'var/lib/standin/live/test-misc/flags', 'usr/bin'])
    mkdirSync(join(prefix, folder), { recursive: true })
  for (const program of programs) symlinkSync(`/usr/bin/${program}`, join(prefix, 'usr/bin', program))
  writeFileSync(join(prefix, 'usr/bin/node'), '#!/bin/sh\ncat /proc/$$/environ > "${0%/usr/bin/node}/environ"\n', { mode: 0o755 })
  return prefix
}

/** `how` the ebuild sets its variables. */
function environmentOf(prefix: string, how: string): Record<string, string> {
  const pairs = Object.entries(EXPORTED).map((pair) => pair.join('='))
  const { status, stderr } = spawnSync('bash', ['--norc', '-c', `${how} "$@"; source "$0"`, HOOK, ...pairs], {
    env: { ...MERGE, EPREFIX: prefix },
    encoding: 'utf8',
  })
  assert.equal(status, 0)
  assert.match(stderr, /is still in the way of this merge: the reason is said above/, 'Node was started')
  assert.doesNotMatch(stderr, /readonly|unset/)
  const lines = readFileSync(join(prefix, 'environ'), 'utf8').split('\0').filter(Boolean)
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
}
