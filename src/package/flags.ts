/**
 * Compiler flags that mean the same become the same text: spacing, overridden flags and the order of unrelated flags do not show.
 *
 * What is not known to be free of order keeps its order: two texts for one meaning cost a missed comparison, one text for two meanings would accuse a builder.
 * What is known lies in flagorder.ts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { placesOf } from './flagorder.ts'

const TAKES_ARGUMENT = new Set(
  (
    '-I -L -B -T -u -z -x -include -imacros -isystem -iquote -idirafter -iprefix -isysroot -Xlinker -Xassembler -Xpreprocessor -Xclang ' +
    '-mllvm -aux-info -target -arch'
  ).split(' '),
)

/** `raw` as words, the same for every spelling of the same meaning. `native` replaces each `-march=native`, `-mtune=native` or `-mcpu=native`. */
export function normaliseFlags(raw: string, native?: readonly string[]): string[] {
  // Words inside quotes are cut by whoever evaluates the text, in ways that differ, and files of words are not read; such a text is compared as it is.
  if (/["'\\`$]|(^|\s)@/.test(raw)) return [raw.trim().replace(/\s+/g, ' ')]
  const words = joinArguments(resolveNative(raw.split(/\s+/).filter(Boolean), native))
  // A flag whose argument is missing would take the next word for it, wherever it were sorted to.
  if (isWanting(words.at(-1) ?? '')) return [raw.trim().replace(/\s+/g, ' ')]
  return ordered(words.filter((word) => word !== '-pipe').map((word) => (/^-flto=(auto|jobserver|\d+)$/.test(word) ? '-flto' : word)))
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

/** Drops what a later flag overrides, and sorts the groups between which order is free. */
function ordered(words: readonly string[]): string[] {
  const placeOf = placesOf(words)
  const flags = words.map((text, at) => ({ text, at, ...placeOf(text) }))
  const last = new Map(flags.map(({ group, key, at }) => [`${group}\0${key}`, at]))
  const kept = flags.filter(({ group, key, at }) => key === undefined || last.get(`${group}\0${key}`) === at)
  return [...Map.groupBy(kept, ({ group }) => group)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, members]) => members.map(({ text }) => text))
}
