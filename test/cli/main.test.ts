/**
 * What holds for every command: help, version, colours, errors as messages and as JSON.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { errorDocument } from '../../src/cli/documents.ts'
import { EXIT_MEANINGS } from '../../src/cli/exit.ts'
import { COMMANDS, OPTIONS } from '../../src/cli/usage.ts'
import { VERSION } from '../../src/cli/version.ts'
import { answering, courseOf, daemonIn } from './support/daemon.ts'
import { standin, standinJson, terminal, worldIn } from './support/world.ts'

test('help names every command, option and exit code, and fits a terminal', async (t) => {
  const { code, stdout, stderr } = await standin(worldIn(t), '--help')
  assert.deepEqual([code, stderr], [0, ''])
  for (const command of Object.keys(COMMANDS)) assert.match(stdout, new RegExp(`^  ${command} `, 'm'))
  for (const [option] of OPTIONS) assert.match(stdout, new RegExp(`--${option}\\b`))
  for (const [exit] of EXIT_MEANINGS) assert.match(stdout, new RegExp(`^  ${exit} +\\S`, 'm'))
  for (const line of stdout.split('\n')) assert.ok(line.length <= 120, line)
})

test('help of one command, and the version', async (t) => {
  const world = worldIn(t)
  for (const command of Object.keys(COMMANDS)) {
    const { code, stdout } = await standin(world, command, '--help')
    assert.deepEqual([code, stdout.startsWith(`standin ${command}`)], [0, true])
  }
  assert.deepEqual(await standin(world, '-V'), { code: 0, stdout: `standin ${VERSION}\n`, stderr: '' })
})

test('wrong usage ends with 2, one message, and JSON where it was asked for', async (t) => {
  const world = worldIn(t)
  const said = await standin(world, 'frob')
  assert.deepEqual(said, { code: 2, stdout: '', stderr: ' * there is no command "frob" (standin --help)\n' })
  const { code, document } = await standinJson(world, errorDocument, 'purge')
  assert.deepEqual([code, document.code], [2, 'USAGE'])
})

test('words of the command line do not steer the terminal either', async (t) => {
  const { stderr } = await standin(worldIn(t), 'list', '\u009b2J\u202e')
  assert.match(stderr, /^ \* .*is no atom/)
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  assert.doesNotMatch(stderr, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
})

/** Options, NO_COLOR or a dumb terminal, a terminal at all, the setting `color`; and whether there is colour. */
const COLOURS: readonly [string[], boolean, boolean, string | undefined, boolean][] = [
  [[], false, true, undefined, true],
  [[], false, false, undefined, false],
  [[], true, true, undefined, false],
  [['--color=yes'], true, false, undefined, true],
  [['--color=no'], false, true, undefined, false],
  [['--color=auto'], false, true, 'no', true],
  [[], false, true, 'no', false],
  [[], true, false, 'yes', true],
]

for (const [options, noColour, isTerminal, setting, coloured] of COLOURS) {
  const name = `${options.join(' ')} NO_COLOR ${noColour}, terminal ${isTerminal}, setting ${setting}`
  test(`colour ${coloured}: ${name}`, async (t) => {
    const stream = { ...terminal, isTerminal }
    const world = { ...worldIn(t), noColour, stdout: stream, stderr: stream }
    if (setting !== undefined) writeFileSync(world.conf, `color = ${setting}\n`)
    await daemonIn(t, world, answering({ why: [{ t: 'why', courses: [courseOf()] }] }))
    const { stdout } = await standin(world, 'why', 'hello', ...options)
    assert.equal(stdout.includes('\u001b[31;01mstopped\u001b[39;49;00m'), coloured)
    assert.equal(stdout.includes('\u001b'), coloured)
    const { stderr } = await standin(world, 'why', 'nano', ...options)
    assert.equal(stderr.startsWith(' \u001b[31;01m*\u001b[39;49;00m '), coloured)
  })
}

test('a standin.conf that does not read is said, and the command is carried out', async (t) => {
  const world = worldIn(t)
  writeFileSync(world.conf, 'level = many\n')
  await daemonIn(t, world, answering({ why: [{ t: 'why', courses: [courseOf()] }] }))
  const { code, stdout, stderr } = await standin(world, 'why', 'hello')
  assert.equal(code, 0)
  assert.match(stdout, /no-setid/)
  assert.match(stderr, /^ \* .*standin\.conf: level = many/)
})

test('an error that nobody foresaw is a message; --verbose adds where it came from', async (t) => {
  const world = worldIn(t)
  const at = { ...world, folders: { ...world.folders, state: world.folders.run } }
  mkdirSync(`${at.folders.run}/journal.sqlite`)
  const short = await standin(at, 'purge', '--all')
  assert.equal(short.code, 1)
  assert.doesNotMatch(short.stderr, /\bat .*\.ts:/)
  assert.match((await standin(at, 'purge', '--all', '-v')).stderr, /\bat .*\.ts:/)
})
