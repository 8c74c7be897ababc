/**
 * Compilers of one version that do other things unasked are told apart; where they lie, and what they call a file of the moment, tells nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { defaultsOf } from '../../src/portage/defaults.ts'
import { type Ran, runProgram } from '../../src/portage/run.ts'
import { rootWith } from './tree.ts'

const env = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' }
const start = async ([program = '', ...args]: readonly string[]): Promise<Ran> =>
  await runProgram(program, args, { env, timeoutMs: 20_000, maxBytes: 4 * 1024 * 1024 })
const hasGcc = await start(['gcc', '-dumpspecs']).then(
  ({ exitCode }) => exitCode === 0,
  () => false,
)
const skip = hasGcc ? false : 'gcc is not installed'
const ofGcc = (...words: string[]): Promise<string> => defaultsOf({ words, language: 'c', start })

describe('gcc of this machine', { skip }, () => {
  test('says the same twice, by any name', async () => {
    assert.match(await ofGcc('gcc'), /^[0-9a-f]{64}$/)
    assert.equal(await ofGcc('gcc'), await ofGcc('/usr/bin/gcc'))
  })

  // As USE flags of it make one or the other the default.
  for (const [one, other] of [
    ['-fstack-clash-protection', '-fno-stack-clash-protection'],
    ['-fcf-protection=full', '-fcf-protection=none'],
    ['-fstack-protector-strong', '-fno-stack-protector'],
    ['-U_FORTIFY_SOURCE', '-D_FORTIFY_SOURCE=9'],
    ['-march=x86-64', '-march=x86-64-v3'],
    ['-fpie', '-fno-pie'],
  ] as const)
    test(`that is ${one} unasked is told from one that is ${other}`, async () =>
      assert.notEqual(await ofGcc('gcc', one), await ofGcc('gcc', other)))

  test('is told from one with a specs file, by what is in it', async (t) => {
    const folder = rootWith(t)
    const withSpecs = async (text: string): Promise<string> => {
      writeFileSync(join(folder, 'specs'), text)
      return await ofGcc('gcc', `-specs=${join(folder, 'specs')}`)
    }
    const one = await withSpecs('*cc1:\n+ %{O3:-fno-tree-vectorize}\n\n')
    assert.notEqual(one, await ofGcc('gcc'))
    assert.notEqual(one, await withSpecs('*cc1:\n+ %{O3:-fno-tree-slp-vectorize}\n\n'))
    assert.equal(one, await withSpecs('*cc1:\n+ %{O3:-fno-tree-vectorize}\n\n'))
  })
})

interface Clang {
  readonly folder: string
  readonly name: string
  readonly gcc: string
  readonly flags: string
  readonly link: string
  readonly folders: string
}

const CLANG: Clang = { folder: '/usr/lib/llvm/17', name: 'null-fe2f01', gcc: '14', flags: '', link: '', folders: '"-L/lib/../lib64"' }

const answer = (stdout: string, stderr: string): Ran => ({ exitCode: 0, stdout, stderr })

/** As clang 17 says it. */
async function ofClang(change: Partial<Clang> = {}): Promise<string> {
  const { folder, name, gcc, flags, link, folders } = { ...CLANG, ...change }
  const version = `clang version 17.0.6\nInstalledDir: ${folder}/bin\nSelected GCC installation: /usr/lib/gcc/x86_64-pc-linux-gnu/${gcc}\n`
  const commands =
    ` "${folder}/bin/clang-17" "-cc1" "-triple" "x86_64-pc-linux-gnu" "-target-cpu" "x86-64"${flags} "-resource-dir" "${folder}/lib/clang/17" ` +
    `"-internal-isystem" "${folder}/lib/clang/17/include" "-fdebug-compilation-dir=${folder}" "-O2" "-o" "/tmp/${name}.o" "-x" "c" "/dev/null"\n` +
    ` "${folder}/bin/ld.lld"${link} "-dynamic-linker" "/lib64/ld-linux-x86-64.so.2" "-o" "/dev/null" "/usr/lib64/Scrt1.o" ${folders} "/tmp/${name}.o" "-lc"\n`
  const run = async (words: readonly string[]): Promise<Ran> => {
    if (words.includes('-dumpspecs')) return { exitCode: 1, stdout: '', stderr: "clang: error: unsupported option '-dumpspecs'" }
    if (words.includes('-###')) return answer('', version + commands)
    return words.includes('-dM') ? answer('#define __clang__ 1', version) : { exitCode: 1, stdout: '', stderr: '' }
  }
  return await defaultsOf({ words: ['clang'], language: 'c', start: run })
}

const SAME: readonly [string, Partial<Clang>][] = [
  ['another file of the moment', { name: 'null-0a1b2c' }],
  ['another folder', { folder: '/opt/llvm' }],
  ['a folder of libraries that is there', { folders: '"-L/lib/../lib64" "-L/usr/x86_64-pc-linux-gnu/lib"' }],
]
for (const [what, change] of SAME) {
  test(`clang is the same with ${what}`, async () => assert.equal(await ofClang(change), await ofClang()))
}

const OTHER: readonly [string, Partial<Clang>][] = [
  ['an option in its settings', { flags: ' "-stack-protector" "2"' }],
  ['a macro in its settings', { flags: ' "-D" "_FORTIFY_SOURCE=3"' }],
  ['an option for the linker', { link: ' "-z" "now"' }],
  ['another gcc to lean on', { gcc: '15' }],
]
for (const [what, change] of OTHER) {
  test(`clang is another one with ${what}`, async () => assert.notEqual(await ofClang(change), await ofClang()))
}

for (const [what, said] of [
  ['nothing', { exitCode: 0, stdout: '', stderr: '' }],
  ['that it does not know the question', { exitCode: 1, stdout: '', stderr: 'error: unknown argument' }],
  ['the same to each question', { exitCode: 0, stdout: 'gcc 14', stderr: '' }],
] as const)
  test(`a compiler that says ${what} has no known defaults`, async () =>
    await assert.rejects(defaultsOf({ words: ['cc'], language: 'c', start: async () => said }), { code: 'UNSUPPORTED' }))
