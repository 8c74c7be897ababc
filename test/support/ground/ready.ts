/**
 * Lays the ground and keeps other runs off the machine until the release: two loads at once would spoil each other's times.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { join } from 'node:path'
import { type Ground, prepareGround } from './ground.ts'
import { takeLock } from './lock.ts'
import { paths } from './paths.ts'

export interface ReadyGround extends Ground {
  readonly release: () => Promise<void>
}

/** Errors: those of `prepareGround` and `takeLock`. */
export async function takeGround(say: (line: string) => void): Promise<ReadyGround> {
  const ground = await prepareGround(say)
  return { ...ground, release: await takeLock(join(paths.made, 'run.lock'), say) }
}
