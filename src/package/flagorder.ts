/**
 * The one table of compiler flags that are known to be free of order, or overridden by a later one; every flag that is not in it stays where it is.
 *
 * Facts from the GCC manual ("Option Summary" and the chapters it names), GCC's opts.cc and c-opts.cc, and from ld(1); a flag is in it where Clang agrees.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/** Between two groups order means nothing. Inside a group it may; of equal keys only the last counts, and a flag without a key always counts. */
export interface Place {
  readonly group: string
  readonly key?: string
}

/** `-fNAME` and `-fno-NAME`: the last wins, and no other flag reads or sets what it says. */
const SWITCHES = new Set(
  (
    'common data-sections delete-null-pointer-checks devirtualize-at-ltrans devirtualize-speculatively fat-lto-objects function-sections gcse-after-reload ' +
    'gcse-las gcse-sm graphite-identity inline-functions ipa-cp ipa-cp-clone ipa-icf ipa-pta ipa-ra isolate-erroneous-paths-attribute loop-interchange ' +
    'loop-nest-optimize modulo-sched omit-frame-pointer plt rename-registers semantic-interposition split-loops stack-clash-protection strict-aliasing ' +
    'tree-loop-vectorize tree-slp-vectorize tree-vectorize unroll-loops use-linker-plugin web'
  ).split(' '),
)

/** `-fNAME=VALUE`: as above. */
const VALUES = new Set(['trivial-auto-var-init', 'use-ld', 'vect-cost-model', 'zero-call-used-regs'])

/** Names that set one and the same: the last wins. */
const RIVALS: readonly [RegExp, string][] = [
  [/^-f(no-)?stack-protector(-all|-strong|-explicit)?$/, 'stack-protector'],
  [/^-f(no-)?(un)?signed-char$/, 'char'],
  [/^-f(no-)?lto(=(auto|thin|full|jobserver|\d+))?$/, 'lto'],
  [/^-f(no-)?cf-protection(=\w+)?$/, 'cf-protection'],
]

/** Each adds to what is there, or takes from it. */
const EXTENSION =
  /^-m(no-)?(3dnowa?|abm|adx|aes|amx-[a-z0-9-]+|apxf|avx[a-z0-9.-]*|bmi2?|cldemote|clflushopt|clwb|clzero|cmpccxadd|crc32|cx16|enqcmd|f16c|fma4?|fsgsbase|fxsr|gfni|hle|hreset|kl|lwp|lzcnt|mmx|mov(be|dir64b|diri)|mwaitx|pclmul|pconfig|pku|popcnt|prefetchi|prfchw|ptwrite|raoint|rdpid|rdrnd|rdseed|rtm|sahf|serialize|sgx|sha(512)?|shstk|sm[34]|sse[0-9.]*a?|ssse3|tbm|tsxldtrk|uintr|usermsr|vaes|vpclmulqdq|waitpkg|wbnoinvd|widekl|xop|xsave[a-z]*)$/

/** On x86 -mcpu is another name of -mtune, elsewhere it is not: of each the last is kept, and which of them that is. */
const MACHINE = /^-m(?<name>arch|tune|cpu|fpmath|cmodel|prefer-vector-width|tls-dialect)=/

/** Words of the linker by the name that a later one replaces; each says what the whole link is, wherever it stands, unless libraries or places are named. */
const LINKER: readonly [RegExp, string][] = [
  [/^-Wl,--(?:no-)?(as-needed|eh-frame-hdr|export-dynamic|fatal-warnings|gc-sections|relax|undefined-version)$/, ''],
  [/^-Wl,--(?:en|dis)able-(new-dtags)$/, ''],
  [/^-Wl,-z,(?:no)?(execstack|pack-relative-relocs|relro|separate-code|start-stop-gc)$/, 'z '],
  [/^-Wl,-z,(?:now|lazy)$/, 'z binding'],
]

/** As above, but of several none is dropped. */
const LINKER_VALUE = /^-Wl,(?:--(hash-style|build-id|sort-common|compress-debug-sections)(?:=[a-z0-9,-]+)?|-(O)\d*)$/

/** What goes to the linker where it stands among libraries, objects and other such words. */
const LINKED = /^(-Wl,|-l|-Xlinker |-z |-T |-u |-rdynamic$|[^-])/

const WARNING = /^(-W(?![lap],)|-w$|-pedantic)/

/** Says of each of `words` where it may stand among the others. */
export function placesOf(words: readonly string[]): (word: string) => Place {
  const linked = words.filter((word) => LINKED.test(word))
  const machine = words.filter((word) => word.startsWith('-m') && !word.startsWith('-mllvm'))
  const isLinkFree = linked.every((word) => linkerPlace(word) !== undefined)
  const isMachineFree = machine.every((word) => EXTENSION.test(word) || MACHINE.test(word))
  // -msse4 implies -msse2 and -mno-sse2 takes both away, so a mixture is read from left to right.
  const isIsaFree = new Set(machine.filter((word) => EXTENSION.test(word)).map((word) => word.startsWith('-mno-'))).size <= 1
  // Clang reads -Ofast as one of the flags of floating point.
  const isFast = words.includes('-Ofast')
  return (word) => {
    if (LINKED.test(word)) return (isLinkFree ? linkerPlace(word) : undefined) ?? { group: KEPT }
    if (word.startsWith('-m') && machine.includes(word)) return isMachineFree ? machinePlace(word, isIsaFree) : { group: 'm' }
    if (/^-O([0-9sgz]|fast)?$/.test(word)) return isFast ? { group: KEPT } : { group: 'O', key: 'O' }
    if (WARNING.test(word)) return { group: 'W' }
    if (word.startsWith('-g')) return { group: 'g' }
    return namedPlace(word) ?? { group: KEPT }
  }
}

/** Flags of which nothing is known. */
const KEPT = 'kept'

function linkerPlace(word: string): Place | undefined {
  const value = LINKER_VALUE.exec(word)
  if (value !== null) return { group: `link ${value[1] ?? value[2]}` }
  for (const [pattern, name] of LINKER) {
    const found = pattern.exec(word)
    if (found !== null) return once(`link ${name}${found[1] ?? ''}`)
  }
  return undefined
}

function machinePlace(word: string, isIsaFree: boolean): Place {
  const name = MACHINE.exec(word)?.groups?.['name']
  if (name !== undefined) return { group: `m ${name === 'cpu' ? 'tune' : name}`, key: name }
  return isIsaFree ? once(`m ${word}`) : { group: 'm isa' }
}

function namedPlace(word: string): Place | undefined {
  const macro = /^-[DU]([A-Za-z_]\w*)(=.*)?$/.exec(word)?.[1]
  if (macro !== undefined) return once(`D ${macro}`)
  const parameter = /^--param=([a-z0-9-]+)=/.exec(word)?.[1]
  if (parameter !== undefined) return once(`param ${parameter}`)
  const rival = RIVALS.find(([pattern]) => pattern.test(word))?.[1]
  if (rival !== undefined) return once(`f ${rival}`)
  const [, name = '', value] = /^-f(?:no-)?([a-z-]+)(=[\w.-]+)?$/.exec(word) ?? []
  const known = value === undefined ? SWITCHES : VALUES
  return known.has(name) && (value === undefined || !word.startsWith('-fno-')) ? once(`f ${name}`) : undefined
}

function once(group: string): Place {
  return { group, key: group }
}
