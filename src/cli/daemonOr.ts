/**
 * Gets an answer from the daemon, or from what it wrote down last, and says which of the two it was.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { UserError } from '../base/errors.ts'
import { type AnswerTo, ask, type Door } from './ask.ts'
import { EXIT } from './exit.ts'
import type { Output } from './output.ts'
import type { World } from './world.ts'

/** Questions whose answer has the same name. */
type Question = 'status' | 'list' | 'why'

export interface Told<T> {
  readonly value: T
  readonly fromDaemon: boolean
  /** Exit code of a command that could do what was asked with it. */
  readonly exit: number
}

export function doorOf(world: World, patienceMs: number = world.patienceMs): Door {
  return { path: world.control, patienceMs, signal: world.signal }
}

/** Errors as for `ask`, but for NO_DAEMON, which is a warning here, and those of `otherwise`. */
export async function daemonOr<K extends Question, T>(
  world: World,
  out: Output,
  question: K,
  otherwise: () => T,
): Promise<Told<AnswerTo<K> | T>> {
  try {
    return { value: await ask<K>(doorOf(world), { t: question }, question), fromDaemon: true, exit: EXIT.ok }
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'NO_DAEMON') throw error
    const value = otherwise()
    out.warn(error.message)
    out.warn('what follows is what it wrote down last')
    return { value, fromDaemon: false, exit: EXIT.noDaemon }
  }
}
