/**
 * What is prefetched of a disk is what lstat says there, with every name that a rule may ask for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { mkdirSync, statfsSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { FileFacts } from '../../src/standin/elf.ts'
import { surveyDisk } from '../../src/standin/survey-host.ts'
import { elf } from './support/input.ts'
import { manifestOf } from './support/site.ts'
import { onHost } from './support/tree.ts'

test('kinds, links, targets and interpreters are looked up without following the last name', () =>
  onHost(({ root }) => {
    symlinkSync('lib64', join(root, 'usr/lib'))
    symlinkSync('nowhere', join(root, 'usr/bin/dangling'))
    writeFileSync(join(root, 'usr/bin/env'), '')
    writeFileSync(join(root, 'usr/lib64/old'), '')
    mkdirSync(join(root, 'usr/share/doc/demo'))
    const manifest = manifestOf({
      'usr/bin/dangling': 'x',
      'usr/lib/old': 'x',
      'usr/share/doc/demo/a': { link: '../../../bin/env' },
      'usr/share/new/deep/file': 'x',
      'usr/share/doc/bad\nname': 'x',
    })
    const facts = new Map<string, FileFacts>([
      ['1', elf({ interpreter: '/lib64/ld.so' })],
      ['2', { kind: 'script', interpreter: '/usr/bin/env', argument: '-S lua -i' }],
    ])
    const { exists } = surveyDisk(root, manifest, facts)
    const seen = Object.fromEntries(
      [
        'usr',
        'usr/bin/dangling',
        'usr/bin/env',
        'usr/lib',
        'usr/lib/old',
        'usr/share/new',
        'usr/share/new/deep/file',
        'usr/bin/lua',
        'lib64/ld.so',
      ].map((path) => [path, exists(path)]),
    )
    assert.deepEqual(seen, {
      usr: 'dir',
      'usr/bin/dangling': 'link',
      'usr/bin/env': 'file',
      'usr/lib': 'link',
      'usr/lib/old': 'file',
      'usr/share/new': 'absent',
      'usr/share/new/deep/file': 'absent',
      'usr/bin/lua': 'absent',
      'lib64/ld.so': 'absent',
    })
    // What a stranger wrote badly is nobody's defect, and never free; what nobody looked up is ours.
    for (const path of ['usr/share/doc/bad\nname', '..', '/usr', 'usr//bin', 'n'.repeat(300)]) assert.equal(exists(path), 'other', path)
    for (const path of ['bin/dangling', 'sbin/dangling', 'opt/bin/dangling', 'bin/lua', 'lib/old'])
      assert.equal(exists(path), 'absent', path)
    assert.throws(() => exists('etc/passwd'), RangeError)
  }))

test('the room of the filesystem is the kernel’s', () =>
  onHost(({ root }) => {
    const { filesystems } = surveyDisk(root, manifestOf({ 'usr/bin/demo': 'x' }), new Map())
    const { bsize, blocks } = statfsSync(root)
    assert.deepEqual(
      filesystems.map(({ mount }) => mount),
      [''],
    )
    const free = filesystems[0]?.freeBytes ?? 0
    assert.ok(free > 0 && free <= bsize * blocks)
  }))
