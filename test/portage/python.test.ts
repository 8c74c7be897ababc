/**
 * Portage is asked in the Python that it is installed for, whatever `python3` is, and in none that somebody but root can change. Needs root.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { chmodSync, chownSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { HostError } from '../../src/base/errors.ts'
import { pythonsOf, runWithPortage } from '../../src/portage/python.ts'
import { type Run, runProgram } from '../../src/portage/run.ts'
import { addTo, rootWith } from './tree.ts'

const skip = process.getuid?.() === 0 ? false : 'what is believed is root’s'

/** A host with Pythons of these versions, of which `portageq` stands where python-exec puts it for those of `targets`. */
function gentoo(t: TestContext, targets: readonly string[]): string {
  const root = rootWith(t, { 'usr/bin/python-exec2': '\u007fELF' })
  for (const version of ['3.9', '3.12', '3.13']) addTo(root, { [`usr/bin/python${version}`]: '' })
  symlinkSync('python-exec2', join(root, 'usr/bin/portageq'))
  for (const version of targets)
    addTo(root, { [`usr/lib/python-exec/python${version}/portageq`]: `#!${root}/usr/bin/python${version} -b\nimport portage\n` })
  return root
}

const found = (root: string): string[] => pythonsOf(root).map((python) => python.replace(`${root}/usr/bin/`, ''))

test('python-exec says which Pythons Portage is built for, the newest first', { skip }, (t) => {
  assert.deepEqual(found(gentoo(t, ['3.9', '3.12', '3.13'])), ['python3.13', 'python3.12', 'python3.9', 'python3'])
  assert.deepEqual(found(gentoo(t, ['3.12'])), ['python3.12', 'python3'])
})

test('where portageq itself is a script, its Python comes first; one that only PATH would find is none', { skip }, (t) => {
  for (const [line, expected] of [
    ['#!ROOT/usr/bin/python3.9', ['python3.9', 'python3.12', 'python3']],
    ['#! ROOT/usr/bin/python3.9 -E', ['python3.9', 'python3.12', 'python3']],
    ['#!/usr/bin/env python3.9', ['python3.12', 'python3']],
    ['#!ROOT/usr/bin/perl', ['python3.12', 'python3']],
    ['#!usr/bin/python3.9', ['python3.12', 'python3']],
    ['', ['python3.12', 'python3']],
  ] as const) {
    const root = gentoo(t, ['3.12'])
    rmSync(join(root, 'usr/bin/portageq'))
    writeFileSync(join(root, 'usr/bin/portageq'), `${line.replace('ROOT', root)}\n#!${root}/usr/bin/python3.13\n`)
    assert.deepEqual(found(root), expected, line)
  }
})

test('a host without any of it has python3', (t) => {
  assert.deepEqual(found(rootWith(t)), ['python3'])
})

const SCRIPT = 'usr/lib/python-exec/python3.12/portageq'

for (const [what, change] of [
  ['the script is another user’s', (root) => chownSync(join(root, SCRIPT), 99, 99)],
  ['everybody may write the script', (root) => chmodSync(join(root, SCRIPT), 0o757)],
  ['a group may write its folder', (root) => chmodSync(join(root, 'usr/lib/python-exec'), 0o775)],
  ['the Python is another user’s', (root) => chownSync(join(root, 'usr/bin/python3.12'), 99, 99)],
  ['everybody may write where the Python lies', (root) => chmodSync(join(root, 'usr/bin'), 0o1777)],
  [
    'a link leads to the Python through a folder of another user’s',
    (root) => {
      mkdirSync(join(root, 'home'))
      chownSync(join(root, 'home'), 99, 99)
      rmSync(join(root, 'usr/bin/python3.12'))
      symlinkSync('../../home/python', join(root, 'usr/bin/python3.12'))
      symlinkSync('../usr/bin/python3.13', join(root, 'home/python'))
    },
  ],
  [
    'a link leads to itself',
    (root) => {
      rmSync(join(root, 'usr/bin/python3.12'))
      symlinkSync('python3.12', join(root, 'usr/bin/python3.12'))
    },
  ],
  ['the Python is gone', (root) => rmSync(join(root, 'usr/bin/python3.12'))],
] satisfies readonly (readonly [string, (root: string) => void])[])
  test(`not believed: ${what}`, { skip }, (t) => {
    const root = gentoo(t, ['3.12'])
    assert.deepEqual(found(root), ['python3.12', 'python3'])
    change(root)
    assert.deepEqual(found(root), ['python3'])
  })

/** Runs the machine's python3 in the place of each that is asked; `has` of them have a module `portage`. */
function tried(root: string, has: readonly string[]): { asked: string[]; run: Run } {
  const asked: string[] = []
  const run: Run = (python, [isolated = '', ...args], options) => {
    const name = python.replace(`${root}/usr/bin/`, '')
    asked.push(name)
    if (name === 'python3.13') return Promise.reject(new HostError('MISSING_PROGRAM', `${python} is not on PATH`))
    const code = has.includes(name) ? 'import sys, types; sys.modules["portage"] = types.ModuleType("portage")\n' : ''
    return runProgram('python3', [isolated, '-S', ...args.map((arg) => (arg.includes('import portage') ? code + arg : arg))], options)
  }
  return { asked, run }
}

const OPTIONS = { env: { PATH: '/usr/bin:/bin' }, timeoutMs: 60_000, maxBytes: 65_536 }
const PROGRAM = { program: 'print(sys.argv[1:], portage.__name__)', args: ['one', 'two'] }

test('one after the other is tried until one has Portage', { skip }, async (t) => {
  const root = gentoo(t, ['3.9', '3.12', '3.13'])
  const { asked, run } = tried(root, ['python3.9', 'python3'])
  const ran = await runWithPortage({ root, ...PROGRAM, run }, OPTIONS)
  assert.deepEqual([ran.exitCode, ran.stdout], [0, "['one', 'two'] portage"])
  assert.deepEqual(asked, ['python3.13', 'python3.12', 'python3.9'])
})

test('where none has it, each is named with what it said; what fails with Portage there is not tried again', { skip }, async (t) => {
  const root = gentoo(t, ['3.12', '3.13'])
  const none = tried(root, [])
  await assert.rejects(runWithPortage({ root, ...PROGRAM, run: none.run }, OPTIONS), (error) => {
    assert.ok(error instanceof HostError && error.code === 'MISSING_PROGRAM')
    assert.match(
      error.message,
      /^no Python here has the modules of Portage \(\S+3\.13 is not on PATH; \S+3\.12: ModuleNotFoundError: [^;]*; python3: ModuleNotFoundError: /,
    )
    return true
  })
  const failing = tried(root, ['python3.12', 'python3'])
  const { exitCode, stderr } = await runWithPortage({ root, program: 'raise ImportError("later")', run: failing.run }, OPTIONS)
  assert.equal(exitCode, 1)
  assert.match(stderr, /ImportError: later$/)
  assert.deepEqual(failing.asked, ['python3.13', 'python3.12'])
})
