/**
 * What a build is at, by the lines that emerge writes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
const DOINGS: readonly (readonly [RegExp, string])[] = [
  [/^>>> Unpacking source/, 'unpacks'],
  [/^>>> Preparing source/, 'prepares'],
  [/^>>> Configuring source/, 'configures'],
  [/^>>> Compiling source/, 'compiles'],
  [/^>>> Install \S+ into/, 'makes the image'],
  [/^>>> Installing \(/, 'merges'],
  [/^>>> Completed \(/, 'has merged'],
]

/** What emerge is doing from this line on; undefined where it goes on with what it did. */
export function doingOf(line: string): string | undefined {
  return DOINGS.find(([pattern]) => pattern.test(line))?.[1]
}

/** The text of a line of ours among those of emerge, without colours. */
export function oursOf(line: string): string | undefined {
  // oxlint-disable-next-line no-control-regex -- colours are made of them
  return /^ ?\* ?(standin: .*)$/.exec(line.replaceAll(/\u001b\[[\d;]*m/g, '').trim())?.[1]
}

/** Packages (`category/name-version`) that were merged, in that order. */
export function mergedOf(output: string): string[] {
  return [...output.matchAll(/^>>> Completed \(\d+ of \d+\) (\S+?)(?:::\S+)?\r?$/gm)].map((match) => match[1] ?? '')
}
