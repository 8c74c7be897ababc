/**
 * Notices a peer that hangs: it is asked for a sign of life, often while something is asked of it and rarely else, and ended when it twice gives none.
 *
 * Whatever it says is such a sign. Two turns of a timer, so that a warden that slept itself has read what came meanwhile before it counts the second.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
export interface Pulse {
  /** Whether there is a sign of life, now or within two seconds. */
  answers(): Promise<boolean>
  /** To be called each second: asks where there has been none for too long. */
  tick(): void
  /** To be called at each start, with each message of the peer, and at each of its ends. */
  started(): void
  heard(): void
  ended(): void
}

export interface PulseInput {
  /** Asks it to say something at once. */
  readonly ping: () => void
  /** Whether anything else is asked of it. */
  readonly isBusy: () => boolean
  /** It has been silent for so many seconds, though it was asked twice. */
  readonly hung: (seconds: number) => void
}

/** For whoever wants to know how it is. */
const ANSWER_MS = 2000

/** A peer on a loaded machine may be late; one that has not had a single turn for so long hangs. */
const MISSED_MS = 15_000
const MOST_MISSED = 2

/** Longest silence before it is asked, in seconds: while something is asked of it, and else. */
const BUSY_SECONDS = 15
const IDLE_SECONDS = 300

export function pulseOf({ ping, isBusy, hung }: PulseInput): Pulse {
  let isUp = false
  let silent = 0
  let missed = 0
  let timer: NodeJS.Timeout | undefined
  let sign = Promise.withResolvers<boolean>()

  const ask = (): void => {
    ping()
    timer = setTimeout(miss, MISSED_MS)
  }
  const miss = (): void => {
    missed += 1
    if (missed < MOST_MISSED) return ask()
    rest()
    hung((MOST_MISSED * MISSED_MS) / 1000)
  }
  const rest = (): void => {
    clearTimeout(timer)
    timer = undefined
    silent = 0
    missed = 0
  }
  const tell = (isAlive: boolean): void => {
    sign.resolve(isAlive)
    sign = Promise.withResolvers()
  }
  const look = (): void => {
    if (isUp && timer === undefined) ask()
  }

  return {
    async answers() {
      look()
      // Whoever asks later, and before any sign, need not wait once more.
      const { promise, resolve } = sign
      const late = setTimeout(() => resolve(false), ANSWER_MS)
      return await promise.finally(() => clearTimeout(late))
    },
    tick() {
      silent += 1
      if (silent >= (isBusy() ? BUSY_SECONDS : IDLE_SECONDS)) look()
    },
    started() {
      isUp = true
    },
    heard() {
      rest()
      tell(true)
    },
    ended() {
      isUp = false
      rest()
      tell(false)
    },
  }
}
