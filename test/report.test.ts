/**
 * What `npm test` says at its end: which tests failed, by file and full name, how many, and an exit code that tells it too.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { execa } from 'execa'
import { atEnd } from './support/atEnd.ts'

const SUPPORT = join(import.meta.dirname, 'support')
const PASSES = `import { test } from 'node:test'
test('outer', async (t) => {
  await t.test('inner', () => undefined)
  await t.test('not done yet', { todo: true }, () => { throw new Error('x') })
})`
const FAILS = `import { describe, test } from 'node:test'
test('outer', async (t) => {
  await t.test('passes', () => undefined)
  await t.test('inner | one', () => { throw new Error('x') })
})
describe('suite', () => { test('in it', () => { throw new Error('y') }) })
test('passes too', () => undefined)
test('over two\\nlines', () => { throw new Error('z') })`
const BLOCKS = `import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { test } from 'node:test'
test('blocks', () => {
  process.on('SIGTERM', () => undefined)
  writeFileSync(import.meta.dirname + '/pid', String(spawn('sleep', ['600'], { stdio: 'inherit' }).pid))
  for (;;);
})`
const BROKEN = `throw new Error('does not even load')`

/** Exit code and last lines of a run of `sources` by name. */
async function report(
  t: TestContext,
  sources: Readonly<Record<string, string>>,
  { leftOut, longestFileMs = 60_000 }: { readonly leftOut?: string; readonly longestFileMs?: number } = {},
): Promise<{ failed: boolean; table: string[]; end: string[]; top: string }> {
  const top = mkdtempSync(join(tmpdir(), 'standin-report-'))
  atEnd(t, () => rmSync(top, { recursive: true }))
  for (const [name, source] of Object.entries(sources)) writeFileSync(join(top, name), source)
  const input = { files: Object.keys(sources).map((name) => join(top, name)), top, atOnce: 2, longestFileMs, leftOut }
  // A file, for a runner starts its files with its own options, `-e` among them.
  const runner = join(top, 'run.mjs')
  const call = `process.exitCode = (await runFiles(${JSON.stringify(input)})) ? 1 : 0`
  writeFileSync(runner, `import { runFiles } from ${JSON.stringify(join(SUPPORT, 'report.ts'))}\n${call}\n`)
  const ran = await execa(process.execPath, [runner], { reject: false, ...own() })
  const lines = ran.stdout.split('\n')
  const table = lines.indexOf('# folder  files  tests  failed  skipped  seconds')
  const end = lines.indexOf('#', table)
  return { top, failed: ran.exitCode === 1, table: lines.slice(table + 1, end), end: lines.slice(end + 1) }
}

/** Without the mark by which a test runner knows that it is itself under test, and then runs nothing. */
function own(): { env: Record<string, string>; extendEnv: boolean } {
  return { env: { PATH: process.env['PATH'] ?? '' }, extendEnv: false }
}

test('each test that failed is named at the end, with its file, all names above it, and what it said', async (t) => {
  const { failed, table, end } = await report(t, { 'fails.test.mjs': FAILS, 'passes.test.mjs': PASSES, 'broken.test.mjs': BROKEN })
  assert.ok(failed)
  // Three tests and the file that does not load; those in which a test failed are tests too.
  assert.deepEqual(
    table.map((line) => line.split(/\s+/).slice(1, 6).join(' ')),
    ['. 3 10 4 0'],
  )
  assert.deepEqual(end.filter((line) => !line.startsWith('#   ')).toSorted(), [
    '# 4 failed',
    '# FAILED broken.test.mjs: (the file itself)',
    '# FAILED fails.test.mjs: outer > inner | one',
    '# FAILED fails.test.mjs: over two lines',
    '# FAILED fails.test.mjs: suite > in it',
  ])
  assert.equal(end[end.indexOf('# FAILED fails.test.mjs: outer > inner | one') + 1], '#   x')
  assert.equal(end[end.indexOf('# FAILED fails.test.mjs: over two lines') + 1], '#   z')
  assert.equal(end.at(-1), '# 4 failed')
})

test('a run without a failure says so', async (t) => {
  const { failed, end } = await report(t, { 'passes.test.mjs': PASSES })
  assert.deepEqual({ failed, end }, { failed: false, end: ['# nothing failed'] })
})

test('what was left out is said again at the end', async (t) => {
  const leftOut = 'tests on real Portage are left out: nobody is root'
  const { end } = await report(t, { 'passes.test.mjs': PASSES }, { leftOut })
  assert.deepEqual(end, ['# nothing failed', `# ${leftOut}`])
})

test('a part of a path that no test file has is a failure, not a run without one', async () => {
  const ran = await execa(process.execPath, [join(SUPPORT, 'run.ts'), '--pure', 'no-such-path'], { reject: false, ...own() })
  assert.equal(ran.exitCode, 1)
  assert.match(ran.stdout, /^# no test file has such a path$/m)
})

test('where all that is asked for is left out, that is said, and is no failure', async () => {
  const ran = await execa(process.execPath, [join(SUPPORT, 'run.ts'), '--pure', 'emerge/stays-home'], { reject: false, ...own() })
  assert.equal(ran.exitCode, 0)
  assert.match(ran.stdout, /^# nothing was run\n# tests on real Portage are left out \(1 files\): /m)
})

test('a file that blocks is ended with what it has started, and said to be, and the others are run', async (t) => {
  const { failed, end, top } = await report(t, { 'blocks.test.mjs': BLOCKS, 'passes.test.mjs': PASSES }, { longestFileMs: 8000 })
  assert.ok(failed)
  assert.deepEqual(end.filter((line) => !line.startsWith('#   ')), [
    '# FAILED blocks.test.mjs: (the file itself)',
    '# 1 failed',
    '# blocks.test.mjs: ended, for it took longer than 8 s',
  ]) // prettier-ignore
  // Nobody may have waited for it yet; a process that has ended has no command line.
  const line = `/proc/${readFileSync(join(top, 'pid'), 'utf8')}/cmdline`
  assert.equal(existsSync(line) ? readFileSync(line, 'utf8') : '', '')
})
