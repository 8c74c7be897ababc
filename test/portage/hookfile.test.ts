/**
 * Switching the hook on and off leaves every byte of the user's bashrc as it was, whatever the file is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { HostError } from '../../src/base/errors.ts'
import { findBlock, HOOK_LINES, withBlock, withoutBlock } from '../../src/portage/hookblock.ts'
import { disableHook, enableHook, hookStatus } from '../../src/portage/hookfile.ts'
import { rootWith } from './tree.ts'

const RC = 'etc/portage/bashrc'
const isRoot = process.geteuid?.() === 0

const KINDS: readonly [string, string][] = [
  ['an empty file', ''],
  ['lines', 'export A=1\n# a comment\n'],
  ['a last line without its end', 'export A=1'],
  ['empty lines at the end', 'export A=1\n\n\n'],
  ['bytes that are no text', 'A=\u0000\u00ff\u00fe\r\n\t'],
  ['the loop of a bashrc.d', 'for f in /etc/portage/bashrc.d/*.sh; do\n\tsource "$f"\ndone\n'],
]

for (const [what, text] of KINDS) {
  test(`${what}: on, on again, off, off again`, (t) => {
    const root = rootWith(t, { [RC]: '', 'etc/portage/bashrc.d/10-own.sh': ':\n' })
    const path = join(root, RC)
    const before = Buffer.from(text, 'latin1')
    writeFileSync(path, before)
    assert.deepEqual(hookStatus({ root }), { path, state: 'off' })
    assert.deepEqual(enableHook({ root, pretend: true }), { path, changed: true })
    assert.deepEqual(readFileSync(path), before)
    assert.deepEqual(enableHook({ root }), { path, changed: true })
    const on = readFileSync(path)
    assert.deepEqual(on.subarray(0, before.length), before)
    assert.ok(on.includes(HOOK_LINES[0] ?? ''))
    assert.deepEqual(hookStatus({ root }), { path, state: 'on' })
    assert.deepEqual(enableHook({ root }), { path, changed: false })
    assert.deepEqual(readFileSync(path), on)
    assert.deepEqual(disableHook({ root, pretend: true }), { path, changed: true })
    assert.deepEqual(readFileSync(path), on)
    assert.deepEqual(disableHook({ root }), { path, changed: true })
    assert.deepEqual(readFileSync(path), before)
    assert.deepEqual(disableHook({ root }), { path, changed: false })
    assert.deepEqual(readdirSync(join(root, 'etc/portage')), ['bashrc', 'bashrc.d'])
  })
}

test('a missing file comes and goes', (t) => {
  const root = rootWith(t, { 'etc/portage/': '' })
  assert.deepEqual(disableHook({ root }), { path: join(root, RC), changed: false })
  enableHook({ root, pretend: true })
  assert.deepEqual(readdirSync(join(root, 'etc/portage')), [])
  enableHook({ root })
  assert.equal(statSync(join(root, RC)).mode & 0o7777, 0o644)
  disableHook({ root })
  assert.deepEqual(readdirSync(join(root, 'etc/portage')), [])
})

test('a file that was missing and got lines of the user\u2019s meanwhile stays, with those', (t) => {
  const root = rootWith(t, { 'etc/portage/': '' })
  enableHook({ root })
  writeFileSync(join(root, RC), 'export MINE=1\n', { flag: 'a' })
  disableHook({ root })
  assert.equal(readFileSync(join(root, RC), 'utf8'), 'export MINE=1\n')
})

test('lines that were added below a file without its last newline stay lines of their own', (t) => {
  const root = rootWith(t, { [RC]: 'A=1' })
  enableHook({ root })
  writeFileSync(join(root, RC), 'B=2\n', { flag: 'a' })
  disableHook({ root })
  assert.equal(readFileSync(join(root, RC), 'utf8'), 'A=1\nB=2\n')
})

for (const between of ['B=2\n', 'B=2\nA=1x\n']) {
  test(`lines that were added between a file without its last newline and the block stay as they are: ${JSON.stringify(between)}`, (t) => {
    const root = rootWith(t, { [RC]: 'A=1' })
    enableHook({ root })
    const on = readFileSync(join(root, RC), 'utf8')
    const at = on.indexOf('# >>> standin')
    writeFileSync(join(root, RC), on.slice(0, at) + between + on.slice(at))
    disableHook({ root })
    assert.equal(readFileSync(join(root, RC), 'utf8'), `A=1\n${between}`)
  })
}

test('a link stays a link, and the file that it leads to is changed', (t) => {
  const root = rootWith(t, { 'home/dotfiles/rc': 'A=1\n', 'etc/portage/': '' })
  symlinkSync('../../home/dotfiles/rc', join(root, 'etc/portage/step'))
  symlinkSync('step', join(root, RC))
  assert.deepEqual(enableHook({ root }), { path: join(root, 'home/dotfiles/rc'), changed: true })
  assert.equal(readlinkSync(join(root, RC)), 'step')
  assert.equal(hookStatus({ root }).state, 'on')
  disableHook({ root })
  assert.equal(readFileSync(join(root, 'home/dotfiles/rc'), 'utf8'), 'A=1\n')
  assert.ok(lstatSync(join(root, RC)).isSymbolicLink())
})

test('a link to nothing leads to a new file, and to nothing again', (t) => {
  const root = rootWith(t, { 'home/': '', 'etc/portage/': '' })
  symlinkSync('../../home/rc', join(root, RC))
  enableHook({ root })
  assert.ok(existsSync(join(root, 'home/rc')))
  disableHook({ root })
  assert.ok(!existsSync(join(root, 'home/rc')) && lstatSync(join(root, RC)).isSymbolicLink())
})

test('mode and owner stay', { skip: isRoot ? false : 'only root can give a file away' }, (t) => {
  const root = rootWith(t, { [RC]: 'A=1\n' })
  const path = join(root, RC)
  chmodSync(path, 0o640)
  chownSync(path, 123, 456)
  for (const change of [enableHook, disableHook]) {
    assert.equal(change({ root }).changed, true)
    const { mode, uid, gid } = statSync(path)
    assert.deepEqual([mode & 0o7777, uid, gid], [0o640, 123, 456])
  }
})

const refusedAs = (code: string) => (error: unknown) => error instanceof HostError && error.code === code

test('refused and left alone: a folder, a link in a circle, a file of several names', (t) => {
  const folder = rootWith(t, { [`${RC}/10-x`]: '' })
  const circle = rootWith(t, { 'etc/portage/': '' })
  symlinkSync('bashrc', join(circle, RC))
  const named = rootWith(t, { [RC]: 'A=1\n' })
  linkSync(join(named, RC), join(named, 'other'))
  for (const root of [folder, circle, named]) {
    assert.throws(() => enableHook({ root }), refusedAs('UNSUPPORTED'))
    assert.equal(readdirSync(join(root, 'etc/portage')).length, 1)
  }
  assert.equal(readFileSync(join(named, RC), 'utf8'), 'A=1\n')
})

const ONCE = withBlock('A=1\n', 'rc')
for (const [what, text] of [
  ['no end', ONCE.replace(/# <<<.*\n/, '')],
  ['no beginning', ONCE.replace(/# >>>.*\n/, '')],
  ['two', ONCE + withBlock('', 'rc')],
  ['end before beginning', '# <<< standin <<<\n# >>> standin >>>\n'],
] as const) {
  test(`half a block is a person\u2019s to mend: ${what}`, (t) => {
    const root = rootWith(t, { [RC]: text })
    for (const act of [enableHook, disableHook, hookStatus]) assert.throws(() => act({ root }), refusedAs('BAD_STATE'))
    assert.equal(readFileSync(join(root, RC), 'utf8'), text)
  })
}

test('lines of an older version are outdated, brought up to date in their place, and taken away', (t) => {
  const root = rootWith(t, { [RC]: `A=1\n${withBlock('', 'rc').replace(HOOK_LINES[0] ?? '', 'source /old/place')}B=2\n` })
  assert.equal(hookStatus({ root }).state, 'outdated')
  assert.equal(enableHook({ root }).changed, true)
  assert.equal(readFileSync(join(root, RC), 'utf8'), `A=1\n${withBlock('', 'rc')}B=2\n`)
  disableHook({ root })
  assert.equal(readFileSync(join(root, RC), 'utf8'), 'A=1\nB=2\n')
})

test('on a read-only filesystem: refused with the way out, and nothing changed', { skip: isRoot ? false : 'only root can mount' }, (t) => {
  const root = rootWith(t, { [RC]: 'A=1\n' })
  const script = `import { enableHook } from ${JSON.stringify(join(import.meta.dirname, '../../src/portage/hookfile.ts'))}
    try { enableHook({ root: ${JSON.stringify(root)} }) } catch (error) { console.log(error.code, error.message) }`
  const mounted = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
  const said = execFileSync('unshare', ['--mount', 'sh', '-c', mounted, root, process.execPath, '--input-type=module', '-e', script], {
    encoding: 'utf8',
  })
  assert.match(said, /^UNSUPPORTED bashrc in .* read-only filesystem/)
  assert.ok(said.includes(HOOK_LINES[0] ?? ''))
  assert.equal(readFileSync(join(root, RC), 'utf8'), 'A=1\n')
})

test('an immutable file: refused with where to look, and nothing changed', { skip: isRoot ? false : 'only root can make it so' }, (t) => {
  const root = rootWith(t, { [RC]: 'A=1\n' })
  const path = join(root, RC)
  try {
    execFileSync('chattr', ['+i', path], { stdio: 'ignore' })
  } catch {
    return t.skip('this filesystem has no immutable files')
  }
  try {
    assert.throws(() => enableHook({ root }), { code: 'UNSUPPORTED', message: /even by root .*lsattr/ })
    assert.deepEqual(readdirSync(join(root, 'etc/portage')), ['bashrc'])
  } finally {
    execFileSync('chattr', ['-i', path])
  }
  assert.equal(readFileSync(path, 'utf8'), 'A=1\n')
})

test('bash takes the lines, finds nothing to source, and goes on', (t) => {
  const root = rootWith(t, { [RC]: 'before=1' })
  enableHook({ root })
  const path = join(root, RC)
  assert.equal(execFileSync('bash', ['-c', `source "$0"; echo "$before"; declare -F; echo on`, path], { encoding: 'utf8' }), '1\non\n')
})

test('the lines are those of the bashrc that is shipped', () => {
  const shipped = readFileSync(join(import.meta.dirname, '../../etc-portage/bashrc'), 'utf8')
  assert.ok(HOOK_LINES.every((line) => shipped.split('\n').includes(line)))
})

test('property: any bytes come back', () => {
  const text = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('latin1'))
  fc.assert(
    fc.property(fc.option(text, { nil: undefined }), (before) => {
      const on = withBlock(before, 'rc')
      assert.ok(findBlock(on, 'rc')?.current)
      assert.equal(withBlock(on, 'rc'), on)
      assert.equal(withoutBlock(on, 'rc'), before)
    }),
  )
})
