/**
 * What a builder's compiler options ask of a CPU, in the words of /proc/cpuinfo; what is not in these tables is not known to fit.
 *
 * Levels: x86-64 psABI 3.1.1. Names: GCC manual, "x86 Options"; only features that change generated code and that cpuinfo names.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

const V2 = ['cx16', 'lahf_lm', 'pni', 'popcnt', 'sse4_1', 'sse4_2', 'ssse3']
const V3 = [...V2, 'abm', 'avx', 'avx2', 'bmi1', 'bmi2', 'f16c', 'fma', 'movbe', 'xsave']
const V4 = [...V3, 'avx512bw', 'avx512cd', 'avx512dq', 'avx512f', 'avx512vl']

/** By bit of GNU_PROPERTY_X86_ISA_1_NEEDED. */
export const ISA_LEVELS: readonly (readonly string[])[] = [[], V2, V3, V4]

const SANDYBRIDGE = [...V2, 'avx', 'pclmulqdq', 'xsave']
const IVYBRIDGE = [...SANDYBRIDGE, 'f16c', 'fsgsbase', 'rdrand']
const HASWELL = [...V3, ...IVYBRIDGE]
const BROADWELL = [...HASWELL, '3dnowprefetch', 'adx', 'rdseed']
const SKYLAKE = [...BROADWELL, 'aes', 'clflushopt', 'xsavec', 'xsaves']
const SKYLAKE_512 = [...SKYLAKE, ...V4, 'clwb', 'pku']
const CASCADELAKE = [...SKYLAKE_512, 'avx512_vnni']
const ICELAKE = [
  ...SKYLAKE,
  ...V4,
  'avx512_bitalg',
  'avx512_vbmi2',
  'avx512_vnni',
  'avx512_vpopcntdq',
  'avx512ifma',
  'avx512vbmi',
  'gfni',
  'pku',
  'rdpid',
  'sha_ni',
  'vaes',
  'vpclmulqdq',
]
const ALDERLAKE = [
  ...SKYLAKE,
  'avx_vnni',
  'clwb',
  'gfni',
  'movdir64b',
  'movdiri',
  'pku',
  'rdpid',
  'serialize',
  'sha_ni',
  'vaes',
  'vpclmulqdq',
]
const ZEN = [
  ...V3,
  '3dnowprefetch',
  'adx',
  'aes',
  'clflushopt',
  'clzero',
  'fsgsbase',
  'pclmulqdq',
  'rdrand',
  'rdseed',
  'sha_ni',
  'sse4a',
  'xsavec',
  'xsaves',
]
const ZEN2 = [...ZEN, 'clwb', 'rdpid', 'wbnoinvd']
const ZEN3 = [...ZEN2, 'pku', 'vaes', 'vpclmulqdq']
const ZEN4 = [...ZEN3, ...ICELAKE.filter((flag) => flag.startsWith('avx512') || flag === 'gfni'), 'avx512_bf16']

const MARCHES: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ...['x86-64', 'k8', 'athlon64', 'opteron'].map((name) => [name, []] as const),
  ['nocona', ['cx16', 'pni']],
  ['core2', ['cx16', 'lahf_lm', 'pni', 'ssse3']],
  ['x86-64-v2', V2],
  ['x86-64-v3', V3],
  ['x86-64-v4', V4],
  ['nehalem', V2],
  ['corei7', V2],
  ['westmere', [...V2, 'pclmulqdq']],
  ['sandybridge', SANDYBRIDGE],
  ['corei7-avx', SANDYBRIDGE],
  ['ivybridge', IVYBRIDGE],
  ['core-avx-i', IVYBRIDGE],
  ['haswell', HASWELL],
  ['core-avx2', HASWELL],
  ['broadwell', BROADWELL],
  ['skylake', SKYLAKE],
  ['skylake-avx512', SKYLAKE_512],
  ['cascadelake', CASCADELAKE],
  ['cooperlake', [...CASCADELAKE, 'avx512_bf16']],
  ['icelake-client', ICELAKE],
  ['icelake-server', [...ICELAKE, 'clwb', 'wbnoinvd']],
  ['alderlake', ALDERLAKE],
  ['raptorlake', ALDERLAKE],
  ['meteorlake', ALDERLAKE],
  ['znver1', ZEN],
  ['znver2', ZEN2],
  ['znver3', ZEN3],
  ['znver4', ZEN4],
  ['znver5', [...ZEN4, 'avx512_vp2intersect', 'avx_vnni', 'movdir64b', 'movdiri']],
])

/** `-mNAME` where cpuinfo has another word for it; all other options of OPTIONS have the same word in both. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['avx512bf16', 'avx512_bf16'],
  ['avx512bitalg', 'avx512_bitalg'],
  ['avx512vbmi2', 'avx512_vbmi2'],
  ['avx512vnni', 'avx512_vnni'],
  ['avx512vpopcntdq', 'avx512_vpopcntdq'],
  ['avxvnni', 'avx_vnni'],
  ['bmi', 'bmi1'],
  ['lzcnt', 'abm'],
  ['pclmul', 'pclmulqdq'],
  ['rdrnd', 'rdrand'],
  ['sahf', 'lahf_lm'],
  ['sha', 'sha_ni'],
  ['sse3', 'pni'],
  ['sse4', 'sse4_2'],
  ['sse4.1', 'sse4_1'],
  ['sse4.2', 'sse4_2'],
])

const SAME =
  /^(3dnow|adx|aes|avx|avx2|avx512(bw|cd|dq|f|vl|ifma|vbmi)|bmi2|clflushopt|clwb|clzero|cx16|f16c|fma|fma4|fsgsbase|gfni|movbe|movdir64b|movdiri|pku|popcnt|rdpid|rdseed|serialize|sse4a|ssse3|tbm|vaes|vpclmulqdq|xop|xsave|xsavec|xsaves|abm)$/

export interface CpuNeed {
  readonly flags: ReadonlySet<string>
  /** A `-march` or `-mcpu` that no table knows, `native` among them. */
  readonly unknown: string | undefined
}

/** What `words` (compiler options, in order) ask for. `fits` is the host's own `-march`: that one needs no table. */
export function cpuNeed(words: readonly string[], fits: string | undefined): CpuNeed {
  const flags = new Set<string>()
  let unknown: string | undefined
  for (const word of words) {
    const named = /^-m(?:arch|cpu)=(.*)$/.exec(word)?.[1]
    if (named === undefined) applyOption(word, flags)
    else if (named !== fits) {
      const known = MARCHES.get(named)
      if (known === undefined) unknown = named
      for (const flag of known ?? []) flags.add(flag)
    }
  }
  return { flags, unknown }
}

function applyOption(word: string, flags: Set<string>): void {
  const [, no, name = ''] = /^-m(no-)?(.+)$/.exec(word) ?? []
  const flag = RENAMED.get(name) ?? (SAME.test(name) ? name : undefined)
  if (flag === undefined) return
  if (no === undefined) flags.add(flag)
  else flags.delete(flag)
}

/** Gentoo's `profiles/desc/cpu_flags_x86.desc`, where cpuinfo has another word. MMXEXT is part of SSE, which AMD's CPUs had after it. */
const OF_USE: ReadonlyMap<string, readonly string[]> = new Map([
  ['fma3', ['fma']],
  ['mmxext', ['mmxext', 'sse']],
  ['padlock', ['ace_en', 'phe_en']],
  ['pclmul', ['pclmulqdq']],
  ['sha', ['sha_ni']],
  ['sse3', ['pni']],
])

/** Words of cpuinfo of which one must be there for a USE flag `cpu_flags_ARCH_NAME`. */
export function flagOfUse(use: string): readonly string[] {
  const name = /^cpu_flags_[a-z0-9]+_(.+)$/.exec(use)?.[1] ?? use
  return OF_USE.get(name) ?? [name]
}
