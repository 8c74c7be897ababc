/**
 * Says how slow a fetch may be: never so fast that the own limit forbids it, and with nothing else to be had as slow as a trickle.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

export interface Pace {
  /** Time in which `leastBytes` must come in where something else may be faster. */
  readonly stallMs: number
  readonly leastBytes: number
  /** Where nothing else is to be had: time in which anything must come in from who is connected. */
  readonly silentMs: number
}

/** 21 kB/s where a fetch stalls after three seconds: a trickle beside something faster is a stall. */
const LEAST_BYTES = 64 * 1024

/** A giver answers in the order in which it was asked: the last of thirty that want 2 MB each of one that gives 1 MB/s hears nothing for that long. */
const SILENT_MS = 60_000

/** `bytesPerSecond`: the own limit. It lets in what one read of a socket gives, up to 64 kB, at once or not yet. */
export function paceOf(stallMs: number, bytesPerSecond: number): Pace {
  const halfSpeedMs = Math.ceil((2 * LEAST_BYTES * 1000) / bytesPerSecond)
  const longer = Math.max(stallMs, halfSpeedMs)
  return { stallMs: longer, leastBytes: LEAST_BYTES, silentMs: Math.max(SILENT_MS, longer) }
}
