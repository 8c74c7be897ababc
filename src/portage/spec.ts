/**
 * Takes a dependency specification apart into words and groups: all of it within bounds, or none of it.
 *
 * Sources: PMS 8, 8.2 (all-of, any-of, exactly-one-of, at-most-one-of and use-conditional groups) and 7.3.2 (arrows of SRC_URI).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { StrangerError } from '../base/errors.ts'

/** `any` is `||`, `one` is `^^`, `most` is `??`, `use` is `flag? ( ... )` or `!flag? ( ... )`. */
export type Spec =
  | { readonly kind: 'word'; readonly text: string; /** What stands behind `->`. */ readonly rename?: string }
  | { readonly kind: 'all' | 'any' | 'one' | 'most'; readonly parts: readonly Spec[] }
  | { readonly kind: 'use'; readonly flag: string; readonly negated: boolean; readonly parts: readonly Spec[] }

export type Group = Exclude<Spec, { kind: 'word' }>

/** Enabled flags; `any` lets every use-conditional group count, whichever way round its condition is. */
export type Use = ReadonlySet<string> | 'any'

// The largest that ebuilds have (TeX Live, crates of Rust programs) are 100 KB, 3,000 words and 6 groups deep.
const MAX_TEXT = 1024 * 1024
const MAX_WORDS = 50_000
const MAX_DEPTH = 64

const OPERATORS: ReadonlyMap<string, 'any' | 'one' | 'most'> = new Map([
  ['||', 'any'],
  ['^^', 'one'],
  ['??', 'most'],
])
const CONDITION = /^(!?)([A-Za-z0-9][A-Za-z0-9+_@-]*)\?$/

interface Open {
  readonly head:
    { readonly kind: 'all' | 'any' | 'one' | 'most' } | { readonly kind: 'use'; readonly flag: string; readonly negated: boolean }
  readonly parts: Spec[]
}

/** The parts of the whole, which is an all-of group. Errors: StrangerError SCHEMA for what PMS does not allow, TOO_LARGE. */
export function parseSpec(text: string): readonly Spec[] {
  const tokens = tokensOf(text)
  const open: Open[] = [{ head: { kind: 'all' }, parts: [] }]
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] ?? ''
    const innermost = open.at(-1) ?? refuse('a ) too many')
    const head = token === '(' ? { kind: 'all' as const } : headOf(token)
    if (head !== undefined) {
      if (head.kind !== 'all' && tokens[++at] !== '(') refuse(`${token} wants a ( behind it`)
      if (open.push({ head, parts: [] }) > MAX_DEPTH) throw new StrangerError('TOO_LARGE', `more than ${MAX_DEPTH} groups in each other`)
    } else if (token === ')') {
      if (open.length === 1) refuse('a ) too many')
      if (innermost.parts.length === 0) refuse('an empty group')
      open.pop()
      open.at(-1)?.parts.push({ ...innermost.head, parts: innermost.parts })
    } else if (tokens[at + 1] === '->') {
      innermost.parts.push({ kind: 'word', text: token, rename: renameIn(tokens[at + 2]) })
      at += 2
    } else innermost.parts.push({ kind: 'word', text: wordIn(token) })
  }
  if (open.length !== 1) refuse('a ( that nothing closes')
  return open[0]?.parts ?? []
}

/** Whether what stands in the group counts; true for a group without a condition. */
export function isActive(group: Group, use: Use): boolean {
  return group.kind !== 'use' || use === 'any' || use.has(group.flag) !== group.negated
}

/** Every word that counts, in whatever group. */
export function* wordsIn(parts: readonly Spec[], use: Use): Generator<Extract<Spec, { kind: 'word' }>> {
  for (const part of parts) {
    if (part.kind === 'word') yield part
    else if (isActive(part, use)) yield* wordsIn(part.parts, use)
  }
}

function tokensOf(text: string): string[] {
  if (text.length > MAX_TEXT)
    throw new StrangerError('TOO_LARGE', `dependencies of ${text.length} characters, at most ${MAX_TEXT} are read`)
  const tokens = text.split(/\s+/).filter((token) => token !== '')
  if (tokens.length > MAX_WORDS)
    throw new StrangerError('TOO_LARGE', `dependencies of ${tokens.length} words, at most ${MAX_WORDS} are read`)
  return tokens
}

function headOf(token: string): Open['head'] | undefined {
  const kind = OPERATORS.get(token)
  if (kind !== undefined) return { kind }
  const [, sign, flag] = CONDITION.exec(token) ?? []
  return flag === undefined ? undefined : { kind: 'use', flag, negated: sign === '!' }
}

// PMS wants blanks around brackets and operators; a word that has swallowed one would hide what belongs to the group.
function wordIn(token: string): string {
  if (token === '->' || /^([()]|\|\||\^\^|\?\?)|[()?]$/.test(token)) refuse(`${token.slice(0, 100)} is no word`)
  return token
}

function renameIn(token: string | undefined): string {
  if (token === undefined || token.includes('/') || ['(', ')', '->'].includes(token) || headOf(token) !== undefined)
    refuse('-> wants a file name behind it')
  return token
}

function refuse(why: string): never {
  throw new StrangerError('SCHEMA', `not a dependency specification: ${why}`)
}
