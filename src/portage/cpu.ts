/**
 * Which of the x86-64 levels every processor of this machine can run; 0 where that is not known, so that nobody counts on more.
 *
 * Source: x86-64 psABI 1.0, 3.1.1, table 3.1 (micro-architecture levels), in the words of /proc/cpuinfo.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { join } from 'node:path'
import { readText } from './bounded.ts'

export type CpuLevel = 0 | 1 | 2 | 3 | 4

// `abm` stands for LZCNT and `pni` for SSE3; OSFXSR and OSXSAVE show as `fxsr` and `xsave`, which the kernel hides when it does not use them.
const LEVELS: readonly (readonly string[])[] = [
  ['cmov', 'cx8', 'fpu', 'fxsr', 'lm', 'mmx', 'sse', 'sse2', 'syscall'],
  ['cx16', 'lahf_lm', 'pni', 'popcnt', 'sse4_1', 'sse4_2', 'ssse3'],
  ['abm', 'avx', 'avx2', 'bmi1', 'bmi2', 'f16c', 'fma', 'movbe', 'xsave'],
  ['avx512bw', 'avx512cd', 'avx512dq', 'avx512f', 'avx512vl'],
]

const MAX_CPUINFO_BYTES = 16 * 1024 * 1024

export function readCpuLevel(procRoot: string): CpuLevel {
  return cpuLevel(readText(join(procRoot, 'cpuinfo'), MAX_CPUINFO_BYTES) ?? '')
}

/** The level that all processors in a /proc/cpuinfo reach. */
export function cpuLevel(cpuinfo: string): CpuLevel {
  const processors = [...cpuinfo.matchAll(/^flags\s*:(.*)$/gm)].map(([, flags = '']) => new Set(flags.split(/\s+/)))
  const missing = LEVELS.findIndex((flags) => !processors.every((has) => flags.every((flag) => has.has(flag))))
  return processors.length === 0 ? 0 : toLevel(missing < 0 ? LEVELS.length : missing)
}

// -march names of GCC 15 and clang 20 whose code runs on every processor of that level and of every maker. Others (znver, bdver, lakes and bridges with
// more than their level) need flags that a level does not promise, and are not here.
const MARCH_LEVELS: ReadonlyMap<string, CpuLevel> = new Map([
  ['x86-64', 1],
  ['x86-64-v2', 2],
  ['x86-64-v3', 3],
  ['x86-64-v4', 4],
  ['nocona', 2],
  ['core2', 2],
  ['nehalem', 2],
])

/** The level that code built with these flags wants, or undefined when only a compiler could say. Without -march it is the base level. */
export function levelOfFlags(flags: readonly string[]): CpuLevel | undefined {
  const extra = flags.some((flag) => /^-m(?!arch=|tune=|64$|no-)/.test(flag) && !HARMLESS.test(flag))
  const march = flags.findLast((flag) => flag.startsWith('-march='))?.slice('-march='.length) ?? 'x86-64'
  return extra ? undefined : MARCH_LEVELS.get(march)
}

// Machine flags that change code and not what it can run on.
const HARMLESS =
  /^-m(cmodel=|indirect-branch|function-return|stackrealign|preferred-stack|prefer-vector-width=|red-zone$|tls-dialect=|fpmath=sse$|sse2?$)/

function toLevel(number: number): CpuLevel {
  return number === 1 || number === 2 || number === 3 || number === 4 ? number : 0
}
