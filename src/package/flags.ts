/**
 * Compiler flags that mean the same become the same text: spacing, duplicates, overridden flags and the order of unrelated flags do not show.
 *
 * What is not known to be free of order keeps its order: two texts for one meaning cost a missed comparison, one text for two meanings would accuse a builder.
 * Facts from the GCC manual ("Option Summary" and the chapters it names) and from ld(1).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/** One flag with the name under which a later one overrides it, and the group inside which order may matter. */
interface Flag {
  readonly text: string
  readonly group: string
  readonly key: string
}

const TAKES_ARGUMENT = new Set(
  (
    '-I -L -B -T -u -z -x -include -imacros -isystem -iquote -idirafter -iprefix -isysroot -Xlinker -Xassembler -Xpreprocessor -Xclang ' +
    '-mllvm -aux-info -target -arch'
  ).split(' '),
)

/** `-fNAME=value` that add up instead of overriding each other. */
const CUMULATIVE =
  /^-f(no-)?(sanitize|plugin|plugin-arg|debug-prefix-map|file-prefix-map|macro-prefix-map|coverage-prefix-map|profile|instrument|opt-info|dump|call|pass)/

/** `-ffast-math` sets the others of this list to its own values, so among them order counts. */
const MATH =
  /^-f(no-)?(fast-math|unsafe-math-optimizations|finite-math-only|math-errno|trapping-math|signed-zeros|associative-math|reciprocal-math|rounding-math|signaling-nans|cx-)/

/** Flags of several names of which the last wins. */
const RIVALS = /^-f(?:no-)?(stack-protector|pi(?=[ce]$))/i
const SIGNS = /^-f(?:no-)?(?:un)?signed-(char|bitfields)$/

/** Each sets or takes back some of what the others say, so their order counts. */
const OVERFLOW = /^-f(no-)?(trapv|wrapv|wrapv-pointer|strict-overflow)$/

/** Extensions of x86 that add up; any other `-m` without a value may be one of several for the same thing, as -m32 and -m64 are. */
const EXTENSION =
  /^-m(no-)?(3dnowa?|abm|adx|aes|amx-[a-z0-9-]+|apxf|avx[a-z0-9.-]*|bmi2?|cldemote|clflushopt|clwb|clzero|cmpccxadd|crc32|cx16|enqcmd|f16c|fma4?|fsgsbase|fxsr|gfni|hle|hreset|kl|lwp|lzcnt|mmx|mov(be|dir64b|diri)|mwaitx|pclmul|pconfig|pku|popcnt|prefetchi|prfchw|ptwrite|raoint|rdpid|rdrnd|rdseed|rtm|sahf|serialize|sgx|sha(512)?|shstk|sm[34]|sse[0-9.]*a?|ssse3|tbm|tsxldtrk|uintr|usermsr|vaes|vpclmulqdq|waitpkg|wbnoinvd|widekl|xop|xsave[a-z]*)$/

/** Linker words that stand for a place in the list: around them nothing may move. */
const POSITIONAL =
  /^(-l|-Wl,(--(start|end|push|pop|no-whole|whole|wrap|defsym|version-script|dynamic-list|undefined|library)|--?rpath|-\(|-\)|-[lLR]|-B(static|dynamic)$|-d[ny]$|-(non_shared|static|call_shared)$|[^-])|[^-])/

/** `raw` as words, the same for every spelling of the same meaning. `native` replaces each `-march=native`, `-mtune=native` or `-mcpu=native`. */
export function normaliseFlags(raw: string, native?: readonly string[]): string[] {
  // Words inside quotes are cut by whoever evaluates the text, in ways that differ; such a text is compared as it is.
  if (/["'\\`$]/.test(raw)) return [raw.trim().replace(/\s+/g, ' ')]
  const words = joinArguments(resolveNative(raw.split(/\s+/).filter(Boolean), native))
  // A flag whose argument is missing would take the next word for it, wherever it were sorted to.
  if (isWanting(words.at(-1) ?? '')) return [raw.trim().replace(/\s+/g, ' ')]
  const flags = words.filter((word) => word !== '-pipe').map(classify)
  return order(lastOfEach(flags))
}

function isWanting(word: string): boolean {
  return TAKES_ARGUMENT.has(word) || ['-D', '-U', '--param', '--sysroot'].includes(word)
}

/** `-march=native` becomes all that the compiler made of it; `-mtune=native` and `-mcpu=native` only their own part. */
function resolveNative(words: readonly string[], native: readonly string[] | undefined): string[] {
  if (native === undefined) return [...words]
  return words.flatMap((word) => {
    if (word === '-march=native') return native
    if (word !== '-mtune=native' && word !== '-mcpu=native') return [word]
    const part = native.filter((flag) => flag.startsWith(word.slice(0, 6)))
    return part.length === 0 ? [word] : part
  })
}

/** Makes `-D X`, `--param a=b` and `-Wl,a,b` one word for each flag. */
function joinArguments(words: readonly string[]): string[] {
  const joined: string[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    const next = words[at + 1]
    if (next !== undefined && (word === '-D' || word === '-U')) joined.push(word + next)
    else if (next !== undefined && (word === '--param' || word === '--sysroot')) joined.push(`${word}=${next}`)
    else if (next !== undefined && TAKES_ARGUMENT.has(word)) joined.push(`${word} ${next}`)
    else {
      joined.push(...linkerWords(word))
      continue
    }
    at++
  }
  return joined
}

/** `-Wl,-z,now,-O1` as `-Wl,-z,now` and `-Wl,-O1`; a word whose argument follows after a comma stays with it. */
function linkerWords(word: string): string[] {
  if (!word.startsWith('-Wl,')) return [word]
  const out: string[] = []
  for (const part of word.slice(4).split(',')) {
    const last = out.at(-1)
    if (last !== undefined && (!part.startsWith('-') || last === '-Wl,-z')) out[out.length - 1] = `${last},${part}`
    else out.push(`-Wl,${part}`)
  }
  return out
}

/** The name that a flag and its opposite share. */
function bare(name: string): string {
  return name.replace(/^no-/, '').replace(/=.*$/, '')
}

function classify(text: string): Flag {
  if (text.startsWith('-Wl,') || text.startsWith('-l') || !text.startsWith('-')) return { text, group: 'link', key: linkerKey(text) }
  if (text.startsWith('-O')) return { text, group: 'O', key: 'O' }
  if (/^-[DU]./.test(text)) return { text, group: `D ${bare(text.slice(2))}`, key: 'D' }
  if (text.startsWith('-std=') || text === '-ansi') return { text, group: 'std', key: 'std' }
  if (text.startsWith('--param=')) return { text, group: `param ${bare(text.slice(8))}`, key: 'param' }
  if (/^-flto=(auto|jobserver|\d+)$/.test(text)) return { text: '-flto', group: 'f lto', key: 'lto' } // the number is of processes only
  if (CUMULATIVE.test(text)) return { text, group: 'f cumulative', key: text }
  if (MATH.test(text)) return { text, group: 'f math', key: bare(text.slice(2)) }
  if (OVERFLOW.test(text)) return { text, group: 'f overflow', key: text }
  if (text.startsWith('-f')) return { text, group: `f ${rivalry(text) ?? bare(text.slice(2))}`, key: 'f' }
  if (/^-m[^ ]*=/.test(text)) return { text, group: `m ${bare(text.slice(2))}`, key: 'm' }
  if (EXTENSION.test(text)) return { text, group: 'isa', key: bare(text.slice(2)) }
  if (text.startsWith('-m')) return { text, group: 'm others', key: text }
  if (/^-W(?![lap],)/.test(text)) return { text, group: `W ${bare(text.slice(2))}`, key: 'W' }
  if (text.startsWith('-g')) return { text, group: 'g', key: text }
  return { text, group: 'other', key: text }
}

function rivalry(text: string): string | undefined {
  return RIVALS.exec(text)?.[1]?.toLowerCase() ?? SIGNS.exec(text)?.[1]
}

function linkerKey(text: string): string {
  const zed = /^-Wl,-z,(no)?(.*)$/.exec(text)
  if (zed?.[2] !== undefined) return `z ${text === '-Wl,-z,now' || text === '-Wl,-z,lazy' ? 'binding' : bare(zed[2])}`
  if (/^-Wl,-O\d*$/.test(text)) return 'O'
  const long = /^-Wl,--(.*)$/.exec(text)
  return long?.[1] === undefined || POSITIONAL.test(text) ? text : bare(long[1])
}

/** Keeps the last flag of each group and key, where it stands. */
function lastOfEach(flags: readonly Flag[]): Flag[] {
  // A place in the list means something for each word in it, so nothing of a positional link line is dropped.
  const fixed = flags.some((flag) => flag.group === 'link' && POSITIONAL.test(flag.text))
  const last = new Map(flags.map((flag, at) => [`${flag.group}\0${flag.key}`, at]))
  return flags.filter((flag, at) => (fixed && flag.group === 'link') || last.get(`${flag.group}\0${flag.key}`) === at)
}

/** Sorts the groups, and the flags of a group whose order is free. */
function order(flags: readonly Flag[]): string[] {
  const groups = Map.groupBy(flags, (flag) => flag.group)
  return [...groups.entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([group, members]) => {
      const texts = members.map((flag) => flag.text)
      return isOrderFree(group, texts) ? texts.toSorted() : texts
    })
}

function isOrderFree(group: string, texts: readonly string[]): boolean {
  if (group === 'link') return !texts.some((text) => POSITIONAL.test(text))
  // -msse4 implies -msse2 and -mno-sse2 takes both away, so a mixture is read from left to right.
  if (group === 'isa') return new Set(texts.map((text) => text.startsWith('-mno-'))).size <= 1
  return false
}
