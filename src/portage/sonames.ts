/**
 * Reads the soname lists that Portage keeps as PROVIDES and REQUIRES: for each multilib category, the sonames of it.
 *
 * Format: `x86_64: libfoo.so.1 libbar.so.2 x86_32: libfoo.so.1` (Portage's `SonameDepsProcessor`).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/** Multilib category to its sonames. */
export type Sonames = ReadonlyMap<string, ReadonlySet<string>>

const NONE: Sonames = new Map()

export function parseSonames(text: string): Sonames {
  if (text === '') return NONE
  const sonames = new Map<string, Set<string>>()
  let current: Set<string> | undefined
  for (const word of text.split(/\s+/)) {
    if (word.endsWith(':')) {
      const category = word.slice(0, -1)
      current = sonames.get(category) ?? new Set()
      sonames.set(category, current)
    } else if (word !== '') current?.add(word)
  }
  return sonames
}
