/**
 * Linkage says what a build was linked against, known after it: the slots that `:=` was bound to, and the sonames that its files need.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import * as v from 'valibot'
import { canonicalId } from '../base/canonical.ts'
import { StrangerError } from '../base/errors.ts'
import type { Metadata } from './manifest.ts'

const soname = v.strictObject({ category: v.pipe(v.string(), v.maxLength(60)), soname: v.pipe(v.string(), v.maxLength(255)) })

export const linkageSchema = v.strictObject({
  standin: v.literal('linkage-1'),
  /** `cat/pkg:slot/subslot=`, as Portage bound them. */
  bound: v.pipe(v.array(v.pipe(v.string(), v.maxLength(400))), v.maxLength(2000)),
  requires: v.pipe(v.array(soname), v.maxLength(10_000)),
})

export type Linkage = v.InferOutput<typeof linkageSchema>
export type Soname = v.InferOutput<typeof soname>

/** Bounds on what is read of REQUIRES and PROVIDES; the largest packages have a few hundred sonames. */
const MAX_TEXT = 1024 * 1024

/** Both lists sorted, each entry once. Errors: StrangerError SCHEMA or TOO_LARGE, see parseSonames. */
export function linkageOf(metadata: Metadata): Linkage {
  return {
    standin: 'linkage-1',
    bound: boundSlots(`${metadata.RDEPEND ?? ''} ${metadata.DEPEND ?? ''}`),
    requires: parseSonames(metadata.REQUIRES ?? ''),
  }
}

/** SHA-256 over the canonical JSON of the linkage. */
export function linkageId(linkage: Linkage): string {
  return canonicalId(linkage)
}

/** Atoms of a dependency text whose slot operator was bound (`:slot/sub=`), without operator, version, use flags and blockers. */
function boundSlots(text: string): string[] {
  const bound = text.split(/\s+/).flatMap((word) => {
    const match = /^[<>=~]*([A-Za-z0-9_][A-Za-z0-9+_.-]*\/[A-Za-z0-9+_.-]+\*?):([A-Za-z0-9+_./-]+)=(?:\[.*\])?$/.exec(word)
    const [, atom, slot] = match ?? []
    return atom === undefined || slot === undefined ? [] : [`${withoutVersion(word, atom)}:${slot}=`]
  })
  return [...new Set(bound)].toSorted()
}

/** PMS 3.1.2: a package name may not end in something that looks like a version, so the last such part is the version. */
function withoutVersion(word: string, atom: string): string {
  return /^[<>=~]/.test(word) ? atom.replace(/-\d+(\.\d+)*[a-z]?(_(alpha|beta|pre|rc|p)\d*)*(-r\d+)?\*?$/, '') : atom
}

/**
 * REQUIRES or PROVIDES, `x86_64: libc.so.6 libm.so.6 x86_32: libc.so.6`, sorted by category and soname.
 * Errors: StrangerError TOO_LARGE, or SCHEMA for a soname before the first category.
 */
export function parseSonames(text: string): Soname[] {
  if (text.length > MAX_TEXT) throw new StrangerError('TOO_LARGE', `soname list of ${text.length} characters, at most ${MAX_TEXT} are read`)
  const found = new Map<string, Soname>()
  let category: string | undefined
  for (const word of text.split(/\s+/).filter(Boolean)) {
    // A soname may hold colons (none known does); a category is a name with one colon, at its end.
    if (/^[A-Za-z0-9_]+:$/.test(word)) category = word.slice(0, -1)
    else if (category === undefined) throw new StrangerError('SCHEMA', 'soname list: a soname stands before the first category')
    else found.set(`${category}\0${word}`, { category, soname: word })
  }
  return [...found.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry)
}
