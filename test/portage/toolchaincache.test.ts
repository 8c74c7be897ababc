/**
 * A compiler, a linker or a C library that is another one is seen by the very next build, and one that is the same is not asked again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { HostError } from '../../src/base/errors.ts'
import type { Run } from '../../src/portage/run.ts'
import type { Toolchain } from '../../src/portage/toolchain.ts'
import { knownToolchain } from '../../src/portage/toolchaincache.ts'
import { makeOld, rootWith } from './tree.ts'

interface Host {
  readonly root: string
  /** Versions that the tools say. */
  readonly says: { cc: string; ld: string; libc: string; macro: string; meanwhile?: () => void }
  readonly clock: { now: number }
  /** How often a version was asked for. */
  readonly asked: () => number
  readonly ask: (cc?: string) => Promise<Toolchain>
  readonly place: (path: string) => void
}

function hostWith(t: TestContext): Host {
  const root = rootWith(t)
  for (const folder of ['first', 'bin', 'libexec', 'include', 'lib', 'settings']) mkdirSync(join(root, folder))
  const says: Host['says'] = { cc: '14.1', ld: '2.43', libc: '40', macro: '__PIE__' }
  const clock = { now: 5 }
  let versions = 0
  const run: Run = async (program, args) => {
    if (program.startsWith('x86_64')) throw new HostError('MISSING_PROGRAM', program)
    const last = args.join(' ')
    if (last === '--version') {
      says.meanwhile?.()
      versions += 1
    }
    const said: readonly [string, string][] = [
      ['--version', `${program} (X) ${says.cc}`],
      ['-Wl,--version', `GNU ld ${says.ld}`],
      ['-nostdinc', `#define ${says.macro} 1`],
      ['-dM', `#define __GLIBC__ 2\n#define __GLIBC_MINOR__ ${says.libc}\n`],
      ['-M', `null.o: /dev/null \\\n ${join(root, 'include/features.h')}\n`],
      ['-dumpspecs', '*cpp:\n'],
      ['-Q', '  -fpie  [enabled]'],
      ['-print-search-dirs', `install: /x\nlibraries: =${join(root, 'lib')}/:relative:${join(root, 'include')}`],
    ]
    const stdout = said.find(([word]) => args.includes(word))?.[1] ?? join(root, 'libexec', last.replace('-print-prog-name=', ''))
    return { exitCode: 0, stdout, stderr: args.includes('-v') ? `System configuration file directory: ${join(root, 'settings')}\n` : '' }
  }
  const cache = new Map()
  const env = { PATH: `${join(root, 'first')}:${join(root, 'bin')}` }
  const place = (path: string): void => {
    writeFileSync(join(root, `${path}.new`), '#!/bin/sh\n')
    chmodSync(join(root, `${path}.new`), 0o755)
    renameSync(join(root, `${path}.new`), join(root, path))
  }
  for (const path of ['bin/gcc', 'bin/g++', 'libexec/cc1', 'libexec/ld', 'include/features.h']) place(path)
  makeOld(root)
  return {
    root,
    says,
    clock,
    place,
    asked: () => versions,
    ask: (cc = '') => knownToolchain({ cc, cxx: '', chost: 'x86_64-pc-linux-gnu', env, run }, cache, () => clock.now),
  }
}

/** What becomes another one, and what then says so. */
const CHANGES: readonly [string, (host: Host) => void][] = [
  ['the compiler is replaced', ({ place }) => place('bin/gcc')],
  ['the C++ compiler is replaced', ({ place }) => place('bin/g++')],
  ['the part behind a wrapper is replaced', ({ place }) => place('libexec/cc1')],
  ['a compiler comes before it on PATH', ({ place }) => place('first/gcc')],
  ['the linker is replaced', ({ place }) => place('libexec/ld')],
  [
    'a link leads to another linker',
    ({ root }) => (unlinkSync(join(root, 'libexec/ld')), symlinkSync('../bin/gcc', join(root, 'libexec/ld'))),
  ],
  ['the header that names the C library is replaced', ({ place }) => place('include/features.h')],
  ['a specs file appears', ({ root }) => writeFileSync(join(root, 'lib/specs'), '')],
  ['a file of settings appears', ({ root }) => writeFileSync(join(root, 'settings/clang.cfg'), '')],
  ['the compiler is gone', ({ root }) => unlinkSync(join(root, 'bin/g++'))],
]

for (const [what, change] of CHANGES) {
  test(`${what}: it is asked again, in the same moment`, async (t) => {
    const host = hostWith(t)
    const { defaults, ...first } = await host.ask()
    assert.deepEqual(first, { cc: 'gcc (X) 14.1', cxx: 'g++ (X) 14.1', linker: 'GNU ld 2.43', libc: 'glibc 2.40' })
    Object.assign(host.says, { cc: '15.1', ld: '2.44', libc: '41', macro: '__CET__' })
    change(host)
    const { defaults: other, ...second } = await host.ask()
    assert.deepEqual(second, { cc: 'gcc (X) 15.1', cxx: 'g++ (X) 15.1', linker: 'GNU ld 2.44', libc: 'glibc 2.41' })
    assert.notEqual(other, defaults)
  })
}

test('settings of clang that appear beside it are seen', async (t) => {
  const host = hostWith(t)
  const before = await host.ask('clang')
  host.says.macro = '__CET__'
  writeFileSync(join(host.root, 'bin/clang.cfg'), '')
  assert.notDeepEqual(await host.ask('clang'), before)
})

test('the same files are asked once, by however many, until a minute is over', async (t) => {
  const host = hostWith(t)
  await Promise.all([host.ask(), host.ask(), host.ask()])
  host.clock.now += 59_999
  await host.ask()
  assert.equal(host.asked(), 2)
  host.clock.now += 1
  await Promise.all([host.ask(), host.ask()])
  assert.equal(host.asked(), 4)
})

test('what is replaced while it is asked is asked again', async (t) => {
  const host = hostWith(t)
  host.says.meanwhile = () => {
    host.place('bin/gcc')
    delete host.says.meanwhile
  }
  assert.equal((await host.ask()).cc, 'gcc (X) 14.1')
  host.says.cc = '15.1'
  assert.equal((await host.ask()).cc, 'gcc (X) 15.1')
})

test('an error is not kept', async (t) => {
  const host = hostWith(t)
  host.says.meanwhile = () => {
    throw new HostError('TIMED_OUT', 'gcc')
  }
  await assert.rejects(host.ask(), { code: 'TIMED_OUT' })
  delete host.says.meanwhile
  assert.equal((await host.ask()).cc, 'gcc (X) 14.1')
})
