/**
 * The doctor names the setting of ccache for which nothing is published, and only where Portage uses ccache; and it says where Portage does not answer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { doctorDocument } from '../../src/cli/documents.ts'
import { healthy, runWith } from './support/healthy.ts'
import { standinJson } from './support/world.ts'

const skip = process.getuid?.() === 0 ? false : 'asks for root'

for (const [what, said, conf, expected] of [
  ['not asked for', 'sandbox\n/var/tmp\n', 'compiler_check = none\n', 'ok: FEATURES does not ask for it'],
  ['that looks at the compiler', 'ccache\n/var/tmp\n-O2\n-O2\n/cache\n', 'max_size = 5G\n', 'ok: gives what the compiler would make'],
  [
    'that does not',
    'sandbox ccache\n/var/tmp\n-O2\n-O2\n/cache\n',
    '\ncompiler_check = none\n',
    'note: ccache may give what this compiler would not make: line 2 of /cache/ccache.conf says "compiler_check = none"',
  ],
  ['of debug information', 'ccache\n/var/tmp\n-O2 -g\n-O2\n/cache\n', 'hash_dir = false\n', 'note: line 1 of /cache/ccache.conf'],
] as const) {
  test(`a ccache ${what}`, { skip }, async (t) => {
    const world = { ...(await healthy(t)), run: runWith({ 'portageq envvar': `/var/tmp\n${said}` }) }
    mkdirSync(join(world.root, 'cache'))
    writeFileSync(join(world.root, 'cache/ccache.conf'), conf)
    const { document } = await standinJson(world, doctorDocument, 'doctor')
    const found = document.findings.filter(({ check }) => check === 'ccache').map(({ state, text }) => `${state}: ${text}`)
    assert.equal(found.length, 1)
    for (const part of expected.split(': ')) assert.ok(found[0]?.includes(part), found[0])
  })
}

for (const name of ['ccache', 'libsandbox'])
  test(`a Portage that does not answer is named, for ${name}`, { skip }, async (t) => {
    const traceback = { exitCode: 1, stderr: 'Traceback\nModuleNotFoundError: portage\n' }
    const world = { ...(await healthy(t)), run: runWith({ 'portageq envvar': traceback }) }
    rmSync(join(world.root, 'usr/lib64/libsandbox.so'))
    const { document } = await standinJson(world, doctorDocument, 'doctor')
    const found = document.findings.filter(({ check }) => check === name).map(({ state, text }) => `${state}: ${text}`)
    assert.deepEqual(found, ['wrong: portageq does not say what FEATURES is (ModuleNotFoundError: portage)'])
  })
