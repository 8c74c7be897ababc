/**
 * What a case of a rule is: a change to an input that every other rule lets through, and what the rule must then do.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { PlanInput } from '../../../src/standin/host.ts'
import { addFile, elf, type Loose } from './input.ts'
import { sha256 } from './site.ts'

export interface Case {
  readonly rule: string
  readonly what: string
  /** Path that must be left out. */
  readonly leaves?: string
  /** Path that must be placed. Without either, the package must be refused. */
  readonly takes?: string
  /** A second rule that stops it as well, and goes on doing so when the first is taken away. */
  readonly behind?: string
  readonly change: (input: Loose<PlanInput>) => void
}

export const refuses = (rule: string, what: string, change: Case['change']): Case => ({ rule, what, change })
export const leaves = (rule: string, path: string, change: Case['change'] = (input) => addFile(input, path)): Case => ({
  rule,
  what: path,
  leaves: path,
  change,
})

/** For a place: what only it takes. */
export const takes = (rule: string, path: string, change: Case['change']): Case => ({ rule, what: `takes ${path}`, takes: path, change })

/** `leaves`, where another rule would stop the path as well. */
export const guarded = (rule: string, behind: string, path: string, change?: Case['change']): Case => ({
  ...leaves(rule, path, change),
  behind,
})

/** Lets the file that has this content be that ELF file. */
export const facts = (name: string, more: Parameters<typeof elf>[0]): Case['change'] => {
  return (input) => void input.facts.set(sha256(name), elf({ needed: [], ...more }))
}

/** Makes it another package, whose folder is now its own by its command. */
export function rename(input: Loose<PlanInput>, category: string, name: string, version: string = '1.2-r1'): void {
  Object.assign(input.family, { category, name, version })
  Object.assign(input.manifest.metadata, { CATEGORY: category, PF: `${name}-${version}` })
  input.wish.cpv = `${category}/${name}-${version}`
}

/** Lets the command be a script. */
export const script = (argument: string | undefined, interpreter: string = '/usr/bin/env'): Case['change'] => {
  return (input) => void input.facts.set(sha256('elf of demo'), { kind: 'script', interpreter, argument })
}
