/**
 * `standin hook`, `standin key` and `standin daemon`.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { difference } from '../../src/cli/commands/hook.ts'
import { errorDocument, hookDocument, keyDocument } from '../../src/cli/documents.ts'
import { HOOK_LINES } from '../../src/portage/hookblock.ts'
import { keyId, loadOrCreateKey } from '../../src/trust/key.ts'
import { parsePolicy } from '../../src/trust/policy.ts'
import { standin, standinJson, worldIn } from './support/world.ts'

test('the hook: off, shown, on, shown, off', async (t) => {
  const world = worldIn(t)
  const path = join(world.root, 'etc/portage/bashrc')
  writeFileSync(path, 'export A=1\n')
  assert.deepEqual(await standin(world, 'hook', '--status'), { code: 3, stdout: `off  ${path}\n`, stderr: '' })

  const shown = await standin(world, 'hook', '--enable', '--pretend')
  assert.equal(shown.code, 0)
  assert.match(shown.stdout, /^\/.*\/bashrc\n\+# >>> standin >>>.*\n\+if \[\[ -r .*\n\+# <<< standin <<<\n$/)
  assert.match(shown.stderr, /the hook would be on/)
  assert.equal(readFileSync(path, 'utf8'), 'export A=1\n')

  const on = await standinJson(world, hookDocument, 'hook', '--enable')
  assert.deepEqual([on.code, on.document.changed, on.document.state, on.document.removed], [0, true, 'on', []])
  assert.deepEqual(on.document.added.slice(1, -1), HOOK_LINES)
  assert.match(readFileSync(path, 'utf8'), /^export A=1\n# >>> standin >>>/)
  assert.deepEqual(await standin(world, 'hook', '--status', '-q'), { code: 0, stdout: 'on\n', stderr: '' })
  assert.match((await standin(world, 'hook', '--enable')).stderr, /was on already/)

  const off = await standinJson(world, hookDocument, 'hook', '--disable', '-p')
  assert.deepEqual([off.document.changed, off.document.state, off.document.added, off.document.removed.length], [true, 'on', [], 3])
  assert.equal((await standin(world, 'hook', '--disable')).code, 0)
  assert.equal(readFileSync(path, 'utf8'), 'export A=1\n')
})

test('where there was no bashrc there is none afterwards', async (t) => {
  const world = worldIn(t)
  const path = join(world.root, 'etc/portage/bashrc')
  assert.equal((await standin(world, 'hook', '--enable')).code, 0)
  assert.ok(existsSync(path))
  assert.match((await standin(world, 'hook', '--disable', '--verbose')).stdout, /^-if \[\[ -r/m)
  assert.equal(existsSync(path), false)
})

test('lines of an older standin are said and brought up to date', async (t) => {
  const world = worldIn(t)
  const path = join(world.root, 'etc/portage/bashrc')
  await standin(world, 'hook', '--enable')
  writeFileSync(path, readFileSync(path, 'utf8').replace('if [[ -r', 'if test -r'))
  const { code, stdout, stderr } = await standin(world, 'hook', '--status')
  assert.deepEqual([code, stdout], [1, `outdated  ${path}\n`])
  assert.match(stderr, /standin hook --enable/)
  const { document } = await standinJson(world, hookDocument, 'hook', '--enable')
  assert.deepEqual([document.removed.length, document.added, document.state], [1, HOOK_LINES, 'on'])
})

test('a damaged block is left alone', async (t) => {
  const world = worldIn(t)
  const path = join(world.root, 'etc/portage/bashrc')
  writeFileSync(path, '# <<< standin <<<\n')
  for (const what of ['--enable', '--disable', '--status']) {
    const { code, document } = await standinJson(world, errorDocument, 'hook', what)
    assert.deepEqual([what, code, document.code], [what, 1, 'BAD_STATE'])
  }
  assert.equal(readFileSync(path, 'utf8'), '# <<< standin <<<\n')
})

test('a difference of two texts is one change', () => {
  assert.deepEqual(difference(['a', 'b', 'c'], ['a', 'x', 'y', 'c']), { removed: ['b'], added: ['x', 'y'] })
  assert.deepEqual(difference(['a', 'a'], ['a', 'a', 'a']), { removed: [], added: ['a'] })
  assert.deepEqual(difference(['a'], ['a']), { removed: [], added: [] })
  assert.deepEqual(difference([], ['a']), { removed: [], added: ['a'] })
})

test('key: what another host writes down is a policy that lets this one count', async (t) => {
  const world = worldIn(t)
  const none = await standinJson(world, errorDocument, 'key')
  assert.deepEqual([none.code, none.document.code], [3, 'NOT_FOUND'])
  const { keyid } = loadOrCreateKey(join(world.folders.state, 'key.pem'))
  assert.deepEqual(await standin(world, 'key', '--quiet'), { code: 0, stdout: `${keyid}\n`, stderr: '' })
  const { stdout } = await standin(world, 'key')
  assert.doesNotMatch(stdout, /public key/)
  const policy = parsePolicy(stdout.slice(stdout.indexOf('\n') + 1))
  assert.deepEqual([...policy.keys], [[keyid, { name: 'host-a', builder: false }]])
  assert.match((await standin(world, 'key', '-v')).stdout, /^public key {2}[A-Za-z0-9+/]{43}=$/m)
  const { document } = await standinJson({ ...world, hostname: '\u001b]; [x]\n' }, keyDocument, 'key')
  assert.equal(keyId(Buffer.from(document.publicKey, 'base64')), keyid)
  assert.equal(parsePolicy(document.policy).keys.get(keyid)?.name, 'x')
})

test('a key that others can read is not shown', async (t) => {
  const world = worldIn(t)
  loadOrCreateKey(join(world.folders.state, 'key.pem'))
  chmodSync(join(world.folders.state, 'key.pem'), 0o644)
  const { code, stdout } = await standin(world, 'key')
  assert.deepEqual([code, stdout], [1, ''])
})

test('daemon: the launcher is run with the same arguments, and its exit code is given back', async (t) => {
  const ran: unknown[] = []
  const execute = (program: string, args: readonly string[]): Promise<number> => {
    ran.push([program, args])
    return Promise.resolve(7)
  }
  const world = { ...worldIn(t), execute, uid: 0 }
  assert.equal((await standin(world, 'daemon', '--json', 'x')).code, 7)
  assert.deepEqual(ran, [[world.launcher, ['--json', 'x']]])
  assert.deepEqual(await standin(world, '-p', 'daemon', 'x'), { code: 0, stdout: `${world.launcher} x\n`, stderr: '' })
  const { code, stderr } = await standin({ ...world, uid: 250 }, 'daemon')
  assert.deepEqual([code, stderr.startsWith(' * only root may run the daemon')], [1, true])
  assert.equal(ran.length, 1)
})
