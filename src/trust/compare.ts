/**
 * Holds what stood in against what was built here, and speaks of a difference only where the two should have been equal.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/** One build: all but the last two are ids, as hex. */
export interface Built {
  readonly recipe: string
  readonly linkage: string
  readonly environment: string
  /** Exact and stable content id. */
  readonly content: string
  readonly stable: string
  /** Whether stand-ins or an installed version of itself may have changed it; a configure script may have found what it should not have. */
  readonly standinsLive: boolean
  /** How wide the window was that it was built in, as those say who vouch for it: each may be right. None: unknown. */
  readonly columns: readonly number[]
}

export type Compared =
  /** Byte for byte the same: an attestation more. */
  | { readonly verdict: 'agree' }
  /** The same after the published normalisers: times and the like differ. */
  | { readonly verdict: 'agree-stable' }
  /** A dispute. `accuses` is false where one of the builds may have been changed, or their windows may have been of other widths: ask for a clean rebuild first. */
  | { readonly verdict: 'differ'; readonly accuses: boolean }
  /** Not the same thing was built, so nothing follows; `because` names every part that differs. */
  | { readonly verdict: 'not-comparable'; readonly because: readonly ComparedPart[] }

const PARTS = ['recipe', 'linkage', 'environment'] as const
export type ComparedPart = (typeof PARTS)[number]

export function compareContents({ standIn, own }: { readonly standIn: Built; readonly own: Built }): Compared {
  const because = PARTS.filter((part) => standIn[part] !== own[part])
  if (because.length > 0) return { verdict: 'not-comparable', because }
  if (standIn.content === own.content) return { verdict: 'agree' }
  if (standIn.stable === own.stable) return { verdict: 'agree-stable' }
  return { verdict: 'differ', accuses: !standIn.standinsLive && !own.standinsLive && areAsWide(standIn.columns, own.columns) }
}

/** Whether two builds are known to come of windows of one width, as far as those say who vouch for them. */
export function areAsWide(a: readonly number[], b: readonly number[]): boolean {
  return a.some((one) => b.includes(one))
}

/** Whether they are known to come of windows of other widths. */
export function areOtherWidths(a: readonly number[], b: readonly number[]): boolean {
  return a.length > 0 && b.length > 0 && !areAsWide(a, b)
}
