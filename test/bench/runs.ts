/**
 * Ours and the anchor by turns, so that whatever else the machine does falls on both.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

export interface Runs {
  readonly ours: number[]
  readonly anchor: number[]
}

/** Each gives the number of one run. */
export interface Sides {
  ours(): Promise<number>
  anchor(): Promise<number>
}

/** One run of each that does not count, then `count` of each; who comes first changes every time. */
export async function alternate(count: number, sides: Sides, tell: (done: number) => void = () => undefined): Promise<Runs> {
  const runs: Runs = { ours: [], anchor: [] }
  for (let round = 0; round <= count; round += 1) {
    tell(round)
    const order = round % 2 === 0 ? (['ours', 'anchor'] as const) : (['anchor', 'ours'] as const)
    for (const side of order) {
      const number = await sides[side]()
      if (round > 0) runs[side].push(number)
    }
  }
  return runs
}
