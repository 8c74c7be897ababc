/**
 * What else hangs on the user's bashrc stays when the hook is switched, and where it can't be, one line says what to do.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { HOOK_LINES } from '../../src/portage/hookblock.ts'
import { disableHook, enableHook } from '../../src/portage/hookfile.ts'
import { rootWith } from './tree.ts'
import { atEnd } from '../support/atEnd.ts'

const RC = 'etc/portage/bashrc'
const isRoot = process.geteuid?.() === 0

function python(program: string, ...args: readonly string[]): string {
  return execFileSync('python3', ['-I', '-c', `import os, sys, struct\n${program}`, ...args], { encoding: 'utf8' })
}

/** Names and values of the attributes of a file, in hex. */
const attributes = (path: string): string =>
  python('print(sorted((n, os.getxattr(sys.argv[1], n).hex()) for n in os.listxattr(sys.argv[1])))', path)

/** Gives a file an attribute of the user's and an access list with a named user; skips where the filesystem has none. */
function decorate(t: TestContext, path: string): boolean {
  const acl =
    'b"".join(struct.pack("<HHI", *e) for e in ((1, 6, 4294967295), (2, 4, 99), (4, 4, 4294967295), (16, 4, 4294967295), (32, 0, 4294967295)))'
  try {
    python(
      `os.setxattr(sys.argv[1], "user.note", b"mine")\nos.setxattr(sys.argv[1], "system.posix_acl_access", struct.pack("<I", 2) + ${acl})`,
      path,
    )
    return true
  } catch {
    t.skip('this filesystem has no attributes')
    return false
  }
}

test('attributes, an access list and set-id bits stay', (t) => {
  const root = rootWith(t, { [RC]: 'A=1\n' })
  const path = join(root, RC)
  if (!decorate(t, path)) return
  chmodSync(path, 0o6640)
  const before = attributes(path)
  assert.match(before, /posix_acl_access.*user\.note/)
  for (const change of [enableHook, disableHook]) {
    assert.equal(change({ root }).changed, true)
    assert.deepEqual([attributes(path), statSync(path).mode & 0o7777], [before, 0o6640])
  }
  assert.equal(readFileSync(path, 'utf8'), 'A=1\n')
})

test('a new bashrc is for all to read, whatever the umask', (t) => {
  const root = rootWith(t, { 'etc/portage/': '' })
  const umask = process.umask(0o077)
  atEnd(t, () => process.umask(umask))
  enableHook({ root })
  assert.equal(statSync(join(root, RC)).mode & 0o7777, 0o644)
})

test('no /etc/portage, or a link into a folder that is missing: the folder to make is named, and none is made', (t) => {
  const none = rootWith(t)
  const linked = rootWith(t, { 'etc/portage/': '' })
  symlinkSync('../../home/dotfiles/rc', join(linked, RC))
  for (const [root, folder] of [
    [none, join(none, 'etc/portage')],
    [linked, join(linked, 'home/dotfiles')],
  ] as const) {
    assert.throws(() => enableHook({ root }), {
      name: 'HostError',
      code: 'UNSUPPORTED',
      message: new RegExp(`^${folder} is missing.*mkdir -p ${folder}$`),
    })
    assert.equal(disableHook({ root }).changed, false)
    assert.equal(existsSync(folder), false)
  }
})

test(
  'a bashrc that is mounted: refused with the line to add, and nothing left behind',
  { skip: isRoot ? false : 'only root can mount' },
  (t) => {
    const root = rootWith(t, { [RC]: 'A=1\n' })
    const path = join(root, RC)
    const script = `import { enableHook } from ${JSON.stringify(join(import.meta.dirname, '../../src/portage/hookfile.ts'))}
    try { enableHook({ root: ${JSON.stringify(root)} }) } catch (error) { console.log(error.code, error.message) }`
    const said = execFileSync(
      'unshare',
      ['--mount', 'sh', '-c', 'mount --bind "$0" "$0" && exec "$@"', path, process.execPath, '--input-type=module', '-e', script],
      { encoding: 'utf8' },
    )
    assert.match(said, /^UNSUPPORTED bashrc in .* is mounted there/)
    assert.ok(said.includes(HOOK_LINES[0] ?? ''))
    assert.deepEqual([readdirSync(join(root, 'etc/portage')), readFileSync(path, 'utf8')], [['bashrc'], 'A=1\n'])
  },
)

test('attributes that can not be kept: refused with the line to add, and nothing changed', (t) => {
  const root = rootWith(t, { [RC]: 'A=1\n' })
  const bin = join(root, 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'python3'), '#!/bin/sh\necho "OSError: not here" >&2\nexit 1\n', { mode: 0o755 })
  const { PATH } = process.env
  atEnd(t, () => (process.env['PATH'] = PATH))
  process.env['PATH'] = bin
  assert.throws(() => enableHook({ root }), { code: 'UNSUPPORTED', message: /could not be kept \(OSError: not here\): change it by hand/ })
  assert.deepEqual([readdirSync(join(root, 'etc/portage')), readFileSync(join(root, RC), 'utf8')], [['bashrc'], 'A=1\n'])
})
