/**
 * Finds what makes compiler flags mean something on this host alone: files that they read, and places of this host that they name.
 *
 * Two hosts that write the same text of such a flag may build differently, and the text would be published. What is not known to be harmless counts.
 * Facts from the manuals of GCC, Clang, ld, lld, rustc and go.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { posix } from 'node:path'

/** Flags whose argument may be the next word. */
const TAKES_ARGUMENT: ReadonlySet<string> = new Set(
  (
    '-A -B -D -I -L -MF -MQ -MT -T -U -Xassembler -Xclang -Xlinker -Xpreprocessor -arch -aux-info -dumpbase -dumpdir -e -framework -idirafter -imacros -include ' +
    '-iprefix -iquote -isysroot -isystem -iwithprefix -iwithprefixbefore -l -m -mllvm -o -rpath -rpath-link -soname -target -u -wrapper -x -z --param --sysroot -C'
  ).split(' '),
)

/** Flags that read a file, or a folder of programs, which no recipe holds. A header that -include names without a path is the package's own or libc's. */
const READS: readonly RegExp[] = [
  /^@/,
  /^-f(auto-)?profile(?!-(partial-training|values|reproducible|update|prefix-map|exclude-files|filter-files|info-section))/,
  /^-fprofile-(list|instr|sample|remapping)/,
  /^-f(pass-)?plugin(?!-arg)/,
  /^-fsanitize-(blacklist|ignorelist|system-ignorelist|coverage-(allow|ignore)list)/,
  /^-f(prebuilt-module|module-file|module-map|module-mapper|modules-cache)/,
  /^-f(xray-(attr|always|never)|basic-block-sections=(?!all$|labels$|none$)|thin-link|proc-stat-report)/,
  /^-(include-pch|ivfsoverlay|load|resource-dir|wrapper)\b/,
  /^--?(specs|gcc-toolchain|gcc-install-dir|gcc-triple|ld-path|config|config-user-dir|config-system-dir|driver-mode)\b/,
  /^-(B|T)/,
  /^-(include|imacros)[ =]?.*\//,
  /^-?-?(isysroot|sysroot)(?![ =]?\/?$)/,
]

/** The same for the linker, without the driver's own. */
const LINKER_READS: readonly RegExp[] = [
  /^@/,
  /^-d?T/,
  /^--?(script|default-script|version-script|dynamic-list(?!-)|just-symbols|plugin(?!-opt)|load-pass-plugin|retain-symbols-file|mri-script)\b/,
  /^--?(export-dynamic-symbol-list|(symbol|section|call-graph)-ordering-file|remap-inputs-file|lto-(sample|cs)-profile|sysroot)\b/,
]

const RUST_AND_GO_READS: readonly RegExp[] = [
  /^@/,
  /profile-(use|sample-use)/,
  /^--(extern|sysroot)\b/,
  /^-Z/,
  /^-(overlay|pgo|toolexec|modfile)\b/,
]

/** Compilers of this host are asked what "native" is for the variables of C, C++, Fortran and the linker alone. */
const SAYS_NATIVE = /(target|tune)-cpu=native\b|-m(arch|tune|cpu)=native\b/

/** Why flags of this kind (of a C compiler that is asked what "native" is, or of one that is not) mean nothing to anybody else, as what follows the name of the variable; undefined where they do. */
export function whyOfThisHost(raw: string, kind: 'cc' | 'unasked' | 'other' = 'cc'): string | undefined {
  const evaluated = /\$\(|`|\$\{?(?!\{?(ORIGIN|LIB|PLATFORM|ARCH)\b|\$)[A-Za-z_]/.exec(raw)
  if (evaluated !== null) return `has what each host evaluates for itself (${raw.slice(evaluated.index, evaluated.index + 40)})`
  // What is said from where the file itself will lie is the same everywhere.
  const units = unitsOf(raw.replaceAll(/["'\\]/g, '').replaceAll(/\$\$?\{?(ORIGIN|LIB|PLATFORM)\b[^\s,:]*/g, 'ORIGIN'))
  for (const { text, isLinkers, isFirst } of units) {
    const reads = kind === 'other' ? RUST_AND_GO_READS : isLinkers ? LINKER_READS : READS
    if (reads.some((pattern) => pattern.test(text))) return `has ${text}, and what that reads is known to this host alone`
    if (kind !== 'other' && isFirst && !text.startsWith('-')) return `has ${text}, a file that is known to this host alone`
    if (kind !== 'cc' && SAYS_NATIVE.test(text)) return `says "native" (${text})`
    const path = pathsIn(text).find((one) => !isEverybodys(one))
    if (path !== undefined) return `names a path of this host (${path})`
  }
  return undefined
}

interface Unit {
  /** A flag, with its argument after a blank where that was a word of its own. */
  readonly text: string
  readonly isLinkers: boolean
  /** Whether it stands where a flag is expected; of what is passed on, only the linker knows which words are arguments of others. */
  readonly isFirst: boolean
}

function unitsOf(raw: string): Unit[] {
  return joined(raw.split(/\s+/).filter(Boolean)).flatMap((text): Unit[] => {
    const passed = /^-W([lap]),(.*)$/.exec(text)
    const given = /^-X(linker|assembler|preprocessor|clang) (.*)$/.exec(text)
    if (passed?.[2] !== undefined)
      return joined(passed[2].split(',')).map((part) => ({ text: part, isLinkers: passed[1] === 'l', isFirst: false }))
    if (given?.[2] !== undefined) return [{ text: given[2], isLinkers: given[1] === 'linker', isFirst: false }]
    return [{ text, isLinkers: false, isFirst: true }]
  })
}

function joined(words: readonly string[]): string[] {
  const units: string[] = []
  for (let at = 0; at < words.length; at++) {
    const [word = '', next] = [words[at], words[at + 1]]
    if (next === undefined || !TAKES_ARGUMENT.has(word)) units.push(word)
    else units.push(`${word} ${words[++at] ?? ''}`)
  }
  return units
}

/** Whatever may be a path that does not begin in the build's own folder. */
function pathsIn(text: string): string[] {
  const absolute = [...text.matchAll(/(?:^-{0,2}[A-Za-z+-]*|[^A-Za-z0-9_.+~-])(\/[^\s,:;=]*)/g)].map(([, path]) => path ?? '')
  const climbing = [...text.matchAll(/[^\s,:;=]*\.\.(?:\/[^\s,:;=]*|$)|(?:^|[\s,:;=]|^-[A-Za-z]+)~[^\s,:;=]*/g)].map(([path]) => path)
  return [...absolute, ...climbing]
}

/** Where only packages put something. /usr/local and /opt are the user's own. */
function isEverybodys(path: string): boolean {
  return path === '/' || (!path.includes('~') && /^\/(usr\/(?!local|src\/linux|home)|usr$|lib)/.test(posix.normalize(path)))
}

/** `raw` with the place of builds written as PORTAGE_TMPDIR where a flag maps it away: then it says the same on every host. */
export function withoutTmpdir(raw: string, tmpdir: string): string {
  const builds = `${tmpdir}/portage`
  return raw.replaceAll(
    /(-f(?:file|debug|macro|profile|coverage)-prefix-map=|--remap-path-prefix[= ])([^\s=]+)(?==)/g,
    (whole: string, flag: string, from: string) =>
      from === builds || from.startsWith(`${builds}/`) ? `${flag}PORTAGE_TMPDIR${from.slice(tmpdir.length)}` : whole,
  )
}
