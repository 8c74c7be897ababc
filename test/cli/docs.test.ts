/**
 * Man pages and completions name what there is: every command, option, exit code and setting.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { EXIT } from '../../src/cli/exit.ts'
import { COMMANDS, commandOf, isCommand, OPTIONS } from '../../src/cli/usage.ts'
import { VERSION } from '../../src/cli/version.ts'
import { SETTINGS } from '../../src/portage/settings.ts'
import { start } from './support/process.ts'
import { worldIn } from './support/world.ts'

const packaging = join(import.meta.dirname, '../../packaging')
const read = (path: string): string => readFileSync(join(packaging, path), 'utf8')
/** A man page as it reads, as far as names go. */
const page = (path: string): string =>
  read(path)
    .replaceAll('\\-', '-')
    .replaceAll(/\\f[IBR]/g, '')

const commands = Object.keys(COMMANDS).filter(isCommand)
const flags = [...OPTIONS.map(([long]) => long), 'color', ...commands.flatMap((name) => commandOf(name).flags)]

for (const path of ['man/standin.1', 'completions/standin.bash', 'completions/_standin']) {
  test(`${path} names every command and option`, () => {
    const text = page(path)
    for (const word of [...commands, ...flags.map((flag) => `--${flag}`)]) assert.match(text, new RegExp(`(?<![\\w-])${word}\\b`), word)
  })
}

test('standin.1 has every exit code and this version', () => {
  for (const code of Object.values(EXIT)) assert.match(page('man/standin.1'), new RegExp(`^\\.B ${code}$`, 'm'))
  for (const path of ['man/standin.1', 'man/standin.conf.5']) assert.ok(page(path).includes(`"standin ${VERSION}"`))
})

test('standin.conf.5 has every setting with its default and what is allowed', () => {
  const text = page('man/standin.conf.5')
  for (const [name, { standard, allowed }] of Object.entries(SETTINGS)) {
    const at = text.indexOf(`.TP\n.BR ${name} " = " ${standard === '' ? '(none)' : standard}\n`)
    assert.ok(at >= 0, `${name} = ${standard}`)
    assert.ok(
      text
        .slice(at + 4)
        .split('.TP\n')[0]
        ?.includes(`Allowed: ${allowed}.`),
      `${name}: ${allowed}`,
    )
  }
  assert.equal(text.split('.TP\n').length - 1, Object.keys(SETTINGS).length, 'a setting that is not there any more')
})

const COMPLETED: readonly [string, string][] = [
  ['standin st', 'status'],
  ['standin -v h', 'hook'],
  ['standin status --w', '--watch'],
  ['standin hook --', '--color= --disable --enable --help --json --pretend --quiet --status --verbose --version'],
  ['standin purge --al', '--all'],
  ['standin list app', 'app-misc/hello'],
  ['standin why dev-lang/', 'dev-lang/lua'],
  ['standin --color = y', 'yes'],
  ['standin daemon --', ''],
  ['standin key frob', ''],
]

for (const [line, wanted] of COMPLETED) {
  test(`bash completes ${line}`, async (t: TestContext) => {
    const { root } = worldIn(t)
    const program = join(root, 'usr/bin/standin')
    writeFileSync(program, '#!/bin/sh\nprintf "%s\\n" app-misc/hello-2.12 dev-lang/lua-5.4.6-r1 media-fonts/font-100dpi-1.0.4\n')
    chmodSync(program, 0o755)
    const script = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _standin; printf '%s\\n' "\${COMPREPLY[@]}"`
    const argv = ['bash', '--norc', '-c', script, 'bash', join(packaging, 'completions/standin.bash'), ...line.split(' ')]
    const { code, stdout, stderr } = await start(argv, { PATH: `${join(root, 'usr/bin')}:${process.env['PATH']}` }).ended
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
    assert.equal(stdout.trim().split('\n').toSorted().join(' '), wanted)
  })
}
