/**
 * Numbers that look random and are the same for the same seed, whatever the machine.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
export interface Random {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number
  pick<T>(from: readonly [T, ...T[]]): T
  bytes(length: number): Buffer
}

/** Mulberry32: a period of 2^32, which no run here comes near. */
export function randomOf(start: number): Random {
  let state = start >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const below = (limit: number): number => next() % limit
  return {
    below,
    pick: (from) => from[below(from.length)] ?? from[0],
    bytes: (length) => Buffer.from(Array.from({ length }, () => below(256))),
  }
}
