/**
 * After start-up every entry of the journal is either settled or the live stand-in of an emerge that still runs; there is no other repair.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { HostError } from '../base/errors.ts'
import { clear } from './clear.ts'
import type { Entry } from './journal.ts'
import { hasMarker } from './live.ts'
import { purge, type Purged } from './purge.ts'
import { isResistance, reasonOf } from './resistance.ts'
import type { Site } from './site.ts'

export interface RecoverInput extends Site {
  /** Whether the emerge of this entry still runs: its pid with its start time holds the lock of the build folder. */
  readonly isLive: (entry: Entry) => boolean
  readonly say: (line: string) => void
}

export interface Recovered {
  readonly stillLive: readonly Entry[]
  readonly settled: readonly { readonly entry: Entry; readonly purged: Purged }[]
  /** Not settled yet; the others are, all the same. */
  readonly failed: readonly { readonly entry: Entry; readonly error: HostError }[]
}

/** Call it when nothing else places or purges in this process. A placing that was cut off is undone even for a living emerge. */
export function recover(input: RecoverInput): Recovered {
  const stillLive: Entry[] = []
  const settled: { entry: Entry; purged: Purged }[] = []
  const failed: { entry: Entry; error: HostError }[] = []
  for (const entry of input.journal.unsettled()) {
    try {
      if (entry.state === 'placed' && entry.boot === input.boot && hasMarker(input.markers, entry) && input.isLive(entry)) {
        clear(
          input,
          input.journal.temporaries(entry.id).map(({ path }) => path),
        )
        stillLive.push(entry)
      } else settled.push({ entry, purged: purge({ ...input, id: entry.id }) })
    } catch (error) {
      if (!isResistance(error)) throw error
      failed.push({ entry, error: error instanceof HostError ? error : new HostError('IO', reasonOf(error), { cause: error }) })
    }
  }
  clearStrays(input)
  input.journal.tidy()
  return { stillLive, settled, failed }
}

/** One that resists, on a filesystem that is read-only now, keeps no daemon from starting: the next start tries again. */
function clearStrays(input: RecoverInput): void {
  try {
    clear(input, input.journal.strayTemporaries())
    input.journal.forgetStrayTemporaries()
  } catch (error) {
    if (!isResistance(error)) throw error
    input.say(`a temporary folder of an earlier stand-in is left: ${reasonOf(error)}`)
  }
}
