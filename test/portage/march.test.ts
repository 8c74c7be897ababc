/**
 * What native stands for is said so that the same compiler makes the same of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { HostError } from '../../src/base/errors.ts'
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

/** clang 14 on a Zen 3 without AVX2, which its user does not want either; shortened. */
const CLANG = `clang version 14.0.6
 (in-process)
 "/usr/bin/clang" "-cc1" "-triple" "x86_64-pc-linux-gnu" "-target-cpu" "znver3" "-tune-cpu" "znver3" "-target-feature" "+sse4.1" "-target-feature" "-tbm"`
const FEATURES = ' "-target-feature" "+64bit" "-target-feature" "+avx2" "-target-feature" "-avx2" "-o" "/dev/null" "-x" "c" "/dev/null"'

test('clang says it in its own way', async (t) => {
  const asked: string[] = []
  const run: Run = async (_, args) => {
    asked.push(args.join(' '))
    if (args.includes('--help=target')) return { exitCode: 1, stdout: '', stderr: "error: unsupported option '--help=target'" }
    if (args.includes('-march=native')) return { exitCode: 0, stdout: '', stderr: CLANG + FEATURES }
    return {
      exitCode: 0,
      stdout: '',
      stderr: ' "/usr/bin/clang" "-cc1" "-target-cpu" "znver3" "-tune-cpu" "znver3" "-target-feature" "-avx2"',
    }
  }
  const root = rootWith(t, { clang: '' })
  chmodSync(join(root, 'clang'), 0o755)
  const flags = ['-O2', '-mtune=native', '-march=native', '-mno-avx2']
  const resolved = await resolveMarch({ cc: join(root, 'clang'), flags, env, run, cache: new Map() })
  assert.deepEqual(resolved, ['-O2', '-mtune=znver3', '-march=znver3', '-mno-tbm', '-msse4.1', '-mno-avx2'])
  assert.deepEqual(asked, [
    '-mtune=native -march=native -mno-avx2 -Q --help=target --help=params',
    '-mtune=native -march=native -mno-avx2 -### -x c -c /dev/null -o /dev/null',
    '-mtune=znver3 -march=znver3 -mno-avx2 -Q --help=target --help=params',
    '-mtune=znver3 -march=znver3 -mno-avx2 -### -x c -c /dev/null -o /dev/null',
  ])
})

const clang = await runProgram('clang', ['--version'], { env, timeoutMs: 10_000, maxBytes: 10_000 }).then(
  ({ exitCode }) => exitCode === 0,
  () => false,
)

test('clang makes of the answer what it makes of the question', { skip: clang ? false : 'clang is not installed' }, async () => {
  const featuresOf = async (flags: readonly string[]): Promise<string[]> => {
    const { exitCode, stdout } = await runProgram('clang', [...flags, '-dM', '-E', '-x', 'c', '/dev/null'], {
      env,
      timeoutMs: 10_000,
      maxBytes: 2 ** 20,
    })
    assert.equal(exitCode, 0)
    return stdout.split('\n').toSorted()
  }
  const resolved = await resolveMarch({ cc: 'clang', flags: ['-march=native'], env, run: runProgram, cache: new Map() })
  assert.ok(resolved[0]?.startsWith('-march=') === true && !resolved.includes('-march=native'))
  assert.deepEqual(await featuresOf(resolved), await featuresOf(['-march=native']))
})

test('a compiler that does not say is an error, not a guess', async () => {
  for (const run of [silent, evasive])
    await assert.rejects(
      resolveMarch({ cc: '/bin/sh', flags: ['-march=native'], env, run, cache: new Map() }),
      (error) => error instanceof HostError && error.code === 'UNSUPPORTED',
    )
})
