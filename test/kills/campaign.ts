/**
 * Kills emerge, warden and peer at moments that a seed chooses, one emerge after the other on one host, and says what was wrong, with what repeats it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { randomOf } from '../attack/support/random.ts'
import { createPair } from '../support/courses/pair.ts'
import { writeFiles } from '../support/courses/reset.ts'
import { type Aim, CPV, EBUILDS, referenceOf, strike, type Victim } from './round.ts'

export interface Wanted {
  readonly seed: number
  /** How often each is killed. */
  readonly times: number
  readonly victims: readonly Victim[]
  /** `VICTIM:MOMENT:AWAY`, in milliseconds, in place of what the seed would choose. */
  readonly only?: Aim | undefined
  readonly say: (line: string) => void
}

export interface Row {
  readonly victim: Victim
  readonly tried: number
  readonly wrong: number
}

export interface Report {
  readonly rows: readonly Row[]
  /** Each with the aim that repeats it. */
  readonly found: readonly string[]
}

const LONGEST_AWAY_MS = 3000

export const nameOf = ({ victim, afterMs, awayMs }: Aim): string => `${victim}:${afterMs}:${awayMs}`

export async function campaign({ seed, times, victims, only, say }: Wanted): Promise<Report> {
  const pair = await createPair('kills', [CPV], EBUILDS)
  const [found, tried, failed]: [string[], Victim[], Victim[]] = [[], [], []]
  let { daemon } = pair
  try {
    for (const host of [pair.on, pair.off]) writeFiles(host, { name: '', files: EBUILDS, typed: [], placed: [] })
    const reference = await referenceOf(pair)
    say(`an emerge to which nothing happens takes ${(reference.milliseconds / 1000).toFixed(1)} s`)
    for (const aim of only === undefined ? aims(seed, times, victims, reference.milliseconds) : [only]) {
      const struck = await strike(pair, daemon, reference, aim)
      daemon = struck.daemon
      tried.push(aim.victim)
      say(`${nameOf(aim)} (${struck.at}): ${struck.wrong.length === 0 ? 'nothing wrong' : `${struck.wrong.length} wrong`}`)
      if (struck.wrong.length === 0) continue
      failed.push(aim.victim)
      for (const line of struck.wrong) {
        say(`  ${line}`)
        found.push(`${nameOf(aim)} (${struck.at}): ${line}`)
      }
    }
  } finally {
    await pair.close()
  }
  return { rows: victims.map((victim) => ({ victim, tried: countOf(tried, victim), wrong: countOf(failed, victim) })), found }
}

const countOf = (of: readonly Victim[], victim: Victim): number => of.filter((one) => one === victim).length

/** By turns, so that a run that is cut short has tried them all. */
function aims(seed: number, times: number, victims: readonly Victim[], milliseconds: number): Aim[] {
  const random = randomOf(seed)
  const longest = Math.ceil(milliseconds)
  return Array.from({ length: times }, () =>
    victims.map((victim) => ({ victim, afterMs: random.below(longest), awayMs: random.below(2) * random.below(LONGEST_AWAY_MS) })),
  ).flat()
}
