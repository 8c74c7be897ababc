/**
 * The same tools have the same names on every host, and native means what this compiler says it means.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { HostError } from '../../src/base/errors.ts'
import { type MarchCache, resolveMarch } from '../../src/portage/march.ts'
import { type Run, runProgram } from '../../src/portage/run.ts'
import { plainVersion, readToolchain } from '../../src/portage/toolchain.ts'
import { rootWith } from './tree.ts'

const env = { PATH: '/usr/local/bin:/usr/bin:/bin' }
const gcc = await runProgram('gcc', ['-dumpmachine'], { env, timeoutMs: 10_000, maxBytes: 1000 }).then(
  ({ stdout }) => stdout.trim(),
  () => undefined,
)
const skip = gcc === undefined ? 'gcc is not installed' : false
const onMusl: Run = async (program, args) => {
  if (program === 'ldd') return { exitCode: 1, stdout: '', stderr: 'musl libc (x86_64)\nVersion 1.2.5\nDynamic Program Loader' }
  const stdout = args.includes('--version') ? `${program} (X) 14.2\n` : args.includes('-Wl,--version') ? 'GNU ld (GNU Binutils) 2.43\n' : ''
  return { exitCode: 0, stdout, stderr: '' }
}
const nothingIsStarted: Run = () => assert.fail('a program was started')
const silent: Run = async () => ({ exitCode: 1, stdout: '', stderr: 'error: unknown argument' })
const evasive: Run = async () => ({ exitCode: 0, stdout: '  -march=                     \t\tnative\n', stderr: '' })
const HASWELL =
  'The following options are target specific:\n  -mavx                       \t\t[enabled]\n  -march=                     \t\thaswell\n'
const question = { cc: '', cxx: '', chost: 'x86_64-pc-linux-gnu', env, run: runProgram }

const LINES: readonly [string, string][] = [
  ['gcc (Gentoo 14.2.1 p3) 14.2.1', 'gcc (Gentoo 14.2.1 p3) 14.2.1'],
  ['x86_64-pc-linux-gnu-gcc (Gentoo 14.2.1 p3) 14.2.1', 'gcc (Gentoo 14.2.1 p3) 14.2.1'],
  ['/usr/bin/x86_64-pc-linux-gnu-gcc-14 (Gentoo 14.2.1 p3) 14.2.1', 'gcc (Gentoo 14.2.1 p3) 14.2.1'],
  ['g++-12 (Debian 12.2.0) 12.2.0', 'g++ (Debian 12.2.0) 12.2.0'],
  ['clang version 20.1.8', 'clang version 20.1.8'],
]

for (const [line, plain] of LINES) {
  test(`${line} is ${plain}`, () => {
    assert.equal(plainVersion(line, 'x86_64-pc-linux-gnu'), plain)
  })
}

test('this machine: compiler, linker and C library say what they are', { skip }, async () => {
  const tools = await readToolchain(question)
  assert.match(tools.cc, /^gcc \(.+\) \d+\.\d+/)
  assert.match(tools.linker, /^GNU ld .*\d+\.\d+/)
  assert.match(tools.libc, /^(glibc|musl) \d+\.\d+/)
})

test('named by CHOST, by path or by number, it is the same toolchain', { skip }, async (t) => {
  const bin = join(rootWith(t, { 'bin/': '' }), 'bin')
  const real = (await runProgram('sh', ['-c', 'command -v gcc'], { env, timeoutMs: 10_000, maxBytes: 1000 })).stdout
  for (const name of ['x86_64-pc-linux-gnu-gcc', 'gcc-99']) symlinkSync(real, join(bin, name))
  const plain = (await readToolchain(question)).cc
  const path = `${bin}:${env.PATH}`
  for (const cc of ['', real, join(bin, 'gcc-99'), 'gcc -m64'])
    assert.equal((await readToolchain({ ...question, cc, env: { PATH: path } })).cc, plain)
})

test('no C++ compiler is no error; no C compiler is one', { skip }, async (t) => {
  const bin = join(rootWith(t, { 'bin/': '' }), 'bin')
  for (const name of ['gcc', 'ld', 'as', 'ldd']) {
    const { stdout } = await runProgram('sh', ['-c', `command -v ${name}`], { env, timeoutMs: 10_000, maxBytes: 1000 })
    symlinkSync(stdout, join(bin, name))
  }
  const tools = await readToolchain({ ...question, env: { PATH: bin } })
  assert.equal('cxx' in tools, false)
  await assert.rejects(readToolchain({ ...question, cc: 'no-such-compiler' }), { code: 'MISSING_PROGRAM' })
})

test('musl says it through its loader, with an exit code of 1', async () => {
  assert.deepEqual(await readToolchain({ ...question, cc: 'gcc', cxx: 'g++', run: onMusl }), {
    cc: 'gcc (X) 14.2',
    cxx: 'g++ (X) 14.2',
    linker: 'GNU ld (GNU Binutils) 2.43',
    libc: 'musl 1.2.5',
  })
})

test('a program sees the environment that it is given, and no other', async () => {
  const { stdout } = await runProgram('/usr/bin/env', [], { env: { ONLY: 'this' }, timeoutMs: 10_000, maxBytes: 1000 })
  assert.equal(stdout, 'ONLY=this')
})

test('a program that hangs, floods, or is missing is an error of the host', async () => {
  const limits = { env, timeoutMs: 10_000, maxBytes: 1000 }
  await assert.rejects(runProgram('sleep', ['60'], { ...limits, timeoutMs: 50 }), { code: 'TIMED_OUT' })
  await assert.rejects(runProgram('yes', [], limits), { code: 'PROGRAM_FAILED' })
  await assert.rejects(runProgram('no-such-program', [], limits), { code: 'MISSING_PROGRAM' })
  await assert.rejects(runProgram('sh', ['-c', 'kill -9 $$'], limits), { code: 'PROGRAM_FAILED' })
  assert.equal((await runProgram('sh', ['-c', 'exit 3'], limits)).exitCode, 3)
})

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
  const cache: MarchCache = new Map()
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
