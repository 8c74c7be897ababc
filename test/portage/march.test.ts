/**
 * What native stands for is said so that the same compiler makes the same of it, and what others built runs here or is refused.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { HostError } from '../../src/base/errors.ts'
import { canRun } from '../../src/portage/isa.ts'
import { resolveMarch } from '../../src/portage/march.ts'
import { type Run, runProgram } from '../../src/portage/run.ts'
import type { OptionsCache } from '../../src/portage/targetoptions.ts'
import { rootWith } from './tree.ts'

const env = { PATH: '/usr/local/bin:/usr/bin:/bin' }
const machine = await runProgram('gcc', ['-dumpmachine'], { env, timeoutMs: 10_000, maxBytes: 1000 }).then(
  ({ stdout }) => stdout.trim(),
  () => undefined,
)
const skip = machine === undefined ? 'gcc is not installed' : false
const skipOther = machine?.startsWith('x86_64') === true ? false : 'gcc for x86-64 is not installed'
const nothingIsStarted: Run = () => assert.fail('a program was started')
const silent: Run = async () => ({ exitCode: 1, stdout: '', stderr: 'error: unknown argument' })
const evasive: Run = async () => ({ exitCode: 0, stdout: '  -march=                     \t\tnative\n', stderr: '' })
const HASWELL =
  'The following options are target specific:\n  -mavx                       \t\t[enabled]\n  -march=                     \t\thaswell\n'

async function targetOf(flags: readonly string[]): Promise<string> {
  const { stdout } = await runProgram('gcc', [...flags, '-Q', '--help=target', '--help=params'], {
    env,
    timeoutMs: 10_000,
    maxBytes: 2 ** 20,
  })
  return stdout
}

for (const flags of [
  ['-march=native'],
  ['-O2', '-march=native', '-pipe'],
  ['-mtune=native', '-march=x86-64-v2'],
  ['-march=native', '-mno-avx2'],
]) {
  test(`${flags.join(' ')}: the compiler makes of the answer what it makes of the question`, { skip }, async () => {
    const resolved = await resolveMarch({ cc: 'gcc', flags, env, run: runProgram, cache: new Map() })
    assert.equal(
      resolved.some((flag) => flag.includes('native')),
      false,
    )
    assert.equal(await targetOf(resolved), await targetOf(flags))
    for (const flag of flags.filter((one) => !one.includes('native'))) assert.ok(resolved.includes(flag))
  })
}

test('without native no compiler is asked, and the flags stay as they are', async () => {
  const flags = ['-O2', '-march=x86-64-v3', '-O2']
  assert.deepEqual(await resolveMarch({ cc: 'gcc', flags, env, run: nothingIsStarted, cache: new Map() }), flags)
})

test('a compiler is asked once, and again when it was replaced', async (t) => {
  const root = rootWith(t)
  mkdirSync(join(root, 'bin'))
  const cc = join(root, 'bin/gcc')
  const asked: string[] = []
  const run: Run = async (_, args) => (asked.push(args.join(' ')), { exitCode: 0, stdout: HASWELL, stderr: '' })
  const install = (time: number): void => {
    writeFileSync(cc, '')
    chmodSync(cc, 0o755)
    utimesSync(cc, time, time)
  }
  const cache: OptionsCache = new Map()
  const ask = (): Promise<readonly string[]> => resolveMarch({ cc, flags: ['-march=native'], env, run, cache })
  install(1_000_000)
  assert.deepEqual([await ask(), await ask()], [['-march=haswell'], ['-march=haswell']])
  assert.deepEqual(asked, ['-march=native -Q --help=target --help=params', '-march=haswell -Q --help=target --help=params'])
  install(2_000_000)
  await ask()
  assert.equal(asked.length, 4)
})

test('a compiler that does not say is an error, not a guess', async () => {
  for (const run of [silent, evasive])
    await assert.rejects(
      resolveMarch({ cc: '/bin/sh', flags: ['-march=native'], env, run, cache: new Map() }),
      (error) => error instanceof HostError && error.code === 'UNSUPPORTED',
    )
})

const RUNS: readonly [readonly string[], boolean][] = [
  [[], true],
  [['-O2', '-pipe', '-fplugin=/tmp/x.so', '-mtune=znver3'], true],
  [['-march=x86-64'], true],
  [['-march=k8'], false],
  [['-march=bdver1'], false],
  [['-march=x86-64', '-mamx-tile', '-mfma4', '-mavx512fp16'], false],
  [['-march=native'], false],
  [['-march=no-such-processor'], false],
  [['-march=x86-64', '-mno-such-flag'], false],
  [['-march=x86-64;reboot'], false],
  [['-mfoo=/etc/passwd'], false],
]

for (const [flags, runs] of RUNS) {
  test(`built with ${flags.join(' ') || 'no flags'}: ${runs ? 'runs' : 'is not known to run'} here`, { skip: skipOther }, async () => {
    assert.equal(await canRun({ cc: 'gcc', flags, env, run: runProgram, cache: new Map() }), runs)
  })
}

test('what native is resolved to here runs here', { skip }, async () => {
  const cache: OptionsCache = new Map()
  const flags = await resolveMarch({ cc: 'gcc', flags: ['-O2', '-march=native'], env, run: runProgram, cache })
  assert.equal(await canRun({ cc: 'gcc', flags, env, run: runProgram, cache }), true)
})

test('no word of a stranger but plain machine flags reaches the compiler', async (t) => {
  const root = rootWith(t, { 'bin/gcc': '' })
  chmodSync(join(root, 'bin/gcc'), 0o755)
  const asked: string[][] = []
  const run: Run = async (_, args) => (asked.push([...args]), { exitCode: 0, stdout: HASWELL, stderr: '' })
  const flags = ['-O2', '@file', '-fplugin=x', '-Wl,-x', '-specs=x', '-march=haswell', '-mavx', '-I/x', '--param=x=1']
  assert.equal(await canRun({ cc: join(root, 'bin/gcc'), flags, env, run, cache: new Map() }), true)
  assert.deepEqual(asked[0], ['-march=haswell', '-mavx', '-mtune=generic', '-Q', '--help=target', '--help=params'])
  assert.equal(await canRun({ cc: join(root, 'bin/gcc'), flags: ['-march=@file'], env, run, cache: new Map() }), false)
  assert.equal(asked.length, 2)
})
