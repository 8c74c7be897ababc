/**
 * A machine is credited with a level only when each of its processors shows every flag of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { cpuLevel, levelOfFlags, readCpuLevel } from '../../src/portage/cpu.ts'
import { rootWith } from './tree.ts'

const V1 = 'fpu vme tsc msr cx8 cmov mmx fxsr sse sse2 syscall nx lm'
const V2 = `${V1} pni ssse3 cx16 sse4_1 sse4_2 popcnt lahf_lm`
const V3 = `${V2} fma movbe xsave avx f16c abm bmi1 avx2 bmi2`
const V4 = `${V3} avx512f avx512dq avx512cd avx512bw avx512vl`
const cpu = (flags: string): string => `processor\t: 0\nvendor_id\t: X\nflags\t\t: ${flags}\nvmx flags\t: vnmi avx512f\nbugs\t\t: x\n\n`
const without = (flags: string, one: string): string =>
  flags
    .split(' ')
    .filter((flag) => flag !== one)
    .join(' ')

const CASES: readonly [string, string, number][] = [
  ['the base', cpu(V1), 1],
  ['v2', cpu(V2), 2],
  ['v3', cpu(V3), 3],
  ['v4', cpu(V4), 4],
  ['v4 without the step between', cpu(without(V4, 'bmi2')), 2],
  ['v3 without LZCNT', cpu(without(V3, 'abm')), 2],
  ['AVX that the kernel switched off', cpu(without(V3, 'avx')), 2],
  ['32 bits', cpu(without(V4, 'lm')), 0],
  ['two kinds of core', cpu(V4) + cpu(V2), 2],
  ['another architecture', 'processor\t: 0\nFeatures\t: fp asimd\n', 0],
  ['nothing', '', 0],
]

for (const [what, text, level] of CASES) {
  test(`${what}: level ${level}`, (t) => {
    assert.equal(cpuLevel(text), level)
    assert.equal(readCpuLevel(rootWith(t, { cpuinfo: text })), level)
  })
}

test('no /proc: level 0', (t) => {
  assert.equal(readCpuLevel(rootWith(t)), 0)
})

test('this machine has a level if it is an x86-64, and 0 if not', () => {
  const is64 = /^flags\s*:.*\blm\b/m.test(readFileSync('/proc/cpuinfo', 'utf8'))
  assert.equal(readCpuLevel('/proc') > 0, is64)
})

const FLAGS: readonly [readonly string[], number | undefined][] = [
  [[], 1],
  [['-O2', '-pipe', '-mtune=znver3', '-m64'], 1],
  [['-march=x86-64-v3', '-O3'], 3],
  [['-march=x86-64', '-march=x86-64-v2'], 2],
  [['-march=x86-64-v4', '-mno-avx512f'], 4],
  [['-march=native'], undefined],
  [['-march=znver3'], undefined],
  [['-march=x86-64', '-mavx2'], undefined],
  [['-mcpu=apple-m1'], undefined],
  [['-march=x86-64-v2', '-mstackrealign', '-mindirect-branch=thunk'], 2],
]

for (const [flags, level] of FLAGS) {
  test(`${flags.join(' ') || 'no flags'} wants ${level ?? 'more than a level can say'}`, () => {
    assert.equal(levelOfFlags(flags), level)
  })
}
