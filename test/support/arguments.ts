/**
 * What `npm test -- ...` was asked for, checked once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { parseArgs } from 'node:util'
import { UserError } from '../../src/base/errors.ts'

export interface Asked {
  readonly pure: boolean
  /** Files whose path holds one of these; all of them where there is none. */
  readonly parts: readonly string[]
}

const USAGE = 'usage: npm test -- [--pure] [part of a path]...'

/** Errors: UserError USAGE. */
export function askedOf(argv: readonly string[]): Asked {
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options: { pure: { type: 'boolean' } }, allowPositionals: true })
    return { pure: values.pure === true, parts: positionals }
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('. ')[0] : String(error)
    throw new UserError('USAGE', `${reason}; ${USAGE}`, { cause: error })
  }
}
