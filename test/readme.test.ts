/**
 * README.md names what there is: every command, file, setting and number in it is held against the program, and no name passes that no one holds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join, normalize } from 'node:path'
import { test } from 'node:test'
import fg from 'fast-glob'
import * as v from 'valibot'
import { askedOf } from './demo/arguments.ts'
import { parseArguments } from '../src/cli/arguments.ts'
import { FEATURES } from '../src/portage/features.ts'
import { SETTINGS } from '../src/portage/settings.ts'
import { parsePolicy, STANDARD_QUORUM } from '../src/trust/policy.ts'

const top = join(import.meta.dirname, '..')
const read = (path: string): string => readFileSync(join(top, path), 'utf8')
const readme = read('README.md')
const blocks = [...readme.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, kind, text]) => ({ kind, text: text ?? '' }))
const prose = readme.replaceAll(/^```[^]*?^```$/gm, '')
const spans = [...prose.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '')
/** Lines of the shell blocks without their comments. */
const typed = blocks.filter(({ kind }) => kind === 'sh').flatMap(({ text }) => text.split('\n').map((line) => line.replace(/\s+#.*$/, '')))

const { scripts } = v.parse(v.object({ scripts: v.record(v.string(), v.string()) }), JSON.parse(read('package.json')))
const ebuild = read(fg.globSync('packaging/overlay/app-portage/standin/*.ebuild', { cwd: top })[0] ?? '')
const testFiles = fg.globSync('test/**/*.test.ts', { cwd: top })

/** Settings and words of the policy file, with what each is when nobody sets it. */
const STANDARD: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(SETTINGS).map(([name, { standard }]) => [name, standard])),
  ...Object.fromEntries(Object.entries(STANDARD_QUORUM).map(([level, keys]) => [`level${level}`, String(keys)])),
}

/** Names of others, which nothing here could hold. */
const OTHERS = ['emerge', 'environment.bz2', '/usr', '/opt', '/var/db/pkg', '.pc', '.la', '*-config', '-token', 'CI=true', 'builder = yes']

/** Why a name is wrong: empty where it is right, false where it is of another kind. */
type Kind = (name: string) => string | false

const KINDS: readonly Kind[] = [
  (name) => OTHERS.includes(name) && '',
  (name) => FEATURES.some((token) => token === name) && '',
  (name) => Object.hasOwn(STANDARD, name) && '',
  (name) => Object.values(STANDARD).includes(name) && '',
  (name) => (name === 'standin' || name === 'STANDIN_FEATURES') && '',
  (name) => name.startsWith('STANDIN_FEATURES="') && (name.startsWith('STANDIN_FEATURES="" emerge') ? '' : 'how is it switched off?'),
  (name) => name.startsWith('-- ') && wrongDemo(name.slice(3).split(' ')),
  (name) => name.startsWith('npm ') && wrongNpm(name),
  (name) => name.startsWith('npx node ') && wrongFile(name.slice(9)),
  (name) => name.startsWith('standin ') && wrongStandin(name),
  (name) => name.startsWith('/etc/portage/') && (isInstalled(name) ? '' : 'neither Portage nor the ebuild has it'),
  (name) => name === 'standin.conf' && '',
  (name) => (name.startsWith('.') || name === 'node_modules') && (read('.gitignore').includes(name) ? '' : 'is not an ignored folder'),
  (name) => name.includes('/') && wrongFile(name),
  (name) => (name === 'LICENSE' || name === 'SECURITY.md') && wrongFile(name),
]

function wrongFile(path: string): string {
  return existsSync(join(top, path)) ? '' : `there is no file ${path}`
}

function wrongStandin(line: string): string {
  try {
    parseArguments(line.split(' ').slice(1))
    return ''
  } catch (error) {
    return String(error)
  }
}

function wrongNpm(line: string): string {
  const [, verb, ...rest] = line.split(' ')
  const [script = '', ...more] = verb === 'run' ? rest : [verb ?? '', ...rest]
  if (scripts[script] === undefined) return `package.json has no script ${script}`
  const words = more.filter((word) => word !== '--')
  if (script === 'demo') return wrongDemo(words)
  if (script !== 'test') return ''
  const part = words.find((word) => word !== '--pure' && !testFiles.some((path) => path.includes(word)))
  return part === undefined ? '' : `no test file has ${part} in its path`
}

function wrongDemo(words: readonly string[]): string {
  try {
    return wrongFile(join('test/support/repo', askedOf(words).package))
  } catch (error) {
    return String(error)
  }
}

/** Files of Portage that the README has a user write, and those that the ebuild installs. */
function isInstalled(path: string): boolean {
  const portages = ['bashrc', 'make.conf', 'package.env', 'repos.conf', 'package.accept_keywords'].map((name) => `/etc/portage/${name}`)
  return portages.includes(path) || ebuild.includes(path.replace('/etc/portage/', 'etc-portage/'))
}

for (const name of new Set(spans)) {
  test(`names what there is: ${name}`, () => {
    const found = KINDS.map((kind) => kind(name)).find((wrong) => typeof wrong === 'string')
    assert.equal(found, '', found === undefined ? 'nothing holds this name: is it right? Then tell this test of which kind it is' : found)
  })
}

test('what is to be typed can be typed', () => {
  const lines = typed.flatMap((line) => line.split(' && ')).filter((line) => /^(npm|standin) /.test(line))
  assert.ok(lines.length >= 5)
  assert.deepEqual(
    lines.map((line) => (line.startsWith('npm') ? wrongNpm(line) : wrongStandin(line))).filter((wrong) => wrong !== ''),
    [],
  )
})

test('every link leads to a file', () => {
  const targets = [...readme.matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1] ?? '')
  assert.ok(targets.includes('packaging/picture/run.svg'))
  assert.deepEqual(
    targets.filter((path) => path !== normalize(path) || !existsSync(join(top, path))),
    [],
  )
})

test('every token is explained, and the numbers are the defaults', () => {
  for (const token of FEATURES) assert.match(readme, new RegExp(`^\\|[^|]*\`${token}\``, 'm'))
  const told = [...prose.matchAll(/`(\w+)` \(`?([\w ]+?)(?: s)?`?\)/g)].filter(([, name]) => Object.hasOwn(STANDARD, name ?? ''))
  assert.ok(told.length >= 2)
  for (const [, name, value] of told) assert.equal(value, STANDARD[name ?? ''], name)
  assert.match(prose.replaceAll(/\s+/g, ' '), new RegExp(`${STANDARD['level2']} and ${STANDARD['level1']} by default`))
})

test('the policy that it shows is one', () => {
  const text = blocks.find(({ kind }) => kind === 'ini')?.text.replace(/KEY ID OF 64 HEX DIGITS/, 'ab'.repeat(32)) ?? ''
  const { keys } = parsePolicy(text)
  assert.deepEqual([...keys.values()], [{ name: 'build server of the neighbours', builder: true }])
})

test('the picture is of a real run, of nobody\u2019s machine, and asks for nothing from elsewhere', () => {
  const svg = read('packaging/picture/run.svg')
  for (const said of ['can be used now', 'stand-in purged', 'your own build agrees', 'Hello, world!']) assert.ok(svg.includes(said), said)
  assert.doesNotMatch(svg, /href|<script|<image|url\(|\/root|\/home|\/work\b(?!\/hello)/)
})
