/**
 * The same tools have the same names on every host, and native means what this compiler says it means.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Run, runProgram } from '../../src/portage/run.ts'
import { plainVersion, readToolchain, type ToolchainQuestion } from '../../src/portage/toolchain.ts'
import { rootWith } from './tree.ts'

const env = { PATH: '/usr/local/bin:/usr/bin:/bin' }
const gcc = await runProgram('gcc', ['-dumpmachine'], { env, timeoutMs: 10_000, maxBytes: 1000 }).then(
  ({ stdout }) => stdout.trim(),
  () => undefined,
)
const skip = gcc === undefined ? 'gcc is not installed' : false
const onMusl: Run = async (program, args) => {
  if (program === 'ldd') return { exitCode: 1, stdout: '', stderr: 'musl libc (x86_64)\nVersion 1.2.5\nDynamic Program Loader' }
  const said: Readonly<Record<string, string>> = {
    '--version': `${program} (X) 14.2\n`,
    '-Wl,--version': 'GNU ld (GNU Binutils) 2.43\n',
    '-dumpspecs': '*cpp:\n\n',
    '--help=common': '  -fpie  [enabled]\n',
    '-nostdinc': '#define __PIE__ 2\n',
  }
  return { exitCode: 0, stdout: args.flatMap((word) => said[word] ?? []).join(''), stderr: '' }
}
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
  assert.match(tools.defaults, /^[0-9a-f]{64}$/)
})

test('named by CHOST, by path or by number, it is the same toolchain', { skip }, async (t) => {
  const bin = join(rootWith(t, { 'bin/': '' }), 'bin')
  const real = (await runProgram('sh', ['-c', 'command -v gcc'], { env, timeoutMs: 10_000, maxBytes: 1000 })).stdout
  for (const name of ['x86_64-pc-linux-gnu-gcc', 'gcc-99']) symlinkSync(real, join(bin, name))
  const plain = await readToolchain(question)
  const path = `${bin}:${env.PATH}`
  for (const cc of ['', real, join(bin, 'gcc-99'), 'gcc -m64'])
    assert.deepEqual(await readToolchain({ ...question, cc, env: { PATH: path } }), plain)
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
  const { defaults, ...tools } = await readToolchain({ ...question, cc: 'gcc', cxx: 'g++', run: onMusl })
  assert.match(defaults, /^[0-9a-f]{64}$/)
  assert.deepEqual(tools, {
    cc: 'gcc (X) 14.2',
    cxx: 'g++ (X) 14.2',
    linker: 'GNU ld (GNU Binutils) 2.43',
    libc: 'musl 1.2.5',
  })
})

const LINKS: readonly [string, Partial<ToolchainQuestion>, string][] = [
  ['nothing is chosen', {}, 'GNU ld'],
  ['CFLAGS and CXXFLAGS choose it', { cflags: '-O2 -fuse-ld=gold', cxxflags: '-fuse-ld=gold' }, 'GNU gold'],
  ['LDFLAGS choose another one than CFLAGS', { cflags: '-fuse-ld=gold', cxxflags: '-fuse-ld=gold', ldflags: '-fuse-ld=mold' }, 'mold'],
  ['the last one counts', { ldflags: '-fuse-ld=mold -Wl,-O1 -fuse-ld=lld -fuse-ld=gold' }, 'GNU gold'],
  ['only C++ is linked by another one', { cxxflags: '-fuse-ld=lld' }, 'GNU ld, LLD'],
]

const linking: Run = async (program, args, options) => {
  if (!args.includes('-Wl,--version')) return await onMusl(program, args, options)
  const named = /-fuse-ld=(\S+)/.exec(args.join(' '))?.[1] ?? 'bfd'
  return { exitCode: 0, stdout: { bfd: 'GNU ld', gold: 'GNU gold', lld: 'LLD', mold: 'mold' }[named] ?? '', stderr: '' }
}

for (const [what, flags, linker] of LINKS) {
  test(`the linker where ${what}: ${linker}`, async () => {
    assert.equal((await readToolchain({ ...question, cc: 'gcc', cxx: 'g++', ...flags, run: linking })).linker, linker)
  })
}

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
