/**
 * What a machine lacks for the tests on hosts is named in one line with its remedy, and so is a wrong word behind `npm test --`.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { execa } from 'execa'
import { askedOf } from './support/arguments.ts'
import { installDebianPackages } from './support/ground/debian.ts'
import { refusePath } from './support/ground/ground.ts'
import { program } from './support/ground/program.ts'
import { atEnd } from './support/atEnd.ts'

/** This process finds no program. */
function withoutPrograms(t: TestContext): void {
  const folder = mkdtempSync(join(tmpdir(), 'standin-ground-'))
  const { PATH } = process.env
  atEnd(t, () => {
    process.env['PATH'] = PATH
    rmSync(folder, { recursive: true })
  })
  process.env['PATH'] = folder
}

test('without dpkg: what is needed, and what runs without', async (t) => {
  withoutPrograms(t)
  await assert.rejects(
    installDebianPackages(() => undefined),
    { name: 'HostError', code: 'MISSING_PROGRAM', message: /^dpkg-query is not on PATH: .*Debian.*`npm test -- --pure` runs without$/ },
  )
})

test('a program that is not on PATH is named with what to do', async (t) => {
  withoutPrograms(t)
  await assert.rejects(program('compiling the clock', ['gcc', '--version']), {
    name: 'HostError',
    code: 'MISSING_PROGRAM',
    message: 'compiling the clock: gcc is not on PATH: install it, or add its folder to PATH',
  })
})

test('a checkout whose path meson can not take is refused before anything is made', () => {
  assert.throws(() => refusePath("/home/o'neill/standin"), {
    code: 'UNSUPPORTED',
    message: /^\/home\/o'neill\/standin: .*apostrophe.*move/,
  })
  for (const path of ['/home/anna/stand in', '/srv/a"b/standin', '/srv/\u00e4,:/standin']) assert.doesNotThrow(() => refusePath(path))
})

test('words behind npm test --', async () => {
  assert.deepEqual(askedOf([]), { pure: false, parts: [] })
  assert.deepEqual(askedOf(['emerge/story', '--pure']), { pure: true, parts: ['emerge/story'] })
  for (const argv of [['--bogus'], ['--pure=yes'], ['-x']]) assert.throws(() => askedOf(argv), { name: 'UserError', code: 'USAGE' })
})

for (const script of ['support/run.ts', 'bench/bench.ts', 'demo/demo.ts', 'attack/run.ts']) {
  test(`${script} --bogus: one line, and no stack trace`, async () => {
    const { exitCode, stdout, stderr } = await execa(process.execPath, [join(import.meta.dirname, script), '--bogus'], { reject: false })
    assert.notEqual(exitCode, 0)
    assert.equal(stdout, '')
    assert.match(stderr, /^[^\n]*--bogus[^\n]*usage: npm [^\n]+$/)
  })
}
