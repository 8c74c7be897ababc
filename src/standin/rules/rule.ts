/**
 * The shape of a rule: one row, one question, one line for the user.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import type { ImageRecord } from '../../package/record.ts'
import type { PlanInput } from '../host.ts'

/** What is known once the entries are sifted. */
export interface Surveyed {
  readonly input: PlanInput
  /** Records that stay, sorted by path. */
  readonly kept: readonly ImageRecord[]
  readonly leftOut: readonly { readonly path: string; readonly rule: string }[]
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

/** Looks at one record. `leave` leaves it out of the stand-in, `refuse` refuses the package. */
export interface EntryRule extends Named {
  readonly scope: 'entry'
  readonly effect: 'leave' | 'refuse'
  /** `kept` holds the paths that are still in; it is empty for a rule that refuses. */
  readonly hits: (record: ImageRecord, input: PlanInput, kept: ReadonlySet<string>) => boolean
}

/** Looks at the package as a whole, after the entries are sifted; says how it is broken, or undefined. */
export interface PackageRule extends Named {
  readonly scope: 'package'
  readonly stops: (surveyed: Surveyed) => string | undefined
}

export type Rule = EntryRule | PackageRule
