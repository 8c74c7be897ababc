/**
 * What `npm run demo -- ...` was asked for, checked once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
import { parseArgs } from 'node:util'
import { UserError } from '../../src/base/errors.ts'

export interface Asked {
  /** `category/name`. */
  readonly package: string
  /** What the second person runs. */
  readonly command: readonly [string, ...string[]]
  /** End with one line of JSON. */
  readonly json: boolean
}

const USAGE = 'usage: npm run demo -- [--package CATEGORY/NAME] [--json]'
const PACKAGE = /^[A-Za-z0-9][\w+.-]*\/[A-Za-z0-9][\w+-]*$/

/** Programs that would otherwise wait for somebody to type. */
const COMMANDS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  'app-editors/nano': ['nano', '--version'],
  'dev-lang/lua': ['lua', '-v'],
}

/** Errors: UserError USAGE. */
export function askedOf(argv: readonly string[]): Asked {
  const { package: name = 'app-misc/hello', json = false } = parsed(argv)
  if (!PACKAGE.test(name)) throw new UserError('USAGE', `${JSON.stringify(name)} is no category/name; ${USAGE}`)
  return { package: name, command: COMMANDS[name] ?? [name.slice(name.indexOf('/') + 1)], json }
}

function parsed(argv: readonly string[]): { package?: string; json?: boolean } {
  try {
    return parseArgs({ args: [...argv], options: { package: { type: 'string' }, json: { type: 'boolean' } } }).values
  } catch (error) {
    throw new UserError('USAGE', `${error instanceof Error ? error.message : String(error)}; ${USAGE}`, { cause: error })
  }
}
