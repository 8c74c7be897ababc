/**
 * The shape of a rule: one row, one question, one line for the user.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { ImageRecord } from '../../package/record.ts'
import type { PlanInput } from '../host.ts'
import type { EntryKind } from './kinds.ts'
import type { OwnNames } from './own.ts'

export interface LeftOut {
  readonly path: string
  readonly rule: string
  /** Whether the program would act differently without it. */
  readonly needed: boolean
}

/** What is known once the entries are sifted. */
export interface Surveyed {
  readonly input: PlanInput
  /** Records that stay, sorted by path. */
  readonly kept: readonly ImageRecord[]
  readonly leftOut: readonly LeftOut[]
  /** How many names would be made, folders included. */
  readonly operations: number
  readonly bytes: number
}

interface Named {
  /** Short, stable, with dashes; what tests and `standin why --json` go by. */
  readonly id: string
  /** What the rule asks for, in one line; also the reason, where no better one is at hand. */
  readonly why: string
}

/** What a rule that leaves out may know beside the record. */
export interface Sifting {
  readonly input: PlanInput
  readonly own: OwnNames
  /** Files and links that are still in, and the folders that these make. */
  readonly kept: ReadonlySet<string>
}

/** Looks at one record, and leaves it out of the stand-in. */
export interface SieveRule extends Named {
  readonly scope: 'sieve'
  readonly hits: (record: ImageRecord, sifting: Sifting) => boolean
  /** Whether nobody misses what it hit, wherever that lies. */
  readonly spares?: (record: ImageRecord, sifting: Sifting) => boolean
}

/**
 * A place, and what may lie there. The first row of the table that a path falls into decides; one that takes nothing is there for its reason.
 * A link may lie where anything may.
 */
export interface PlaceRule extends Named {
  readonly scope: 'place'
  readonly at: (path: string, own: OwnNames) => boolean
  readonly takes: readonly EntryKind[]
  /** What becomes of everything else there: it is left out, or the package is refused. */
  readonly otherwise: 'leave' | 'refuse'
  /** Whether the program would act differently without what may lie there. */
  readonly needed: boolean
}

/** Looks at one record of the image, whether it would be placed or not, and refuses the package for it. */
export interface EntryRule extends Named {
  readonly scope: 'entry'
  readonly hits: (record: ImageRecord, input: PlanInput) => boolean
}

/** Looks at the package as a whole, after the entries are sifted; says how it is broken, or undefined. */
export interface PackageRule extends Named {
  readonly scope: 'package'
  readonly stops: (surveyed: Surveyed) => string | undefined
}

export type Rule = SieveRule | PlaceRule | EntryRule | PackageRule
