/**
 * Dependency strings by chance, as trees and as text, over few enough names that they meet and miss each other.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import fc from 'fast-check'

export const FLAGS = ['ssl', 'doc', 'X'] as const
const NAMES = ['dev-libs/one', 'dev-libs/two', 'app-misc/three', 'x11-libs/gtk+'] as const
const VERSIONS = ['1', '1.2', '2_rc1', '2', '2-r1', '10'] as const
const SLOTS = ['0', '0/1', '2', '2/2.1'] as const

export interface Installed {
  readonly category: string
  readonly name: string
  readonly version: string
  readonly slot: string
}

export type Tree =
  | { readonly kind: 'atom'; readonly text: string; readonly name: string }
  | { readonly kind: 'all' | 'any' | 'use'; readonly flag: string; readonly parts: readonly Tree[] }

const name = fc.constantFrom(...NAMES)
const version = fc.constantFrom(...VERSIONS)
const slotPart = fc.oneof(
  { weight: 4, arbitrary: fc.constant('') },
  fc.constantFrom(':=', ':*'),
  fc.constantFrom(...SLOTS).map((slot) => `:${slot}`),
  fc.constantFrom(...SLOTS).map((slot) => `:${slot}=`),
)
const usePart = fc.oneof(
  { weight: 4, arbitrary: fc.constant('') },
  fc.constantFrom('[ssl]', '[-doc]', '[ssl,doc(+)]', '[X?,!ssl?]', '[ssl=]', '[!doc(-)=]'),
)
const named = fc.oneof(
  name.map((of) => ({ name: of, text: of })),
  fc.tuple(fc.constantFrom('=', '>=', '<=', '>', '<', '~'), name, version).map(([operator, of, at]) => {
    return { name: of, text: `${operator}${of}-${operator === '~' ? at.replace(/-r\d+$/, '') : at}` }
  }),
  fc.tuple(name, version).map(([of, at]) => ({ name: of, text: `=${of}-${at}*` })),
)
const atom = fc
  .tuple(named, slotPart, usePart)
  .map(([of, slot, use]) => ({ kind: 'atom' as const, name: of.name, text: `${of.text}${slot}${use}` }))

const condition = fc.tuple(fc.boolean(), fc.constantFrom(...FLAGS)).map(([negated, flag]) => `${negated ? '!' : ''}${flag}?`)

/** Specifications without blockers, at most four groups deep. */
export const trees: fc.Arbitrary<readonly Tree[]> = fc.letrec<{ part: Tree; parts: readonly Tree[] }>((tie) => ({
  part: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    { weight: 3, arbitrary: atom },
    fc.record({ kind: fc.constantFrom('all' as const, 'any' as const, 'use' as const), flag: condition, parts: tie('parts') }),
  ),
  parts: fc.array(tie('part'), { minLength: 1, maxLength: 3 }),
})).parts

/** `! ` words, which may stand beside a tree. */
export const blockers: fc.Arbitrary<readonly string[]> = fc.array(
  fc.tuple(fc.constantFrom('!', '!!'), named, fc.constantFrom('', ':0', '[ssl]')).map(([sign, of, rest]) => `${sign}${of.text}${rest}`),
  { maxLength: 2 },
)

export const useSets: fc.Arbitrary<readonly string[]> = fc.uniqueArray(fc.constantFrom(...FLAGS))

export const installations: fc.Arbitrary<readonly Installed[]> = fc.array(
  fc.tuple(name, version, fc.constantFrom(...SLOTS)).map(([of, at, slot]) => {
    const [category = '', pn = ''] = of.split('/')
    return { category, name: pn, version: at, slot }
  }),
  { maxLength: 3 },
)

export function textOf(parts: readonly Tree[]): string {
  return parts
    .map((part) => {
      if (part.kind === 'atom') return part.text
      const head = part.kind === 'any' ? '|| ' : part.kind === 'use' ? `${part.flag} ` : ''
      return `${head}( ${textOf(part.parts)} )`
    })
    .join(' ')
}
