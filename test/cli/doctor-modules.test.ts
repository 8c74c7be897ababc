/**
 * The doctor names modules in /usr/local, and which builds are not published for them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { doctorDocument } from '../../src/cli/documents.ts'
import { healthy } from './support/healthy.ts'
import { standinJson } from './support/world.ts'

const skip = process.getuid?.() === 0 ? false : 'asks for root'

for (const [files, expected] of [
  [[], [/^ok holds nothing/]],
  [['lib64/perl5/5.42/Own.pm', 'lib64/ruby/own.rb'], [/^note .*Own\.pm may change what is built with Perl .*no build of this host is/]],
  [
    ['share/lua/5.1/own.lua', 'lib64/ruby/own.rb'],
    [/^note .*own\.lua .* no build that runs Lua is/, /^note .*own\.rb .* no build that runs Ruby is/],
  ],
] as const)
  test(files.join(' ') || 'nothing', { skip }, async (t) => {
    const world = await healthy(t)
    for (const file of files) {
      const path = join(world.root, 'usr/local', file)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, '')
    }
    const { document } = await standinJson(world, doctorDocument, 'doctor')
    const found = document.findings.filter(({ check }) => check === '/usr/local')
    assert.equal(found.length, expected.length)
    for (const [at, one] of found.entries()) assert.match(`${one.state} ${one.text} ${one.remedy ?? ''}`, expected[at] ?? /never/)
  })
